"""Which runs and which epoch are shown: the newest, those of the address, those chosen."""

import pytest

from tests.support.controls import control
from tests.support.watch_page import names, text


def test_without_runs_it_says_what_to_do(app, figures, healthy):
    at = healthy(app())
    assert "Nothing has been trained yet" in text(at)
    assert not figures(at)
    assert at.button(key="start").label == "Start"


def test_a_finished_run_is_drawn(app, make_run, figures, healthy):
    run_id = make_run(epochs=20)
    at = healthy(app())
    shown = figures(at)
    assert set(shown) == {"confidence", "training-accuracy"}
    assert "Memorising wrong labels" in text(at)
    assert "Memorising wrong labels" in shown["confidence"]["label"], "told to who cannot see it"
    assert at.multiselect(key="runs").value == [run_id]


def test_a_start_is_shown_side_by_side_with_short_names(app, make_run, figures, healthy):
    make_run("ce", group="g")
    make_run("selnlpl", group="g")
    at = healthy(app())
    assert names(figures(at)["confidence"]) == ["<b>CE</b>", "<b>SelNLPL</b>"]
    assert "digits · symmetric 40 % · seed 0" in text(at)


def test_the_address_chooses_runs_and_epoch(app, make_run, figures, healthy):
    old = make_run("selnlpl", epochs=9)
    make_run("ce", epochs=2)
    newest = figures(healthy(app(runs=old)))
    past = figures(healthy(app(runs=old, epoch="3")))
    assert names(newest["confidence"]) == ["<b>SelNLPL</b>"]
    assert newest["confidence"]["rev"] != past["confidence"]["rev"]
    marks = [s["name"] for s in past["training-accuracy"]["figure"]["layout"]["shapes"]]
    assert "epoch looked at" in marks


@pytest.mark.parametrize("epoch", ["-1", "0", "x", "9" * 400, "٣", "3.5", "99999"])
def test_a_strange_epoch_breaks_nothing(app, make_run, figures, healthy, epoch):
    make_run()
    assert figures(healthy(app(epoch=epoch)))


def test_a_run_that_is_gone_is_named(app, make_run, healthy):
    run_id = make_run()
    at = healthy(app(runs=f"{run_id},gone-*forever*"))
    assert any("gone" in box.value and "not in the store" in box.value for box in at.warning)
    chooser = at.multiselect(key="runs")
    assert chooser.value == [run_id, "gone-*forever*"]
    healthy(chooser.set_value([run_id]).run())
    assert at.query_params["runs"] == run_id
    assert not at.warning


def test_a_link_to_deleted_runs_alone_says_so_and_offers_the_others(app, make_run, healthy):
    make_run()
    at = healthy(app(runs="gone-1,gone-2"))
    assert len(at.warning) == 2
    assert not [box for box in at.markdown if "Nothing has been trained" in box.value]
    assert len(at.multiselect(key="runs").options) == 3


def test_nobody_asks_for_more_than_eight(app, make_run, healthy):
    ids = [make_run(epochs=1) for _ in range(9)]
    at = healthy(app(runs=",".join(ids)))
    assert len(at.multiselect(key="runs").value) == 8


def test_a_late_answer_of_the_browser_does_not_undo_a_start(app, make_run, healthy):
    """The chooser is a new widget then: what the browser still had is that of the former."""
    old = make_run("ce")
    at = healthy(app(runs=old))
    former = at.multiselect(key="runs")
    new = make_run("selnlpl")
    at.query_params["runs"] = new  # as Start does
    healthy(at.run())
    chooser = control(at, "multiselect", "runs")
    assert (chooser.key, chooser.value) != (former.key, [old])
    healthy(chooser.set_value([new, old]).run())  # a choice by hand
    assert at.query_params["runs"] == f"{new},{old}"


def test_runs_of_one_name_stay_themselves(app, make_run, figures, healthy):
    """An option that is told by its title was the newest of that title: the page swapped runs."""
    older = [make_run("ce"), make_run("selnlpl")]
    newer = [make_run("ce", epochs=5), make_run("selnlpl", epochs=5)]
    at = healthy(app(runs=",".join(older)))
    at.segmented_control(key="hide").set_value("truth").run()
    at.toggle(key="lecture").set_value(True).run()
    assert at.query_params["runs"] == ",".join(older)
    label = figures(healthy(at))["confidence"]["label"]
    at.toggle(key="lecture").set_value(False).run()
    assert at.multiselect(key="runs").value == older
    assert len(set(at.multiselect(key="runs").options)) == len([*older, *newer])
    at.multiselect(key="runs").set_value(newer).run()
    assert at.query_params["runs"] == ",".join(newer)
    assert figures(healthy(at))["confidence"]["label"] != label


def test_the_default_view_is_in_the_address_too(app, make_run, healthy):
    ids = [make_run("ce", group="a"), make_run("selnlpl", group="a")]
    at = healthy(app())
    assert at.query_params["runs"] == ",".join(ids)
    make_run("ce", group="b")
    assert healthy(at.run()).query_params["runs"] == ",".join(ids), "tomorrow's newest is another"
