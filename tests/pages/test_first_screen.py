"""What somebody sees who opens the app for the first time, and how it gives way to their own."""

import pytest

from lnl import recorded
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager

pytestmark = pytest.mark.usefixtures("first_start")


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption))


def test_it_shows_the_recorded_comparison(app, figures, healthy, slider):
    at = healthy(app())
    assert "**A recorded comparison.** 40 % of 1,437 labels are wrong." in text(at)
    hints = " ".join(box.help or "" for box in at.markdown)
    assert "Recorded with LNL Explorer" in hints.replace("\\", "")
    assert ":gray-badge[:material/movie: recorded]" in text(at)
    drawn = figures(at)["confidence"]["figure"]
    names = [a["text"] for a in drawn["layout"]["annotations"] if "<b>" in a["text"]]
    assert names == ["<b>CE</b>", "<b>SelNLPL</b>"]
    assert slider(at)["newest"] == 60
    assert "Nothing has been trained yet" not in text(at)


def test_it_can_be_replayed(app, figures, healthy):
    late, early = figures(healthy(app())), figures(healthy(app(epoch="3")))
    assert late["confidence"]["rev"] != early["confidence"]["rev"]
    assert "epoch 3" in early["confidence"]["label"]


def test_one_button_trains_ones_own(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app()
    button = at.button(key="start_default")
    assert "Train your own" in button.label
    button.click().run()
    assert started == [[RunSpec(method="ce"), RunSpec(method="selnlpl")]]


def test_ones_own_run_comes_first_though_its_clock_is_behind(app, store, make_run, healthy):
    app()
    mine = make_run(epochs=2)
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET created = 1.0 WHERE id = ?", (mine,))
    at = healthy(app())
    assert at.multiselect(key="runs").value == [mine]
    assert not [button for button in at.button if button.key == "start_default"]
    assert "A recorded comparison" not in text(at)


def test_deleted_they_stay_deleted(app, store, healthy):
    app()
    for run in store.runs():
        assert recorded.is_recorded(run)
        store.trash(run.id)
    assert "Nothing has been trained yet" in text(healthy(app()))


def test_a_damaged_recording_does_not_keep_the_app_from_starting(
    app, healthy, tmp_path, monkeypatch
):
    (tmp_path / "ce.zip").write_bytes(b"no zip at all")
    monkeypatch.setattr(recorded, "FOLDER", tmp_path)
    assert "Nothing has been trained yet" in text(healthy(app()))


def test_a_presentation_shows_the_figures_alone(app, healthy):
    at = healthy(app(lecture="true"))
    assert not [button for button in at.button if button.key == "start_default"]
