import numpy as np
import pytest
import streamlit as st

from lnl.records import RunSpec
from lnl.runs.exporting import export_run
from lnl.runs.kept_data import DataToKeep
from lnl.runs.manager import RunManager
from lnl.runs.store import RunStore
from pages.ui import progress


@pytest.fixture
def runs_page(app, healthy):
    return lambda: healthy(app("pages/runs.py"))


@pytest.fixture
def keep_labels(store):
    """Labels of a made-up run, without images."""

    def keep(run_id):
        data = store.run(run_id).data
        labels = np.arange(data.num_train) % data.num_classes
        kept = DataToKeep(
            given_labels=labels,
            true_labels=None,
            groups=np.full(len(labels), 3, np.int8),
            class_names=data.class_names,
            probe=np.arange(5),
            images=np.zeros((len(labels), *data.image_shape), np.uint8),
        )
        store.keep_data(data.fingerprint, kept)

    return keep


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


def menu(at, run_id, choice):
    """Chooses from a run's menu."""
    button = next(m for m in at.get("menu_button") if m.key == f"menu_{run_id}")
    return button.click(choice).run()


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
    assert "run 12**" in text(at)
    assert "run 11**" not in text(at), "with its start there would be 13 rows"
    at.session_state["page"] = 2
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
        ({"status": "ended early"}, ["run D", "run A"]),
        ({"status": "done", "starred": "true"}, ["run B"]),
        ({"order": "by name"}, ["run A", "run B", "run C", "run D"]),
        ({"status": "nonsense", "order": "nonsense"}, ["run D", "run C", "run B", "run A"]),
    ],
)
def test_the_address_holds_what_is_listed(app, four_runs, healthy, address, shown):
    assert names(healthy(app("pages/runs.py", **address))) == shown


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


def test_name_note_and_tags(runs_page, make_run, store, healthy):
    run_id = make_run()
    at = healthy(menu(runs_page(), run_id, "edit"))
    at.text_input(key=f"name_{run_id}").input("A new name")
    at.text_area(key=f"note_{run_id}").input("what I saw")
    healthy(at.button(key="save").click().run())
    run = store.run(run_id)
    assert (run.name, run.note) == ("A new name", "what I saw")
    assert not [b for b in at.button if b.key == "save"], "the dialog is closed"


def test_an_empty_name_is_refused_in_the_dialog(runs_page, make_run, store, healthy):
    run_id = make_run()
    at = healthy(menu(runs_page(), run_id, "edit"))
    at.text_input(key=f"name_{run_id}").input("  ")
    at.button(key="save").click().run()
    assert "1 to 200 letters" in at.error[0].value
    assert store.run(run_id).name.startswith("CE")
    assert at.button(key="save"), "the dialog stays open"


def test_a_dialog_outlives_changes_of_its_run(runs_page, make_run, store, healthy):
    run_id = make_run(status="running")
    at = healthy(menu(runs_page(), run_id, "edit"))
    store.set_status(run_id, "done")
    healthy(at.run())
    assert at.button(key="save")
    store.trash(run_id)
    store.purge()
    healthy(at.run())
    assert not [b for b in at.button if b.key == "save"]


def test_copy_as_command(runs_page, make_run, healthy):
    run_id = make_run("selnlpl")
    at = healthy(menu(runs_page(), run_id, "command"))
    assert at.code[0].value == "python -m lnl train --method selnlpl --epochs 20"


@pytest.fixture
def started(monkeypatch):
    """What was to be started."""
    asked = []

    def start(self, specs, names=()):
        asked.extend(zip(specs, names, strict=True))
        return ["new"]

    monkeypatch.setattr(RunManager, "start", start)
    return asked


def test_fork_with_another_seed(runs_page, make_run, started, healthy):
    run_id = make_run("selnlpl")
    at = healthy(menu(runs_page(), run_id, "fork"))
    at.number_input(key=f"fork_{run_id}_seed").set_value(7).run()
    at.button(key="fork_start").click().run()
    ((spec, name),) = started
    assert spec == RunSpec(method="selnlpl", epochs=20, seed=7)
    assert name == "SelNLPL · digits · symmetric 40 % · seed 7"
    assert at.title[0].value == "Watch", "old and new side by side"


def test_fork_with_another_method_offers_all_others(runs_page, make_run, started, healthy):
    run_id = make_run()
    at = healthy(menu(runs_page(), run_id, "fork"))
    at.selectbox(key=f"fork_{run_id}").set_value("method").run()
    chosen = at.selectbox(key=f"fork_{run_id}_method")
    assert "CE" not in chosen.options
    assert "SelNLPL" in chosen.options
    healthy(chosen.set_value("selnlpl").run())
    at.button(key="fork_start").click().run()
    assert [spec.method for spec, _ in started] == ["selnlpl"]


def test_fork_with_another_setting(runs_page, make_run, store, started, healthy):
    spec = RunSpec(method="selnlpl", epochs=20, settings={"threshold": 0.5})
    run_id = make_run("selnlpl")
    store.describe(run_id, spec, store.run(run_id).data, store.run(run_id).stages, "CPU")
    at = healthy(menu(runs_page(), run_id, "fork"))
    at.selectbox(key=f"fork_{run_id}").set_value("threshold").run()
    at.number_input(key=f"fork_{run_id}_threshold.threshold").set_value(0.25).run()
    at.button(key="fork_start").click().run()
    ((spec, name),) = started
    assert spec.settings == {"threshold": 0.25}
    assert name.endswith("threshold 0.25")


def test_a_fork_without_a_change_is_refused_in_words(runs_page, make_run, started):
    run_id = make_run()
    at = menu(runs_page(), run_id, "fork")
    at.selectbox(key=f"fork_{run_id}").set_value("rate").run()
    at.button(key="fork_start").click().run()
    assert "already" in at.error[0].value
    assert started == []


def test_downloads_are_offered_once_there_is_something(runs_page, make_run, healthy):
    empty, full = make_run(epochs=0, status="stopped"), make_run()
    at = healthy(menu(runs_page(), empty, "download"))
    assert "nothing to download" in text(at)
    at = healthy(menu(runs_page(), full, "download"))
    keys = [button.key for button in at.get("download_button")]
    assert keys == ["download_slim", "download_all"], "it has no networks"


def test_networks_are_offered_where_there_are_any(runs_page, make_run, store, healthy):
    run_id = make_run(status="stopped")
    networks(store, run_id)
    at = healthy(menu(runs_page(), run_id, "download"))
    assert "download_whole" in [button.key for button in at.get("download_button")]
    assert "so that it can be resumed there" in text(at)


def test_what_a_download_holds_can_be_imported(runs_page, make_run, keep_labels, store, healthy):
    run_id = make_run()
    keep_labels(run_id)
    store.annotate(run_id, "a note", [])
    path = store.folder / "export.zip"
    export_run(store, run_id, path)
    at = runs_page()
    at.file_uploader[0].set_value(("run.zip", path.read_bytes(), "application/zip")).run()
    healthy(at)
    assert [run.note for run in store.runs()] == ["a note", "a note"]
    healthy(at.run())
    assert len(store.runs()) == 2, "once"


def test_a_file_that_is_no_run_is_refused_in_words(runs_page, make_run, store):
    make_run()
    at = runs_page()
    at.file_uploader[0].set_value(("photo.zip", b"no zip", "application/zip")).run()
    assert not at.exception
    assert "photo\\.zip cannot be imported" in at.error[0].value
    assert len(store.runs()) == 1


def networks(store, run_id):
    folder = store.folder / "runs" / run_id
    (folder / "checkpoint-3.pt").write_bytes(b"0" * 2_000_000)
    return folder / "checkpoint-3.pt"


def test_clean_up_says_what_it_frees_and_spares_what_can_go_on(runs_page, make_run, store, healthy):
    done, stopped = make_run(), make_run(status="stopped")
    files = networks(store, done), networks(store, stopped)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    assert (
        at.button(key="drop_checkpoints").label == "Remove networks of 1 finished run, free 2.0 MB"
    )
    healthy(at.button(key="drop_checkpoints").click().run())
    assert [file.exists() for file in files] == [False, True]
    assert len(store.records(done)) == 3


def test_the_trash_is_told_emptied_or_brought_back(runs_page, make_run, store, healthy):
    kept, gone, back = make_run(), make_run(), make_run()
    for run_id in (gone, back):
        store.trash(run_id)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    healthy(at.button(key=f"restore_{back}").click().run())
    assert {run.id for run in store.runs()} == {kept, back}
    at.session_state["disk"] = True
    healthy(at.run())
    assert "Remove 1 deleted run for good" in at.button(key="purge").label
    healthy(at.button(key="purge").click().run())
    assert store.runs(trashed=True) == []
    assert {run.id for run in store.runs()} == {kept, back}


def test_the_machine_is_told(runs_page, make_run, healthy):
    make_run(status="running")
    at = runs_page()
    at.session_state["here"] = True
    healthy(at.run())
    assert "1 training or paused, 0 waiting" in text(at)
    assert "torch" in text(at)


def test_ten_runs_read_no_records(runs_page, make_run, store, monkeypatch):
    for _ in range(10):
        make_run()
    asked, at = [], runs_page()
    st.cache_data.clear()
    monkeypatch.setattr(RunStore, "records", lambda self, run_id, **_: asked.append(run_id))
    at.run()
    assert len([b for b in at.button if b.label == "Open"]) == 10
    assert asked == []


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
