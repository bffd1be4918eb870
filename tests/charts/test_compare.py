"""Overlaid curves: mean and spread by hand, styles, what is left out."""

from dataclasses import replace

import numpy as np
import pytest

from lnl import charts, findings
from lnl.charts import CurveOptions, Line, theme
from lnl.errors import BadInput
from lnl.findings import RunRecords
from tests.support import made_up

TEST, MEMORISED, GIVEN = (
    findings.metric(name) for name in ("test accuracy", "memorised", "accuracy on given labels")
)


def run(run_id, tests, method="ce", **changes):
    """A run with these test accuracies from epoch 1 on."""
    info = made_up.info(method, run_id, **changes)
    records = [
        replace(made_up.record(e, method), test_accuracy=test) for e, test in enumerate(tests, 1)
    ]
    return RunRecords(info, records)


def line(*runs, name="CE"):
    return Line(name, runs)


def drawn(figure, series="test accuracy"):
    return [t for t in figure.data if t.meta["series"] == series]


def test_one_run_is_a_line_without_a_band():
    figure = charts.compared_curves([line(run("a", [0.5, 0.75]))], [TEST])
    (trace,) = figure.data
    assert (trace.x.tolist(), trace.y.tolist()) == ([1, 2], [0.5, 0.75])
    assert list(trace.customdata) == ["", ""]


def test_seeds_give_their_mean_and_a_band_of_one_deviation():
    seeds = line(run("a", [0.5, 0.8]), run("b", [0.7, 0.8]), run("c", [0.6]))
    figure = charts.compared_curves([seeds], [TEST])
    (mean,) = drawn(figure)
    (low,) = drawn(figure, "test accuracy, minus one standard deviation")
    (high,) = drawn(figure, "test accuracy, plus one standard deviation")
    np.testing.assert_allclose(mean.y, [0.6, 0.8], rtol=1e-6)
    np.testing.assert_allclose(low.y, [0.5, 0.8], rtol=1e-6)
    np.testing.assert_allclose(high.y, [0.7, 0.8], rtol=1e-6)
    assert list(mean.customdata) == [" ± 10.0% over 3 runs", " ± 0.0% over 2 runs"]
    assert (high.fill, low.fill) == ("tonexty", "none")
    assert high.fillcolor == "rgba(51, 34, 136, 0.2)", "the line is seen through the band"
    assert figure.data.index(high) == figure.data.index(low) + 1, "the fill reaches the one before"


def test_a_band_ends_where_one_seed_alone_goes_on():
    figure = charts.compared_curves([line(run("a", [0.5, 0.8]), run("b", [0.7]))], [TEST])
    (low,) = drawn(figure, "test accuracy, minus one standard deviation")
    assert low.x.tolist() == [1]
    assert drawn(figure)[0].customdata[1] == ""


def test_methods_keep_their_style_and_runs_of_one_differ_in_their_markers():
    lines = [
        line(run("a", [0.5])),
        line(run("b", [0.6], "selnlpl"), name="SelNLPL"),
        line(run("c", [0.7])),
    ]
    first, second, third = drawn(charts.compared_curves(lines, [TEST]))
    for trace, method in ((first, "ce"), (second, "selnlpl"), (third, "ce")):
        style = theme.method_style(method)
        assert (trace.line.color, trace.line.dash) == (style.colour, style.dash)
        assert trace.line.color in theme.DARK
    assert first.marker.symbol == second.marker.symbol != third.marker.symbol


def test_groups_that_share_methods_have_a_style_each():
    lines = [line(run("a", [0.5]), run("b", [0.7])), line(run("c", [0.6]), name="other")]
    found = drawn(charts.compared_curves(lines, [TEST], options=CurveOptions(by_method=False)))
    assert len({t.line.color for t in found}) == len({t.marker.symbol for t in found}) == 2
    styles = {(s.colour, s.dash) for s in map(theme.series_style, range(24))}
    assert len(styles) == 24, "as many as Compare shows"


def test_a_smoothed_line_lies_over_the_measured_one_and_so_does_its_band():
    seeds = line(run("a", [0.5, 0.9]), run("b", [0.7, 0.5]))
    figure = charts.compared_curves([seeds], [TEST], options=CurveOptions(smoothing=0.5))
    (mean,), (behind,) = drawn(figure), drawn(figure, "test accuracy, measured")
    np.testing.assert_allclose(behind.y, [0.6, 0.7], rtol=1e-6)
    # (0.5 * 0.6 + 0.7) / 1.5, and the deviations 0.1, 0.2 times the root of 2 alike
    np.testing.assert_allclose(mean.y, [0.6, 2 / 3], rtol=1e-6)
    (low,) = drawn(figure, "test accuracy, minus one standard deviation")
    np.testing.assert_allclose(low.y[1], 2 / 3 - 2**0.5 * 0.25 / 1.5, rtol=1e-6)
    assert figure.data.index(behind) < figure.data.index(mean)
    assert mean.customdata[1].startswith(", measured 70.0% ± ")
    assert behind.line.color == "rgba(51, 34, 136, 0.35)"


def test_what_a_band_is_stands_over_the_plot():
    figure = charts.compared_curves([line(run("a", [0.5]), run("b", [0.7]))], [TEST])
    assert figure.layout.annotations[0].text == "<b>test accuracy</b>, mean ± 1 sd"
    assert figure.layout.yaxis.range[0] == pytest.approx(0.4), "the band fits"


def test_a_plot_a_metric_and_one_legend_for_all():
    lines = [line(run("a", [0.5])), line(run("b", [0.6], "selnlpl"), name="SelNLPL")]
    figure = charts.compared_curves(lines, [TEST, MEMORISED], epoch=1)
    assert [(t.meta["run"], t.yaxis, t.showlegend) for t in figure.data] == [
        ("CE", "y", True),
        ("SelNLPL", "y", True),
        ("CE", "y2", False),
        ("SelNLPL", "y2", False),
    ]
    assert [a.text for a in figure.layout.annotations] == [
        "<b>test accuracy</b>",
        "<b>memorised</b>",
    ]
    assert figure.layout.xaxis2.matches == "x"
    assert [(s.name, s.xref, s.x0) for s in figure.layout.shapes] == [
        ("epoch looked at", "x", 1),
        ("epoch looked at", "x2", 1),
    ]
    widths = [choice["width"] for choice in figure.layout.meta["arrange"]]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0, "there is a choice for a phone"


def test_the_clean_rate_is_drawn_where_it_means_something():
    shared = [line(run("a", [0.5]))]
    other = made_up.facts(actual_noise_rate=0.2)
    marks = [
        [s.name for s in charts.compared_curves(lines, metrics).layout.shapes]
        for lines, metrics in (
            (shared, [GIVEN]),
            (shared, [TEST]),
            ([*shared, line(run("b", [0.5], data=other))], [GIVEN]),
        )
    ]
    assert marks == [["clean rate 60%"], [], []]


def test_the_axis_begins_under_the_lowest_number():
    figure = charts.compared_curves([line(run("a", [0.55, 0.97]))], [TEST, MEMORISED])
    assert figure.layout.yaxis.range == (0.5, 1.02)
    assert figure.layout.yaxis2.range == (0.0, 1.02)
    assert figure.layout.xaxis.range == (0.5, 20.5), "as long as the schedule from the start"


def test_before_the_first_epoch_it_says_so():
    figure = charts.compared_curves([line(RunRecords(made_up.info(), []))], [TEST])
    assert "no number yet" in figure.layout.annotations[0].text


def test_epochs_without_an_evaluation_and_numbers_that_are_none_are_left_out():
    bare = replace(made_up.record(2), evaluated=False)
    broken = replace(made_up.record(3), test_accuracy=float("nan"))
    seen = RunRecords(made_up.info(), [made_up.record(1), bare, broken, made_up.record(4)])
    (trace,) = charts.compared_curves([line(seen)], [TEST]).data
    assert trace.x.tolist() == [1, 4]


def test_names_are_escaped():
    figure = charts.compared_curves([line(run("a", [0.5]), name="<a href='x'>CE</a>")], [TEST])
    (trace,) = figure.data
    assert "<a" not in trace.name
    assert "<a" not in trace.hovertemplate


def test_a_metric_that_is_none():
    with pytest.raises(BadInput, match="test accuracy"):
        findings.metric("test brilliance")
