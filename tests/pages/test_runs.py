"""The page Runs: what is listed, in which order, and the buttons of a row."""

import pytest
import streamlit as st

from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore, disk
from pages.ui.shell import progress
from tests.support import made_up
from tests.support.runs_page import cells, menu, text


def test_without_runs_it_says_what_to_do(runs_page):
    at = runs_page()
    assert "No runs yet" in text(at)
    assert at.page_link[0].label == "Go to Watch"


@pytest.mark.parametrize("status", ["done", "stopped", "failed", "interrupted", "paused"])
def test_each_status_is_a_word(runs_page, make_run, status):
    make_run(status=status, message="why it ended")
    at = runs_page()
    shown = text(at)
    assert progress.STATUS[status][0] in shown
    test = made_up.record(3).test_accuracy
    assert f"test {test:.1%}" in cells(at)[0]
    assert "why it ended" in shown


def test_runs_of_one_start_stand_together(runs_page, make_run):
    make_run("ce", group="a")
    make_run("selnlpl", group="a")
    make_run("ce", group="b")
    labels = [button.label for button in runs_page().button]
    assert "Open all 2 side by side" in labels
    assert "Open" in labels


def test_open_shows_the_start_on_the_watch_page(runs_page, make_run, healthy):
    first, second = make_run("ce", group="a"), make_run("selnlpl", group="a")
    make_run("ce", group="b")
    at = runs_page()
    healthy(at.button(key="open_a").click().run())
    assert at.title[0].value == "Watch"
    assert at.multiselect(key="runs").value == [first, second]


def test_stop_and_resume(runs_page, make_run, store, monkeypatch, healthy):
    resumed = []
    monkeypatch.setattr(RunManager, "resume", lambda self, run_id: resumed.append(run_id))
    alive, ended = make_run(status="running"), make_run(status="stopped")
    at = runs_page()
    healthy(at.button(key=f"stop_{alive}").click().run())
    assert store.wanted(alive) == "stop"
    healthy(at.button(key=f"resume_{ended}").click().run())
    assert resumed == [ended]


def test_done_runs_have_nothing_to_resume(runs_page, make_run):
    run_id = make_run()
    keys = [button.key for button in runs_page().button]
    assert f"resume_{run_id}" not in keys
    assert f"stop_{run_id}" not in keys


def test_delete_can_be_undone(runs_page, make_run, store, healthy):
    run_id = make_run()
    at = runs_page()
    healthy(menu(at, run_id, "delete"))
    assert store.runs() == []
    assert "Deleted" in text(at)
    healthy(next(button for button in at.button if button.label == "Undo").click().run())
    assert [run.id for run in store.runs()] == [run_id]
    assert "Deleted" not in text(at)


def test_a_start_is_never_torn_apart_by_a_page(runs_page, make_run, store, healthy):
    for number in range(23):
        run = store.create(RunSpec(), name=f"run {number}", group=f"g{number // 2}")
        store.set_status(run.id, "stopped")
    at = runs_page()
    assert "run 22" in text(at)
    assert "run 10**" in text(at), "of the start whose other run is the twelfth"
    assert "run 9**" not in text(at)
    at.query_params["page"] = "2"
    healthy(at.run())
    assert "run 0**" in text(at)


def names(at):
    return [line.split("**")[1] for line in text(at).split("\n") if line.startswith("**run ")]


@pytest.fixture
def four_runs(make_run, store):
    """An interrupted CE, a done one with a tag and a star, SelNLPL twice."""
    found = {}
    for name, method, status in (
        ("run A", "ce", "interrupted"),
        ("run B", "ce", "done"),
        ("run C", "selnlpl", "done"),
        ("run D", "selnlpl", "failed"),
    ):
        found[name] = make_run(method, status=status)
        store.rename(found[name], name)
    store.annotate(found["run B"], "the curve is flat", ["lecture"])
    store.star(found["run B"])
    return found


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ({}, ["run D", "run C", "run B", "run A"]),
        ({"find": "lecture"}, ["run B"]),
        ({"find": "flat curve"}, ["run B"]),
        ({"find": "selnlpl"}, ["run D", "run C"]),
        ({"status": "ended"}, ["run D", "run A"]),
        ({"status": "ended early"}, ["run D", "run A"]),
        ({"status": "done", "starred": "true"}, ["run B"]),
        ({"order": "by name"}, ["run A", "run B", "run C", "run D"]),
        ({"status": "nonsense", "order": "nonsense"}, ["run D", "run C", "run B", "run A"]),
    ],
)
def test_the_address_holds_what_is_listed(app, four_runs, healthy, address, shown):
    assert names(healthy(app("pages/runs.py", **address))) == shown


def test_the_address_says_which_columns_are_shown(app, make_run, store, healthy):
    make_run("selnlpl")
    at = healthy(app("pages/runs.py"))
    assert cells(at)[0][0] == "20 epochs"
    assert len(cells(at)[0]) == 6
    at = healthy(app("pages/runs.py", columns="noise,method,nonsense"))
    assert cells(at) == [["method selnlpl", "noise symmetric 40 %"]]
    assert at.query_params["columns"] == "noise,method"
    at.get("button_group")[0].set_value(["seed"]).run()
    assert cells(healthy(at)) == [["seed 0"]]
    assert at.query_params["columns"] == "seed"
    at.get("button_group")[0].set_value([]).run()
    assert cells(healthy(at)) == [[]]


def test_the_size_is_measured_where_it_is_shown(app, make_run, healthy, monkeypatch):
    make_run()
    asked = []
    monkeypatch.setattr(disk, "run_size", lambda *_: asked.append(1))
    healthy(app("pages/runs.py", columns="best"))
    assert asked == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("oldest", "abc"),
        ("best", "bac"),
        ("last", "cab"),
        ("longest", "cba"),
        ("by method", "acb"),
    ],
)
def test_more_orders(app, make_run, store, healthy, order, expected):
    numbers = {"a": (0.5, 0.4, 1.0), "b": (0.9, 0.1, 2.0), "c": (0.4, 0.6, 3.0)}
    for name, values in numbers.items():
        run_id = make_run("selnlpl" if name == "b" else "ce")
        store.rename(run_id, f"run {name}")
        named = ("best_accuracy", "last_accuracy", "seconds")
        store._update(run_id, **dict(zip(named, values, strict=True)))
    shown = names(healthy(app("pages/runs.py", order=order)))
    assert "".join(name[-1] for name in shown) == expected


def test_nothing_found_says_what_to_do(app, four_runs, healthy):
    assert "No run matches" in text(healthy(app("pages/runs.py", find="nowhere")))


def test_tags_and_notes_are_shown_as_they_were_typed(runs_page, make_run, store):
    run_id = make_run()
    store.annotate(run_id, "see [here](http://x) $1$", ["a*b"])
    shown = text(runs_page())
    assert "see \\[here\\]" in shown
    assert ":gray-badge[a\\*b]" in shown


def test_a_star_is_set_and_taken_away(runs_page, make_run, store, healthy):
    run_id = make_run()
    at = runs_page()
    healthy(at.button(key=f"star_{run_id}").click().run())
    assert store.run(run_id).starred
    assert at.button(key=f"star_{run_id}").label == "★"
    healthy(at.button(key=f"star_{run_id}").click().run())
    assert not store.run(run_id).starred


def test_ten_runs_read_no_records(runs_page, make_run, store, monkeypatch):
    for _ in range(10):
        make_run()
    asked, at = [], runs_page()
    st.cache_data.clear()
    monkeypatch.setattr(RunStore, "records", lambda self, run_id, **_: asked.append(run_id))
    at.run()
    assert len([b for b in at.button if b.label == "Open"]) == 10
    assert asked == []


def test_a_damaged_run_is_named_and_the_others_are_listed(app, make_run, store, healthy):
    make_run()
    damaged = make_run()
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET stages = 'x' WHERE id = ?", (damaged,))
    at = healthy(app("pages/runs.py"))
    assert any(damaged.replace("-", "\\-") in box.value for box in at.warning)
    assert "CE" in text(at)
