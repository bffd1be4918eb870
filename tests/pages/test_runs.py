import pytest

from lnl.records import RunSpec
from lnl.runs.manager import RunManager
from pages.ui import progress


@pytest.fixture
def runs_page(app, healthy):
    return lambda: healthy(app("pages/runs.py"))


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


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
    assert "test accuracy" in shown
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
    assert at.multiselect(key="runs_shown").value == [first, second]


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
    healthy(at.button(key=f"delete_{run_id}").click().run())
    assert store.runs() == []
    assert "Deleted" in text(at)
    healthy(next(button for button in at.button if button.label == "Undo").click().run())
    assert [run.id for run in store.runs()] == [run_id]
    assert "Deleted" not in text(at)


def test_many_starts_are_paged(runs_page, store, healthy):
    for number in range(23):
        run = store.create(RunSpec(), name=f"run {number}")
        store.set_status(run.id, "stopped")
    at = runs_page()
    assert "run 22" in text(at)
    assert "run 2**" not in text(at)
    at.session_state["runs_page"] = 3
    healthy(at.run())
    assert "run 2**" in text(at)


def test_the_run_bar_is_on_every_page_while_something_trains(app, make_run, healthy):
    make_run("ce", group="g", status="running")
    make_run("selnlpl", group="g", status="running")
    for page in ("pages/watch.py", "pages/runs.py"):
        at = healthy(app(page))
        assert "**CE** and **SelNLPL**" in text(at)
        assert at.button(key="bar_Pause")
        assert at.button(key="bar_Stop")


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
    assert "1 more run waits" in text(healthy(app()))


def test_a_damaged_run_is_named_and_the_others_are_listed(app, make_run, store, healthy):
    make_run()
    damaged = make_run()
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET stages = 'x' WHERE id = ?", (damaged,))
    at = healthy(app("pages/runs.py"))
    assert any(damaged.replace("-", "\\-") in box.value for box in at.warning)
    assert "CE" in text(at)
