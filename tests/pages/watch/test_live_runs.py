"""Runs that wait, train, fail or are left behind, and a board that breaks under them."""

from types import SimpleNamespace

from lnl import charts
from lnl.errors import StoreError
from lnl.records import Heartbeat, RunSpec
from lnl.runs.running.manager import RunManager
from pages.ui.board import panels
from pages.ui.board.panels import fitting
from pages.ui.shell import state
from tests.support import made_up
from tests.support.watch_page import text


def test_the_slider_follows_the_newest_epoch_unless_the_address_says_otherwise(
    app, make_run, slider, healthy
):
    run_id = make_run(epochs=5, status="running")
    assert slider(healthy(app())) == {
        "heard": 0,
        "epoch": 0,
        "newest": 5,
        "total": 20,
        "alive": True,
        "back": "Back to live",
        "runs": run_id,
        "byItself": False,
    }
    assert slider(healthy(app(epoch="2")))["epoch"] == 2
    assert slider(healthy(app(epoch="5")))["epoch"] == 0, "the newest epoch is the live view"
    assert slider(healthy(app(epoch="19")))["epoch"] == 0, "there is nothing to see yet"


def test_a_live_run_grows_and_then_ends(app, make_run, store, figures, slider, healthy):
    run_id = make_run(epochs=2, status="running")
    store.heartbeat(run_id, Heartbeat("train", 3, 5, 10, 0.0))
    at = healthy(app())
    before = figures(at)["confidence"]["rev"]
    assert "epoch 3 of 20" in text(at)
    store.append(run_id, made_up.snapshot(3))
    at = healthy(at.run())
    assert figures(at)["confidence"]["rev"] != before
    assert slider(at)["newest"] == 3
    store.set_status(run_id, "done")
    at = healthy(at.run())
    assert not [button for button in at.button if button.label == "Stop"]


def test_a_figure_is_made_once_for_all_viewers(app, make_run, monkeypatch, healthy):
    make_run()
    made = []
    real = charts.fitting_curves
    counted = SimpleNamespace(fitting_curves=lambda *args: made.append(1) or real(*args))
    monkeypatch.setattr(fitting, "charts", counted)
    healthy(app().run())
    healthy(app())
    assert len(made) == 1


def test_a_run_that_was_just_queued_has_empty_axes(app, store, figures, healthy):
    owner = store.own()
    store.create(RunSpec(), name="CE · digits", owner=owner.token)
    at = healthy(app())
    assert "waiting for its turn" in text(at)
    assert set(figures(at)) == {"confidence", "training-accuracy"}
    owner.release()


def test_a_failed_run_says_why_and_can_be_resumed(app, make_run, healthy, monkeypatch):
    resumed = []
    monkeypatch.setattr(RunManager, "resume", lambda self, run_id: resumed.append(run_id))
    run_id = make_run(status="failed", message="the loss is not finite in epoch 4: lower the rate")
    at = healthy(app())
    assert "the loss is not finite" in text(at)
    at.button(key=f"resume_{run_id}").click().run()
    assert resumed == [run_id]


def test_a_run_left_by_a_dead_process_is_interrupted(app, make_run, store, healthy):
    run_id = make_run(status="done")
    run = store.create(RunSpec(), name="CE · digits", owner="host.1.dead")
    store.set_status(run.id, "running")
    at = healthy(app(runs=run.id))
    assert "interrupted" in text(at)
    assert at.button(key=f"resume_{run.id}")
    assert store.run(run_id).status == "done"


def test_a_live_part_that_breaks_says_so_once_and_can_be_tried_again(
    app, make_run, figures, monkeypatch, caplog
):
    make_run(status="running")
    with monkeypatch.context() as broken:
        broken.setattr(panels, "board", lambda *args: 1 / 0)
        at = app()
        assert not at.exception
        assert any("ZeroDivisionError" in box.value for box in at.error)
        assert "division by zero" in caplog.text
        told = len(caplog.records)
        at.run()
        assert len(caplog.records) == told, "a log that fills each second helps nobody"
        assert not figures(at)
    at.button(key="again_board").click().run()
    assert not at.error
    assert figures(at)


def test_our_own_errors_are_told_in_their_words(app, make_run, monkeypatch):
    def damaged(*args, **kwargs):
        raise StoreError("the records of epoch 3 are damaged")

    make_run()
    monkeypatch.setattr(state, "records", damaged)
    assert any("epoch 3 are damaged" in box.value for box in app().error)


def test_runs_can_be_looked_at_where_the_methods_cannot_be_loaded(
    app, make_run, figures, monkeypatch
):
    def broken():
        raise ImportError("no torch here")

    make_run()
    monkeypatch.setattr(state, "wait_for_catalogue", broken)
    at = app()
    assert not at.exception
    assert any("ImportError" in box.value for box in at.error)
    assert figures(at)
