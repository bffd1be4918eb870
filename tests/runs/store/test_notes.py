"""Names, notes, tags, stars and results of runs: kept, limited, and there in older stores too."""

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.errors import BadInput
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore, listing
from lnl.runs.store.migrations import first_tables
from lnl.runs.store.notes import MAX_NOTE, MAX_TAG, MAX_TAGS, tagged
from tests.runs.conftest import make_kept


def test_what_was_said_of_a_run_is_there_after_a_restart(store, new_run):
    run_id = new_run()
    store.annotate(
        run_id, "  η was too high\n\nsee *issue* 4 ", ["Lecture", " week  3,", "lecture"]
    )
    store.star(run_id)
    again = RunStore(store.folder)
    run = again.run(run_id)
    assert run.note == "η was too high\n\nsee *issue* 4"
    assert run.tags == ("lecture", "week 3")
    assert run.starred
    again.star(run_id, False)
    again.annotate(run_id, "", [])
    run = again.run(run_id)
    assert (run.note, run.tags, run.starred) == ("", (), False)
    again.close()


@pytest.mark.parametrize(
    ("note", "tags", "said"),
    [
        ("n" * (MAX_NOTE + 1), [], "a note has up to 5,000 letters, got 5,001"),
        ("", ["t" * (MAX_TAG + 1)], "a tag has up to 40 letters"),
        ("", [f"tag {n}" for n in range(MAX_TAGS + 1)], "up to 12 tags, got 13"),
    ],
)
def test_limits_are_said_and_nothing_is_changed(store, new_run, note, tags, said):
    run_id = new_run()
    store.annotate(run_id, "before", ["kept"])
    with pytest.raises(BadInput, match=said):
        store.annotate(run_id, note, tags)
    assert (store.run(run_id).note, store.run(run_id).tags) == ("before", ("kept",))


def test_an_unknown_run_is_named(store):
    for say in (store.star, lambda run_id: store.annotate(run_id, "", [])):
        with pytest.raises(BadInput, match="unknown run 'nobody'"):
            say("nobody")


@given(st.lists(st.text(max_size=12), max_size=8))
def test_tags_are_plain_and_stay_as_they_are(tags):
    found = tagged(tags)
    assert tagged(found) == found == sorted(set(found))
    assert not [tag for tag in found if "," in tag or tag != tag.strip() or not tag]


def test_a_run_says_what_it_came_to_without_its_records(store, new_run, snapshot):
    run_id = new_run()
    run = store.run(run_id)
    assert (run.test_accuracy, run.best_test_accuracy, run.seconds) == (None, None, 0.0)
    for epoch, accuracy in ((1, 0.8), (2, 0.6), (3, None)):  # the last is not evaluated
        store.append(run_id, snapshot(epoch, test_accuracy=accuracy))
    run = store.run(run_id)
    assert (run.test_accuracy, run.best_test_accuracy) == (0.6, 0.8)
    assert run.seconds == pytest.approx(3 * (1.5 + 0.5))


def test_an_import_brings_note_tags_and_results_but_no_star(store, new_run, snapshot, tmp_path):
    run_id = new_run(num_train=3)
    store.append(run_id, snapshot(1, num_train=3, test_accuracy=0.75))
    store.annotate(run_id, "a note", ["tag"])
    store.star(run_id)
    store.keep_data("abc3", make_kept(3))
    export_run(store, run_id, tmp_path / "run.zip")
    other = RunStore(tmp_path / "other")
    run = other.run(import_run(other, tmp_path / "run.zip"))
    assert (run.note, run.tags, run.starred) == ("a note", ("tag",), False)
    assert (run.test_accuracy, run.best_test_accuracy, run.seconds) == (0.75, 0.75, 2.0)
    other.close()


def old_store(folder, scalars):
    """A store as the first version wrote it, with one run."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "runs.sqlite", isolation_level=None)
    first_tables(connection)
    connection.execute("PRAGMA user_version = 1")
    data = {"fingerprint": "f", "title": "Digits", "num_train": 5, "num_test": 2, "num_classes": 2}
    data |= {"class_names": ["a", "b"], "image_shape": [1, 8, 8], "actual_noise_rate": None}
    for run_id in ("old", "empty"):
        connection.execute(
            "INSERT INTO runs (id, name, spec, data, stages, device, status, created, group_id)"
            " VALUES (?, 'An old run', '{}', ?, '[]', 'CPU', 'done', 1.0, 'g')",
            (run_id, json.dumps(data)),
        )
    for epoch, values in enumerate(scalars, 1):
        connection.execute(
            "INSERT INTO records (run_id, epoch, scalars, histograms) VALUES ('old', ?, ?, '{}')",
            (epoch, json.dumps(values)),
        )
    connection.close()


def test_a_store_of_the_first_version_is_brought_up_to_date(tmp_path):
    times = {"seconds": 2.0, "evaluation_seconds": 0.5}
    rows = [{"test_accuracy": value, **times} for value in (0.5, 0.9, 0.7, None)]
    old_store(tmp_path / "old", rows)
    store = RunStore(tmp_path / "old")
    run = store.run("old")
    assert (run.name, run.note, run.tags, run.starred) == ("An old run", "", (), False)
    listed = listing.listed(store.database, listing.Query("old digits", order="name"))
    assert [[each.id for each in start] for start in listed.starts] == [["old"], ["empty"]]
    assert (run.test_accuracy, run.seconds) == (0.7, 10.0)
    assert (store.run("empty").test_accuracy, store.run("empty").seconds) == (None, 0.0)
    store.annotate("old", "still of use", ["old"])
    store.close()
    assert RunStore(tmp_path / "old").run("old").tags == ("old",), "not migrated twice"
