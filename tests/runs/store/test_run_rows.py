"""The store: runs come and go, have owners and names, and tell when they have changed."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.errors import BadInput, StoreError
from lnl.records import RunSpec
from lnl.runs.store import RunStore
from lnl.runs.store.run_rows import new_id


def test_a_run_comes_back_as_it_was(store):
    spec = RunSpec(method="selnlpl", settings={"threshold": 0.4}, noise_options={"map": "x"})
    run = store.create(spec, name="α · 40 %", group="g")
    assert store.run(run.id) == run
    assert (run.spec, run.name, run.group, run.status) == (spec, "α · 40 %", "g", "queued")
    assert store.runs() == [run]


@given(method=st.text(max_size=300), dataset=st.text(max_size=300))
def test_ids_are_safe_in_paths_and_addresses(method, dataset):
    run_id = new_id(RunSpec(method=method, dataset=dataset))
    assert len(run_id) <= 50
    assert set(run_id) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not run_id.startswith("-")
    assert run_id != new_id(RunSpec(method=method, dataset=dataset))


def test_want_stops_what_waits_and_asks_what_runs(store, new_run):
    run = new_run()
    assert store.want(run, "stop")
    assert store.run(run).status == "stopped"
    assert not store.want(run, "run")
    other = new_run()
    store.set_status(other, "running")
    assert store.want(other, "stop")
    assert (store.run(other).status, store.wanted(other)) == ("running", "stop")


def test_sweep_leaves_the_living_and_marks_the_dead(store):
    living, dead = store.own(), store.own()
    runs = [store.create(RunSpec(), owner=owner.token).id for owner in (living, dead)]
    nobody = store.create(RunSpec()).id
    for run in runs:
        store.set_status(run, "running")
    assert store.sweep() == [nobody]
    dead.release()
    assert store.sweep() == [runs[1]]
    assert "resume to go on" in store.run(runs[1]).message
    assert store.sweep() == []
    living.release()


def test_an_owner_in_another_process_dies_with_it(store):
    child = f"""
import sys; sys.path[:0] = {sys.path!r}
from lnl.records import RunSpec
from lnl.runs.store import RunStore
store = RunStore({str(store.folder)!r})
owner = store.own()
print(store.create(RunSpec(), owner=owner.token).id, flush=True)
sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    run = process.stdout.readline().strip()
    assert store.sweep() == []
    with pytest.raises(BadInput, match=f"process {process.pid}"):
        store.claim(run, "me")
    process.kill()
    process.communicate()
    assert store.sweep() == [run]
    store.claim(run, "me")
    assert store.run(run).status == "queued"


def test_trash_can_be_undone_until_purged(store, new_run, snapshot):
    run, other = new_run(), new_run()
    for each in (run, other):
        store.append(each, snapshot(1))
        store.set_status(each, "done")
    store.trash(run)
    assert [r.id for r in store.runs()] == [other]
    assert [r.id for r in store.runs(trashed=True)] == [run]
    assert store.purge(older_than=3600) == []
    store.restore(run)
    assert len(store.runs()) == 2
    store.trash(run)
    assert store.purge() == [run]
    assert not (store.folder / "runs" / run).exists()
    with pytest.raises(BadInput, match="unknown run"):
        store.run(run)
    with pytest.raises(BadInput, match=f"Did you mean '{other}'"):
        store.run(other[:-1])
    assert store.epochs(other) == [1]


def test_names_have_limits(store, new_run):
    run = new_run()
    store.rename(run, "  two   words ")
    assert store.run(run).name == "two words"
    for bad in (" ", "x" * 201):
        with pytest.raises(BadInput, match="1 to 200 letters"):
            store.rename(run, bad)
    with pytest.raises(BadInput, match="unknown run"):
        store.rename("nothing", "x")


def test_the_folder_is_that_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "elsewhere"))
    store = RunStore()
    assert store.folder == tmp_path / "elsewhere"
    store.close()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="LNL_CACHE"):
        RunStore(tmp_path / "file")


def test_a_tilde_is_the_home_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LNL_CACHE", "~/runs")
    store = RunStore()
    assert store.folder == tmp_path / "runs"
    store.close()
    assert not (tmp_path / "~").exists()


def test_the_store_does_not_load_torch():
    code = (
        "import sys, json; import lnl.runs.store, lnl.runs.running.manager;"
        "print(json.dumps([m for m in ('torch', 'streamlit', 'pandas') if m in sys.modules]))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, check=True
    )
    assert json.loads(out.stdout) == []
