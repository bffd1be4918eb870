"""The store reads what versions before and after this one have written into it."""

import json

import pytest

from lnl.errors import BadInput, StoreError
from lnl.records import Heartbeat
from lnl.runs.store import record_format
from lnl.runs.store.record_format import CURRENT, Format, Upgrade

NEWER = f"{CURRENT.major}.{CURRENT.minor + 1}"


def change(store, table, column, run_id, edit):
    """Edit the JSON of a column in every row of a run."""
    name = "id" if table == "runs" else "run_id"
    with store.database.writing() as connection:
        rows = connection.execute(
            f"SELECT rowid, {column} FROM {table} WHERE {name} = ?", (run_id,)
        ).fetchall()
        for rowid, text in rows:
            values = json.loads(text)
            edit(values)
            connection.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (json.dumps(values), rowid)
            )


@pytest.fixture
def run(store, new_run, snapshot):
    run = new_run(method="selnl")
    store.append(run, snapshot(1))
    store.append(run, snapshot(2))
    store.set_status(run, "stopped", "by hand")
    return run


def test_formats_are_ordered_by_number_not_by_text():
    assert Format.read("1.9") < Format.read("1.10")
    assert Format.read(1) == Format.read("1.0") == (1, 0)
    assert str(Format.read("1.10")) == "1.10"


def test_rows_of_before_there_were_formats(store, run):
    before = store.run(run), [record.scalars() for record in store.records(run)]
    change(store, "runs", "spec", run, lambda spec: spec.pop("format"))
    change(store, "records", "scalars", run, lambda scalars: scalars.pop("format"))
    assert (store.run(run), [record.scalars() for record in store.records(run)]) == before


def test_a_row_without_a_field_that_has_a_default_takes_it(store, run):
    change(store, "runs", "spec", run, lambda spec: spec.pop("precision"))
    change(store, "runs", "data", run, lambda data: data.pop("open_set_rate"))
    change(store, "records", "scalars", run, lambda scalars: scalars.pop("extra"))
    assert (store.run(run).spec.precision, store.run(run).data.open_set_rate) == ("auto", 0.0)
    assert store.record(run, 1).extra == {}


def test_a_newer_version_has_written_here(store, run, snapshot):
    """Its records and facts can be read without what is unknown, and its run can go on."""
    before = store.run(run), store.record(run, 1).scalars()
    change(store, "runs", "spec", run, lambda spec: spec.update(format=NEWER))
    change(store, "runs", "data", run, lambda data: data.update(fingerprint_scheme=2))
    change(store, "records", "scalars", run, lambda s: s.update(format=NEWER, entropy=0.5))
    found = store.run(run)
    assert (found.spec, found.data) == (before[0].spec, before[0].data)
    assert store.record(run, 1).scalars() == before[1]
    assert len(store.records(run)) == 2
    assert found.message == (
        "From a newer version of lnl: fields that this one does not know are left out "
        "(data.fingerprint_scheme). by hand"
    )
    store.set_status(run, "stopped", found.message)  # as a resume that was refused does
    assert store.run(run).message == found.message, "it is said once"
    store.claim(run, "me")
    store.append(run, snapshot(3))
    assert [record.epoch for record in store.records(run)] == [1, 2, 3]


def test_a_spec_of_a_newer_version_is_not_trained_here(store, run):
    change(store, "runs", "spec", run, lambda spec: spec.update(format=NEWER, flavour="plain"))
    assert store.run(run).unknown == ("flavour",)
    with pytest.raises(BadInput, match=f"{run} was made by a newer .* has flavour.* Update lnl"):
        store.claim(run, "me")
    assert store.run(run).status == "stopped"


def test_what_is_of_a_newer_major_format_is_left_out_with_the_reason(store, run, new_run):
    other = new_run()
    change(store, "runs", "spec", run, lambda spec: spec.update(format="2.0"))
    assert [found.id for found in store.runs()] == [other]
    assert store.problems() == [
        f"run {run} is left out: it is of format 2.0, this version of lnl reads up to {CURRENT}: "
        "update lnl"
    ]
    change(store, "records", "scalars", run, lambda scalars: scalars.update(format="2.0"))
    with pytest.raises(StoreError, match="update lnl"):
        store.records(run)


@pytest.mark.parametrize(
    "edit",
    [
        lambda scalars: scalars.update(colour="red"),
        lambda scalars: scalars.pop("stage"),
        lambda scalars: scalars.update(format="new"),
        lambda scalars: scalars.update(detection=3),
    ],
)
def test_a_damaged_record_is_said_to_be_so(store, run, edit):
    change(store, "records", "scalars", run, edit)
    with pytest.raises(StoreError, match="the record of an epoch is damaged"):
        store.records(run, histograms=True)


def test_a_process_of_a_newer_version_trains(store, run):
    store.set_status(run, "running")
    store.heartbeat(run, Heartbeat("train", 3, 1, 9, 5.0))
    change(store, "runs", "heartbeat", run, lambda beat: beat.update(memory=7))
    assert store.run(run).heartbeat == Heartbeat("train", 3, 1, 9, 5.0)


def test_what_is_of_an_older_major_format_is_upgraded_step_by_step(
    store, run, snapshot, monkeypatch
):
    """As if two formats had gone by: a field was renamed in each."""

    def renamed(part, old, new):
        def change(parts):
            values = dict(parts[part])
            values[new] = values.pop(old)
            return {**parts, part: values}

        return change

    before = store.run(run), store.record(run, 2).scalars()
    change(
        store, "runs", "spec", run, lambda spec: spec.update(format="1.0", how=spec.pop("method"))
    )
    change(store, "records", "scalars", run, lambda s: s.update(format="2.3", phase=s.pop("stage")))
    upgrades = (
        Upgrade(run=renamed("spec", "how", "style")),
        Upgrade(
            run=renamed("spec", "style", "method"), record=renamed("scalars", "phase", "stage")
        ),
    )
    monkeypatch.setattr(record_format, "UPGRADES", upgrades)
    monkeypatch.setattr(record_format, "CURRENT", Format(3, 0))
    assert store.run(run) == before[0]
    assert store.record(run, 2).scalars() == before[1]
    change(store, "runs", "spec", run, lambda spec: spec.pop("how"))
    assert "not of format 1.0" in store.problems()[0]
