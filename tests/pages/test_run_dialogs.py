"""What the menu of a run opens: words, a fork, its command, its log, its file."""

import json

import pytest

from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from tests.support.runs_page import menu, networks, text


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


def test_the_command_of_a_run(runs_page, make_run, healthy):
    run_id = make_run("selnlpl")
    at = healthy(menu(runs_page(), run_id, "command"))
    line = (
        "python -m lnl train --dataset digits --noise symmetric --rate 0.4 --noise-seed 0 "
        "--method selnlpl --epochs 20 --seed 0"
    )
    assert at.code[0].value == line
    (button,) = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_copy"]
    assert json.loads(button.json) == {"label": "Copy command", "text": line}
    assert "Options equal to the defaults are omitted." in text(at)


@pytest.mark.parametrize("choice", ["fork", "command"])
def test_a_run_whose_spec_is_not_known_whole_is_neither_forked_nor_spelled(
    runs_page, make_run, store, healthy, choice
):
    run_id = make_run()
    with store.database.writing() as connection:
        connection.execute(
            "UPDATE runs SET spec = json_set(spec, '$.unknown', json('[\"flavour\"]'))"
        )
    at = healthy(menu(runs_page(), run_id, choice))
    assert "its spec has flavour" in at.info[0].value
    assert not at.code
    assert not [b for b in at.button if b.key == "fork_start"]


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
    assert "Nothing to download" in text(at)
    at = healthy(menu(runs_page(), full, "download"))
    keys = [button.key for button in at.get("download_button")]
    assert keys == ["download_slim", "download_all"], "it has no networks"


def test_networks_are_offered_where_there_are_any(runs_page, make_run, store, healthy):
    run_id = make_run(status="stopped")
    networks(store, run_id)
    at = healthy(menu(runs_page(), run_id, "download"))
    assert "download_whole" in [button.key for button in at.get("download_button")]
    assert "so that it can be resumed elsewhere" in text(at)


FAILED = "Traceback (most recent call last):\n" + "\n".join(f"line {n}" for n in range(70))


def shown_log(at):
    (code,) = at.code
    return code.value.splitlines()


def test_a_failed_run_shows_the_end_of_its_log(runs_page, make_run, store, healthy):
    run_id = make_run(status="running")
    store.log(run_id).say(FAILED)
    store.set_status(run_id, "failed", "the loss is not finite")
    at = healthy(runs_page())
    healthy(at.button(key=f"log_{run_id}").click().run())
    assert shown_log(at)[0] == "line 21"
    assert shown_log(at)[-1].endswith("failed: the loss is not finite")
    assert len(shown_log(at)) == 50
    assert "The last 50 of 73 lines" in text(at)
    (whole,) = [b for b in at.get("download_button") if b.key == "download_log"]
    assert whole.label == "Full log"


def test_any_run_shows_its_log_by_its_menu(runs_page, make_run, healthy):
    run_id = make_run(status="stopped")
    at = healthy(runs_page())
    assert f"log_{run_id}" not in [button.key for button in at.button]
    healthy(menu(at, run_id, "log"))
    assert shown_log(at)[-1].endswith("stopped")
    assert "The last" not in text(at)


def test_a_run_without_a_log_says_why(runs_page, make_run, store, healthy):
    run_id = make_run()
    store.log(run_id).path.unlink()
    at = healthy(menu(runs_page(), run_id, "log"))
    assert "Imported and not-yet-started runs have no log" in text(at)
    assert not at.code
