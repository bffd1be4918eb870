from dataclasses import replace

import numpy as np
import pytest

from lnl import charts
from lnl.charts import RunRecords
from lnl.records import EpochRecord
from tests import made_up


def run(method="ce", epochs=5, truth=True, **changes):
    records = [made_up.record(e, method, truth) for e in range(1, epochs + 1)]
    return RunRecords(made_up.info(method, **changes), records)


def curve(figure, name, axis="x"):
    (found,) = [t for t in figure.data if t.name == name and t.xaxis == axis]
    return found


VALUES = {
    "training accuracy on given labels": "train_accuracy_given",
    "training accuracy on true labels": "train_accuracy_true",
    "mislabelled: memorised": "memorised",
    "mislabelled: recovered": "recovered",
    "test accuracy": "test_accuracy",
}


@pytest.mark.parametrize(("name", "field"), VALUES.items())
def test_each_curve_shows_its_own_number(name, field):
    shown = run()
    drawn = curve(charts.fitting_curves([shown]), name)
    assert drawn.x.tolist() == [1, 2, 3, 4, 5]
    assert np.allclose(drawn.y, [getattr(r, field) for r in shown.records])


def test_curves_differ_in_colour_and_in_dash_or_marker():
    figure = charts.fitting_curves([run()])
    assert len({t.line.color for t in figure.data}) == 6
    assert len({(t.line.dash, t.marker.symbol) for t in figure.data}) == 6
    memorised = curve(figure, "mislabelled: memorised")
    assert memorised.line.color == "#d55e00"
    assert memorised.line.dash != "solid"


def test_the_clean_rate_and_the_band_above_it():
    figure = charts.fitting_curves([run()])
    shapes = {s.name: s for s in figure.layout.shapes}
    line = curve(figure, "clean rate 60%")
    assert list(line.y) == [0.6, 0.6]
    assert line.line.dash != "solid"
    band = shapes["only reachable by memorising"]
    assert band.y0 == 0.6
    assert band.y1 >= 1
    assert band.yref == "y"
    assert any(a.text == "only by memorising" and a.y > 1 for a in figure.layout.annotations)


def test_clean_data_have_no_band():
    info = made_up.info(data=made_up.facts(actual_noise_rate=0.0))
    figure = charts.fitting_curves([RunRecords(info, [made_up.record(1)])])
    assert not figure.layout.shapes
    assert not [t.name for t in figure.data if t.name.startswith("clean rate")]


def test_without_true_labels_only_what_is_known():
    info = made_up.info(data=made_up.facts(actual_noise_rate=None))
    figure = charts.fitting_curves([RunRecords(info, [made_up.record(1, truth=False)])])
    assert {t.name for t in figure.data} == {"training accuracy on given labels", "test accuracy"}
    assert not figure.layout.shapes


def test_stages_are_named_and_every_other_one_is_shaded():
    figure = charts.fitting_curves([run("selnlpl", epochs=20)])
    shaded = [(s.name, s.x0, s.x1) for s in figure.layout.shapes if s.name.startswith("stage")]
    assert shaded == [("stage NL", 0.5, 8.5), ("stage SelPL", 14.5, 20.5)]
    places = {a.text: a.x for a in figure.layout.annotations}
    assert (places["NL"], places["SelNL"], places["SelPL"]) == (4.5, 11.5, 17.5)


def test_the_epoch_looked_at_is_marked_on_every_panel():
    figure = charts.fitting_curves([run(run_id="a"), run("selnlpl", run_id="b")], epoch=3)
    marks = [(s.xref, s.x0) for s in figure.layout.shapes if s.name == "epoch looked at"]
    assert marks == [("x", 3), ("x2", 3)]


def test_the_axis_is_as_long_as_the_longest_schedule_from_the_start():
    figure = charts.fitting_curves([run(epochs=1), run("selnlpl", epochs=1, run_id="b")])
    assert figure.layout.xaxis.range == (0.5, 20.5)
    assert figure.layout.xaxis2.matches == "x"


def test_epochs_that_were_not_evaluated_are_left_out():
    bare = EpochRecord(2, "train", 1.0, 0.0, 1.0, {}, {"cross_entropy": 1.0}, evaluated=False)
    runs = [RunRecords(made_up.info(), [made_up.record(1), bare, made_up.record(3)])]
    assert curve(charts.fitting_curves(runs), "test accuracy").x.tolist() == [1, 3]
    assert curve(charts.loss_curves(runs), "cross entropy").x.tolist() == [1, 2, 3]


def test_a_run_without_records_says_so():
    figure = charts.fitting_curves([RunRecords(made_up.info(), [])])
    assert any("no finished epoch" in a.text for a in figure.layout.annotations)


def test_every_loss_term_is_a_curve_on_its_own_scale():
    two = replace(made_up.record(1), losses={"cross_entropy": 2.0, "network_1.elr": -3.0})
    runs = [RunRecords(made_up.info(run_id="a"), [two]), run(run_id="b")]
    figure = charts.loss_curves(runs)
    assert [(t.name, t.xaxis) for t in figure.data] == [
        ("cross entropy", "x"),
        ("network 1.elr", "x"),
        ("cross entropy", "x2"),
    ]
    assert figure.layout.yaxis2.matches is None


def test_an_entry_of_the_legend_hides_its_curve_in_all_panels():
    figure = charts.fitting_curves([run(run_id="a"), run("selnlpl", run_id="b")])
    assert sum(t.showlegend for t in figure.data) == 6
    assert all(t.legendgroup == t.name for t in figure.data)
    assert len({t.uid for t in figure.data}) == 12
