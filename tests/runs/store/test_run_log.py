"""A run's log: what a failing run leaves, whose warnings it hears, how large it may grow."""

import re
import threading
import warnings
import zipfile

import pytest

from lnl.errors import RunFailed
from lnl.runs.exchange.exporting import export_run
from lnl.runs.store import run_log
from lnl.runs.store.run_log import RunLog


@pytest.fixture
def log(tmp_path):
    return RunLog(tmp_path / "run" / "log.txt")


def entries(text):
    """Without their times."""
    return [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "", line) for line in text.splitlines()]


def test_a_run_tells_what_was_prepared_its_stages_and_its_end(scene):
    (run,) = scene.start("ce", epochs=2)
    scene.wait_for(run, "done")
    told = entries(scene.store.log(run).text)
    assert [line.split(";")[0] for line in told] == [
        "running",
        "prepared: Digits, 50 samples, 2 epochs on a fake device",
        "stage train: epochs 1 to 2",
        "done",
    ]
    assert '"method": "ce"' in told[1]


@pytest.mark.parametrize("error", [RunFailed("the loss is not finite"), ZeroDivisionError("oh")])
def test_a_failing_run_leaves_its_traceback(scene, error):
    def fail():
        raise error

    scene.hooks["ce", 2, 1] = fail
    (run,) = scene.start("ce")
    scene.wait_for(run, "failed")
    told = entries(scene.store.log(run).text)
    start = told.index("Traceback (most recent call last):")
    assert any("in fail" in line for line in told[start:])
    assert told[-1] == f"failed: {scene.store.run(run).message}"
    assert f"{error}" in told[-2]


def test_a_run_that_goes_on_tells_so_in_the_same_log(scene):
    scene.hooks["ce", 2, 1] = lambda: scene.manager.stop(run)
    (run,) = scene.start("ce")
    scene.wait_for(run, "stopped")
    del scene.hooks["ce", 2, 1]
    scene.manager.resume(run)
    scene.wait_for(run, "done")
    told = [line.split(":")[0] for line in entries(scene.store.log(run).text)]
    assert told == [
        "running",
        "prepared",
        "stage train",
        "stopped",
        "queued",
        "running",
        "prepared",
        "done",
    ]


def test_a_run_of_a_dead_process_is_told_when_it_is_found(store, new_run):
    run = new_run()
    store.set_status(run, "running")
    assert store.sweep() == [run]
    assert "ended after epoch 0" in store.log(run).text


def test_warnings_of_this_thread_are_heard_and_shown_as_ever(log, monkeypatch):
    shown = []
    monkeypatch.setattr(warnings, "showwarning", lambda message, *_: shown.append(str(message)))
    with warnings.catch_warnings(), log.hearing_warnings():
        warnings.simplefilter("always")
        warnings.warn("a drop", stacklevel=1)
        other = threading.Thread(target=lambda: warnings.warn("another thread's", stacklevel=1))
        other.start()
        other.join()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("too late", stacklevel=1)
    (told,) = entries(log.text)
    assert re.fullmatch(r"UserWarning: a drop \(test_run_log.py, line \d+\)", told)
    assert shown == ["a drop", "another thread's", "too late"]


def test_a_full_log_takes_failures_alone(log, monkeypatch):
    monkeypatch.setattr(run_log, "MOST", 300)
    monkeypatch.setattr(run_log, "LONGEST", 100)
    for _ in range(50):
        log.say("x" * 500)
    full = len(log.text)
    assert full < 600
    try:
        raise ValueError("the last words")
    except ValueError:
        log.failed()
    assert log.text.endswith("ValueError: the last words\n")


def test_where_nothing_can_be_written_the_run_goes_on(tmp_path):
    (tmp_path / "file").write_text("no folder")
    log = RunLog(tmp_path / "file" / "log.txt")
    log.say("lost")
    assert log.text == ""


def test_a_log_stays_on_its_machine_and_goes_with_its_run(scene, tmp_path):
    (run,) = scene.start("ce", epochs=1)
    scene.wait_for(run, "done")
    export_run(scene.store, run, tmp_path / "run.zip")
    assert "log.txt" not in zipfile.ZipFile(tmp_path / "run.zip").namelist()
    scene.store.trash(run)
    scene.store.purge()
    assert not scene.store.log(run).path.exists()
