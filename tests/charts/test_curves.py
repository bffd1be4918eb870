from dataclasses import replace

import pytest

from lnl import charts
from lnl.findings import RunRecords
from lnl.records import EpochRecord, StageSpan
from tests.support import made_up
from tests.support.made_up import run
from tests.support.seen import curve


def test_stages_are_named_and_every_other_one_is_shaded():
    figure = charts.fitting_curves([run("selnlpl", epochs=20)])
    shaded = [(s.name, s.x0, s.x1) for s in figure.layout.shapes if s.name.startswith("stage")]
    assert shaded == [("stage NL", 0.5, 8.5), ("stage SelPL", 14.5, 20.5)]
    places = {a.text: a.x for a in figure.layout.annotations}
    assert (places["NL"], places["SelNL"], places["SelPL"]) == (4.5, 11.5, 17.5)


def test_names_of_short_stages_share_a_line():
    longer = run("ce", run_id="b", stages=(StageSpan("train", 1, 60),))
    figure = charts.fitting_curves([run("selnlpl", epochs=20), longer])
    texts = [a.text for a in figure.layout.annotations]
    assert "NL, SelNL, SelPL" in texts
    assert "SelNL" not in texts


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
    assert curve(charts.fitting_curves(runs), "test").x.tolist() == [1, 3]
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


def test_learning_rates_by_optimiser():
    two = replace(made_up.record(1), learning_rates={"network": 0.1, "decoder": 0.01})
    figure = charts.learning_rate_curves([RunRecords(made_up.info(), [two])])
    assert {t.name: t.y.tolist() for t in figure.data} == {
        "decoder": pytest.approx([0.01]),
        "network": pytest.approx([0.1]),
    }


def test_time_is_split_and_all_runs_share_one_scale():
    figure = charts.time_curves([run(run_id="a", epochs=2), run(run_id="b", epochs=2)])
    assert curve(figure, "training passes").y.tolist() == pytest.approx([0.4, 0.4])
    assert curve(figure, "evaluation").y.tolist() == pytest.approx([0.1, 0.1])
    assert figure.layout.yaxis2.matches == "y"


def test_throughput_counts_the_training_passes():
    figure = charts.throughput_curves([run(epochs=2)])
    assert curve(figure, "images a second").y.tolist() == [2500, 2500]
