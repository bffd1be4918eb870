"""The run bar, on every page while something trains."""

import pytest

from pages.ui.shell import frame, live
from tests.support import made_up
from tests.support.runs_page import text


def test_the_run_bar_is_on_every_page_while_something_trains(app, make_run, healthy):
    make_run("ce", group="g", status="running")
    make_run("selnlpl", group="g", status="running")
    for page in ("pages/watch.py", "pages/runs.py"):
        at = healthy(app(page))
        assert "**CE** and **SelNLPL**" in text(at)
        assert at.button(key="bar_Pause")
        assert at.button(key="bar_Stop")


@pytest.mark.parametrize("page", [card.file for card in frame.PAGES])
@pytest.mark.parametrize("query", [{}, {"runs": "gone"}, {"data": "own"}, {"method": "ce"}])
def test_each_page_has_one_timer_while_something_trains(
    app, store, make_run, healthy, monkeypatch, page, query
):
    timers, refreshed = [], live.refreshed

    def noted(draw, key, alive):
        timers.extend([key] * alive)
        refreshed(draw, key, alive)

    monkeypatch.setattr(live, "refreshed", noted)
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    make_run("ce", status="done")
    make_run("ce", status="running")
    healthy(app(page, **query))
    assert len(timers) == 1


def test_the_run_bar_steers_all_runs_of_a_start(app, make_run, store, healthy):
    ids = [make_run(m, group="g", status="running") for m in ("ce", "selnlpl")]
    at = healthy(app())
    healthy(at.button(key="bar_Pause").click().run())
    assert [store.wanted(run_id) for run_id in ids] == ["pause", "pause"]
    assert "pausing after this epoch" in text(at)
    for run_id in ids:
        store.set_status(run_id, "paused")
    healthy(at.run())
    healthy(at.button(key="bar_One epoch").click().run())
    assert [store.wanted(run_id) for run_id in ids] == ["one_epoch", "one_epoch"]
    healthy(at.button(key="bar_Stop").click().run())
    assert [store.run(run_id).status for run_id in ids] == ["stopped", "stopped"]


def test_runs_that_wait_are_counted(app, make_run, healthy):
    make_run("ce", group="g", status="running")
    make_run("ce", group="later", status="queued", epochs=0)
    assert "1 more run queued" in text(healthy(app()))
