from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl import charts
from lnl.charts import HistogramOptions, theme
from lnl.charts.histogram import merged
from lnl.errors import BadInput
from lnl.findings import RunRecords
from lnl.records import BINS
from tests.support import made_up

run = partial(made_up.run, epochs=3)


def bars(figure, panel=1):
    axis = "x" if panel == 1 else f"x{panel}"
    return {trace.name: trace for trace in figure.data if trace.xaxis == axis}


def lines(figure, panel=1):
    axis = "x" if panel == 1 else f"x{panel}"
    return {s.name: s.x0 for s in figure.layout.shapes if s.type == "line" and s.xref == axis}


@settings(max_examples=30)
@given(
    counts=st.lists(st.integers(0, 10**6), min_size=BINS, max_size=BINS),
    bins=st.sampled_from([1, 2, 5, 10, 20, 50, 100]),
)
def test_merging_bins_loses_no_sample(counts, bins):
    wide = merged(np.array(counts), bins)
    width = BINS // bins
    assert wide.tolist() == [sum(counts[i * width : (i + 1) * width]) for i in range(bins)]


@pytest.mark.parametrize("bins", [10, 20, 50, 100])
def test_bars_stand_where_the_samples_are(bins):
    only = replace(made_up.record(1), confidence={"mean": {"clean": made_up.pile(7, 0.305, 1e-3)}})
    figure = charts.histograms(
        [RunRecords(made_up.info(), [only])], HistogramOptions(unit="count", bins=bins)
    )
    (bar,) = figure.data
    assert bar.y.tolist() == [7]
    assert bar.customdata.tolist() == [[7, 7]]
    assert bar.x[0] - bar.width / 2 <= 0.305 <= bar.x[0] + bar.width / 2
    assert bar.width == pytest.approx(1 / bins)


def test_every_sample_is_counted_once_in_its_group():
    drawn = bars(charts.histograms([run()], HistogramOptions(unit="count")))
    assert drawn["clean"].y.sum() == made_up.CLEAN
    assert drawn["mislabelled"].customdata[:, 0].sum() == made_up.MISLABELLED


def test_right_labels_stand_upwards_and_wrong_ones_downwards():
    """Of the same confidence, one hid the other: from afar nobody saw which was which."""
    figure = charts.histograms([run()])
    drawn = bars(figure)
    assert (drawn["clean"].y > 0).all()
    assert (drawn["mislabelled"].y < 0).all()
    low, high = figure.layout.yaxis.range
    assert low == -high
    told = list(figure.layout.yaxis.ticktext)
    assert told == told[::-1], "both ways it counts upwards"
    assert figure.layout.meta["mirrored"]
    assert not charts.histograms([run(truth=False)]).layout.meta["mirrored"]


def test_for_narrow_places_two_bars_are_one_and_fit_their_axis():
    assert "wide" not in charts.histograms([run()]).layout.meta
    figure = charts.histograms([run(), run()], narrow=True)
    wide = figure.layout.meta["wide"]
    assert len(wide["data"]) == len(figure.data)
    for trace, few in zip(figure.data, wide["data"], strict=True):
        assert (trace.name, trace.xaxis, few["width"]) == (few["name"], few["xaxis"], 0.2)
        assert len(few["x"]) <= len(trace.x) <= 2 * len(few["x"])
        assert np.sum(few["y"]) == pytest.approx(np.sum(trace.y), abs=1e-5)
        low, high = wide["yaxis"]["range"]
        assert low <= np.min(few["y"])
        assert np.max(few["y"]) <= high


def test_a_bar_is_wide_enough_to_be_seen_from_afar():
    narrowest = 190 - 64 - 16  # pixels of a plot where there are several
    assert bars(charts.histograms([run()]))["clean"].width * narrowest > 10


def test_shares_are_of_the_group():
    drawn = bars(charts.histograms([run()]))
    assert drawn["clean"].y.sum() == pytest.approx(1, abs=1e-5)
    assert drawn["mislabelled"].y.sum() == pytest.approx(-1, abs=1e-5)


def test_groups_differ_in_colour_and_in_hatch():
    drawn = bars(charts.histograms([run()]))
    assert drawn["clean"].marker.color == "#0072b2"
    assert not drawn["clean"].marker.pattern.shape
    assert drawn["mislabelled"].marker.color == "#d55e00"
    assert drawn["mislabelled"].marker.pattern.shape == "/"
    assert (theme.DARK["#0072b2"], theme.DARK["#d55e00"]) == ("#56b4e9", "#e69f00")


def test_confidence_has_the_lines_of_a_guess_and_of_a_half_but_no_threshold():
    figure = charts.histograms([run("selnlpl")])
    assert lines(figure) == {"1/10": pytest.approx(0.1), "0.5": 0.5}


def test_two_classes_have_one_line():
    two = made_up.info(data=made_up.facts(num_classes=2))
    assert lines(charts.histograms([RunRecords(two, [made_up.record(1)])])) == {"1/2": 0.5}


@pytest.mark.parametrize(
    ("method", "gamma", "expected"),
    [
        ("selnlpl", 0.5, {"1/10": 0.1, "0.5": 0.5}),
        ("selnlpl", 0.75, {"1/10": 0.1, "0.5": 0.5, "γ 0.75": 0.75}),
        ("selnlpl", 0.55, {"1/10": 0.1, "γ 0.55": 0.55}),
        ("gmm", 0.75, {"1/10": 0.1, "0.5": 0.5}),
    ],
)
def test_a_methods_own_gamma_is_named(method, gamma, expected):
    spec = replace(made_up.info(method).spec, settings={"threshold": gamma})
    assert lines(charts.histograms([run(method, spec=spec)])) == pytest.approx(expected)


def test_a_run_without_the_network_asked_for_says_so():
    two = replace(
        made_up.record(1), confidence={"mean": {}, "network_2": made_up.record(1).clean_scores}
    )
    runs = [run(run_id="a"), RunRecords(made_up.info(run_id="b"), [two])]
    figure = charts.histograms(runs, HistogramOptions(source="network_2"))
    notes = [(a.text, a.xref) for a in figure.layout.annotations if "one network" in a.text]
    assert notes == [("has one network", "x domain")]


def test_the_threshold_belongs_to_the_clean_scores():
    figure = charts.histograms([run("selnlpl"), run("ce")], HistogramOptions(of="clean scores"))
    assert lines(figure) == {"threshold 0.10": 0.1}
    assert lines(figure, panel=2) == {}, "CE keeps no clean scores: nothing to cut"
    assert any("no clean scores" in a.text for a in figure.layout.annotations)


def test_scores_without_a_single_cut_say_so():
    record = replace(made_up.record(1, "selnlpl"), threshold=None)
    figure = charts.histograms(
        [RunRecords(made_up.info("selnlpl"), [record])], HistogramOptions(of="clean scores")
    )
    assert lines(figure) == {}
    assert any(a.text == "no single threshold" for a in figure.layout.annotations)


def test_panels_share_one_scale_and_one_legend():
    figure = charts.histograms([run("ce", run_id="a"), run("selnlpl", run_id="b")])
    assert figure.layout.xaxis2.matches == "x"
    assert figure.layout.yaxis2.matches == "y"
    named = [trace.name for trace in figure.data if trace.showlegend]
    assert named == ["clean", "mislabelled"]
    highest = max(trace.y.max() for trace in figure.data)
    assert figure.layout.yaxis.range[1] >= highest


@pytest.mark.parametrize("unit", ["share", "count"])
def test_no_bar_leaves_a_logarithmic_axis(unit):
    figure = charts.histograms([run()], HistogramOptions(unit=unit, log=True))
    low, high = figure.layout.yaxis.range
    heights = np.concatenate([trace.y for trace in figure.data])
    assert figure.layout.yaxis.type == "log"
    assert low < np.log10(heights.min())
    assert np.log10(heights.max()) < high


def test_an_epoch_is_looked_up_and_the_newest_is_the_default():
    first = bars(charts.histograms([run(epochs=9)], HistogramOptions(unit="count"), epoch=1))
    last = bars(charts.histograms([run(epochs=9)], HistogramOptions(unit="count")))
    assert last["clean"].x @ last["clean"].y > first["clean"].x @ first["clean"].y


def test_an_epoch_that_was_not_evaluated_shows_the_one_before():
    seen = run(epochs=2)
    bare = replace(made_up.record(3), evaluated=False, confidence={}, clean_scores={})
    figure = charts.histograms([RunRecords(seen.info, [*seen.records, bare])])
    assert np.allclose(figure.data[0].y, charts.histograms([seen]).data[0].y)


def test_a_run_without_records_says_so():
    figure = charts.histograms([RunRecords(made_up.info(), [])])
    assert [trace.name for trace in figure.data] == ["empty"], "it keeps its axes"
    assert any("no epoch evaluated" in a.text for a in figure.layout.annotations)


def test_without_true_labels_there_is_one_group_of_all():
    record = made_up.record(1, truth=False)
    figure = charts.histograms(
        [RunRecords(made_up.info(), [record])], HistogramOptions(unit="count")
    )
    (bar,) = figure.data
    assert "unknown" in bar.name
    assert bar.y.sum() == made_up.CLEAN + made_up.MISLABELLED


def test_open_set_samples_are_a_third_group():
    groups = made_up.record(1).confidence["mean"] | {"open-set": made_up.pile(50, 0.2, 0.1)}
    record = replace(made_up.record(1), confidence={"mean": groups})
    figure = charts.histograms([RunRecords(made_up.info(), [record])])
    shapes = [trace.marker.pattern.shape for trace in figure.data]
    assert len(figure.data) == 3
    assert len(set(shapes)) == 3


def test_one_network_of_several_can_be_chosen():
    record = replace(
        made_up.record(1),
        confidence={
            "mean": {"clean": made_up.pile(5, 0.2, 0.1)},
            "network_2": {"clean": made_up.pile(9, 0.2, 0.1)},
        },
    )
    runs = [RunRecords(made_up.info(), [record])]
    drawn = charts.histograms(runs, HistogramOptions(source="network_2", unit="count"))
    assert drawn.data[0].y.sum() == 9
    with pytest.raises(BadInput, match=r"network_3.*Did you mean 'network_2'"):
        charts.histograms(runs, HistogramOptions(source="network_3"))


def test_bins_must_divide():
    with pytest.raises(BadInput, match="must divide 100, got 30"):
        HistogramOptions(bins=30)


@pytest.mark.parametrize("count", [0, 9])
def test_one_to_eight_runs(count):
    with pytest.raises(BadInput, match=f"1 to 8 runs, got {count}"):
        charts.histograms([run()] * count)


def test_zoom_lasts_over_epochs_but_not_over_another_scale():
    def revision(epochs, **options):
        figure = charts.histograms([run(epochs=epochs)], HistogramOptions(**options))
        return figure.layout.uirevision

    assert revision(3) == revision(4)
    assert revision(3) != revision(3, log=True)
