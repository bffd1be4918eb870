from dataclasses import replace

import numpy as np
import pytest

from lnl import charts, findings
from lnl.charts.curves import ONSET
from lnl.findings import RunRecords
from tests.support import made_up
from tests.support.made_up import run
from tests.support.seen import curve, texts

VALUES = {
    "given labels": "train_accuracy_given",
    "true labels": "train_accuracy_true",
    "memorised": "memorised",
    "recovered": "recovered",
    "test": "test_accuracy",
}


@pytest.mark.parametrize(("name", "field"), VALUES.items())
def test_each_curve_shows_its_own_number(name, field):
    shown = run()
    drawn = curve(charts.fitting_curves([shown]), name)
    assert drawn.x.tolist() == [1, 2, 3, 4, 5]
    assert np.allclose(drawn.y, [getattr(r, field) for r in shown.records])


def test_curves_differ_in_colour_and_in_dash_or_marker():
    figure = charts.fitting_curves([run()])
    lines = [t for t in figure.data if t.mode != "markers"]
    assert len(lines) == 6
    assert len({t.line.color for t in lines}) == 6
    assert len({(t.line.dash, t.marker.symbol) for t in lines}) == 6
    memorised = curve(figure, "memorised")
    assert memorised.line.color == "#d55e00"
    assert memorised.line.dash != "solid"


def test_the_clean_rate_and_what_lies_above_it():
    """The claim is about the accuracy on the given labels: a test line may well stand higher."""
    figure = charts.fitting_curves([run(epochs=20)])
    line = curve(figure, "clean rate")
    assert list(line.y) == [0.6, 0.6]
    assert line.line.dash != "solid"
    assert "clean rate 60%" in texts(figure)
    (told,) = (a for a in figure.layout.annotations if a.text == "clean rate 60%")
    assert (told.yref, told.y, told.yanchor) == ("y domain", 1, "top")
    assert 1.1 < figure.layout.yaxis.range[1] < figure.layout.meta["low"]["range"][1] < 1.25
    part = curve(figure, "only reachable by memorising")
    above = [max(made_up.record(e).train_accuracy_given, 0.6) for e in range(1, 21)]
    assert np.allclose(part.y[:20], above)
    assert np.allclose(part.y[20:], 0.6)
    assert not part.showlegend


def test_nothing_lies_above_the_clean_rate_where_nothing_is_memorised():
    figure = charts.fitting_curves([run("selnlpl", epochs=20)])
    highest = max(made_up.record(e, "selnlpl").train_accuracy_given for e in range(1, 21))
    drawn = [t for t in figure.data if t.name == "only reachable by memorising"]
    assert bool(drawn) == (highest > 0.6)


def test_clean_rates_that_differ_stand_in_their_plots():
    runs = [run("selnlpl"), run("ce", run_id="own")]
    figure = charts.fitting_curves([findings.blind(each) for each in runs])
    lines = [t for t in figure.data if t.name == "estimated clean rate"]
    assert not any(t.showlegend for t in lines), "they are named where they are"
    told = {a.text: a.xref for a in figure.layout.annotations if "clean rate" in a.text}
    assert told == {
        f"estimated clean rate {line.y[0]:.0%}": f"{line.xaxis} domain" for line in lines
    }
    assert lines[0].y != lines[1].y


def test_clean_data_have_no_band():
    info = made_up.info(data=made_up.facts(actual_noise_rate=0.0))
    figure = charts.fitting_curves([RunRecords(info, [made_up.record(1)])])
    assert not figure.layout.shapes
    assert not [t.name for t in figure.data if t.name.startswith("clean rate")]


def test_without_true_labels_only_what_is_known_and_what_is_called_an_estimate():
    figure = charts.fitting_curves([findings.blind(run(epochs=20))])
    names = {t.name for t in figure.data}
    assert names == {
        "given labels",
        "test",
        "best test accuracy",
        "last test accuracy",
        "estimated clean rate",
    }
    assert all("estimated" in s.name for s in figure.layout.shapes)
    assert "overfits from epoch 7: training accuracy above the estimated" in hints(figure)


def test_an_entry_of_the_legend_hides_its_curve_in_all_panels():
    figure = charts.fitting_curves([run(run_id="a"), run("selnlpl", run_id="b")])
    assert sum(t.showlegend for t in figure.data) == 5
    assert all(t.legendgroup == t.name for t in figure.data)
    assert len({t.uid for t in figure.data}) == len(figure.data)


def hints(figure):
    """What is told on hover, of run names among others."""
    return "\n".join(a.hovertext or "" for a in figure.layout.annotations)


def test_the_phases_are_told_on_the_hover_of_a_name():
    told = hints(charts.fitting_curves([run(epochs=20)]))
    assert "learns the right labels until epoch 1" in told
    assert "overfits from epoch 7: training accuracy above the clean rate of 60%," in told
    assert "test accuracy down by 11 points" in told


def test_a_network_that_had_taken_in_wrong_labels_by_its_best_epoch_is_not_praised():
    records = [replace(made_up.record(e), test_accuracy=0.9 - 0.01 * abs(e - 9)) for e in
               range(1, 21)]  # fmt: skip
    told = hints(charts.fitting_curves([RunRecords(made_up.info(), records)]))
    assert "fits right and wrong labels until epoch 9" in told


def test_a_run_that_resists_has_no_phase_and_no_onset():
    figure = charts.fitting_curves([run("selnlpl", epochs=20)])
    assert "overfits" not in hints(figure)
    assert "until" not in hints(figure)
    assert not [s for s in figure.layout.shapes if s.name == ONSET]


def test_memorising_without_harm_is_told_as_such():
    records = [replace(made_up.record(e), test_accuracy=0.8) for e in range(1, 21)]
    told = hints(charts.fitting_curves([RunRecords(made_up.info(), records)]))
    assert "memorises wrong labels from epoch 9" in told


def test_the_onset_is_marked_on_every_chart_over_the_epochs():
    runs = [run(epochs=20)]
    assert made_up.record(8).memorised < 0.15 < made_up.record(9).memorised
    for chart in (
        charts.fitting_curves,
        charts.mislabelled_split,
        charts.loss_curves,
        charts.learning_rate_curves,
        charts.time_curves,
        charts.throughput_curves,
        charts.detection_curves,
        charts.noise_rate_curves,
        charts.overlap_curves,
    ):
        (mark,) = [s for s in chart(runs).layout.shapes if s.name == ONSET]
        assert (mark.x0, mark.x1, mark.line.color) == (9, 9, "#d55e00"), chart


def test_the_best_and_the_last_test_accuracy_each_have_a_mark():
    figure = charts.fitting_curves([run(epochs=20)])
    best, last = (curve(figure, f"{name} test accuracy") for name in ("best", "last"))
    for mark, epoch in ((best, 1), (last, 20)):
        assert mark.x.tolist() == [epoch]
        assert np.allclose(mark.y, [made_up.record(epoch).test_accuracy])
        assert "test accuracy" in mark.hovertemplate
    assert (best.marker.symbol, last.marker.symbol) == ("star", "circle-open")


def test_where_the_last_is_the_best_the_ring_is_seen_around_the_star():
    figure = charts.fitting_curves([run(epochs=20, method="selnlpl")])
    best, last = (curve(figure, f"{name} test accuracy") for name in ("best", "last"))
    assert best.x.tolist() == last.x.tolist() == [20]
    assert last.marker.size - last.marker.line.width > best.marker.size


def test_the_mislabelled_are_split_without_rest():
    figure = charts.mislabelled_split([run(epochs=5)])
    parts = {t.name: t for t in figure.data}
    assert set(parts) == {"memorised", "recovered", "third class"}
    assert np.allclose(sum(t.y for t in figure.data), 1)
    assert np.allclose(parts["memorised"].y, [made_up.record(e).memorised for e in range(1, 6)])
    assert len({t.fillpattern.shape for t in figure.data}) == 3
    assert {t.stackgroup for t in figure.data} == {"split"}


def test_open_set_samples_cannot_be_recovered():
    facts = made_up.facts(actual_noise_rate=0.4, open_set_rate=0.1)
    record = replace(made_up.record(1), memorised=0.2, recovered=0.8)
    figure = charts.mislabelled_split([RunRecords(made_up.info(data=facts), [record])])
    parts = {t.name: float(t.y[0]) for t in figure.data}
    assert parts["recovered"] == pytest.approx(0.6)
    assert parts["third class"] == pytest.approx(0.2)


def test_the_split_of_nobody_knows_what_says_so():
    figure = charts.mislabelled_split([findings.blind(run())])
    assert "nothing known" in texts(figure)
    assert [t.name for t in figure.data] == ["empty"]
