"""The panels Samples and Restoration of the live board."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lnl.records import Previews
from lnl.samples.restorations import Restorations
from pages.ui.board.panels import restoration
from tests.support import made_up

ROOT = Path(__file__).parents[2]


@pytest.fixture
def board(store, healthy):
    """Watch with some panels, over runs whose images are kept."""

    def open_board(*panels, truth=True, **query):
        store.keep_data(made_up.facts().fingerprint, made_up.kept_data(truth))
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        at.query_params["panels"] = list(panels)
        for name, value in query.items():
            at.query_params[name] = value
        return healthy(at.run())

    return open_board


@pytest.fixture
def restoring(store, make_run):
    """A run that restores nine images: better with each epoch, that of class 1 worst."""

    def make():
        run_id = make_run("rfl", epochs=0)
        for epoch in range(1, 4):
            images = [np.zeros((9, 1, 8, 8), np.uint8) for _ in range(3)]
            images[1][:] = 51
            images[2][:] = 51 // epoch
            images[2][0] = 102
            snapshot = replace(made_up.snapshot(epoch, "rfl"), previews=Previews(*images))
            store.append(run_id, snapshot)
        return run_id

    return make


def grids(at):
    shown = [e.proto for e in at.get("bidi_component")]
    return [json.loads(p.json) for p in shown if p.component_name == "lnl_pictures"]


def words(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption))


def test_memorised_and_recovered_of_each_run(board, make_run):
    run = make_run()
    at = board("Samples", runs=run)
    (recovered,) = grids(at)
    assert "Memorised now: no wrong label is predicted at this epoch" in words(at)
    assert "Recovered: 400 samples" in words(at)
    wrong = [n for n in range(1000) if n % 5 < 2]
    assert [p["id"] for p in recovered["pictures"]] == wrong[:12]
    assert {p["tone"] for p in recovered["pictures"]} == {"mislabelled"}
    assert recovered["pictures"][0]["lines"] == ["given =1+1", "true zero"]


def test_wrong_labels_that_are_predicted_are_memorised(board, store, make_run):
    run = make_run(epochs=0)
    made = made_up.snapshot(1)
    given = made_up.kept_data().given_labels.astype(np.uint16)
    store.append(run, replace(made, samples=replace(made.samples, prediction=given)))
    at = board("Samples", runs=run)
    (memorised,) = grids(at)
    assert "Memorised now: 400 samples" in words(at)
    surest = [n for n in range(999, -1, -1) if n % 5 < 2][:12]
    shown = [p["id"] for p in memorised["pictures"]]
    assert sorted(shown, reverse=True) == sorted(surest, reverse=True)


def test_without_the_truth_only_suspects_are_shown(board, make_run):
    at = board("Samples", runs=make_run(), hide="true")
    (suspects,) = grids(at)
    assert [p["id"] for p in suspects["pictures"]] == list(range(12))
    assert {p["tone"] for p in suspects["pictures"]} == {""}
    assert "Recovered" not in words(at)
    assert "true" not in str([p["lines"] for p in suspects["pictures"]])


def test_runs_before_their_first_epoch_and_without_images_say_so(app, make_run, healthy):
    runs = [make_run(epochs=0, status="failed", message="out of memory"), make_run()]
    at = app(runs=",".join(runs), panels="Samples")
    assert not at.exception
    assert "No finished epoch yet" in words(at)
    assert any("cannot be read" in box.value for box in at.error)


def test_originals_shown_and_restored_side_by_side(board, restoring):
    at = board("Restoration", runs=restoring())
    images, strip = grids(at)
    assert len(images["pictures"]) == 9
    assert (images["width"], images["height"]) == (3 * 8 + 2, 8)
    first, second = images["pictures"][:2]
    assert first["lines"] == ["given =1+1, true zero", "error 0.1600, shown 0.0400"]
    assert second["lines"] == ["given *two*, true =1+1", "error 0.0044, shown 0.0400"]
    assert images["selected"] == 0
    assert [p["lines"][0] for p in strip["pictures"]] == [
        "original",
        "epoch 1",
        "epoch 2",
        "epoch 3",
    ]


def test_another_image_is_followed_through_the_epochs(board, restoring):
    at = board("Restoration", runs=restoring(), image="1")
    images, strip = grids(at)
    assert images["selected"] == 1
    assert [p["lines"][1] for p in strip["pictures"][1:]] == [
        "error 0.0400",
        "error 0.0096",
        "error 0.0044",
    ]


def test_restored_images_hide_the_truth_too(board, restoring):
    at = board("Restoration", runs=restoring(), hide="true")
    assert grids(at)[0]["pictures"][0]["lines"][0] == "given =1+1"


def test_classes_are_chosen(board, restoring):
    at = board("Restoration", runs=restoring())
    at.multiselect(key="restored").set_value([2]).run()
    images, _ = grids(at)
    given = made_up.kept_data().given_labels
    assert [p["id"] for p in images["pictures"]] == [n for n in range(9) if given[n] == 2]
    at.multiselect(key="restored").set_value([9]).run()
    assert "No restored image has these labels" in words(at)


def test_an_earlier_epoch_shows_its_own_restorations(board, restoring):
    at = board("Restoration", runs=restoring(), epoch="1")
    assert grids(at)[0]["pictures"][1]["lines"][1] == "error 0.0400, shown 0.0400"


def test_where_nothing_is_restored_the_panel_says_so(board, make_run):
    at = board("Restoration", runs=make_run())
    assert "Restored images" in [box.value for box in at.subheader]
    assert ["None of these runs restores images" in box.value for box in at.info] == [True]


def test_three_images_stand_in_their_order():
    images = Previews(*(np.full((1, 1, 2, 2), level, np.uint8) for level in (10, 20, 30)))
    row = restoration.side_by_side(Restorations(1, np.array([0]), images), 0)[0, 0].tolist()
    assert row == [10, 10, 128, 20, 20, 128, 30, 30]
