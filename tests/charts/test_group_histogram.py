"""Histograms of groups: means and deviations by hand."""

from dataclasses import replace

import numpy as np
import pytest

from lnl import charts
from lnl.charts import HistogramOptions, Line
from lnl.findings import RunRecords
from lnl.records import BINS, RunSpec
from tests.support import made_up


def run(run_id, clean, wrong, **spec):
    """A run whose samples lie in the first and in the last of ten bins, in these numbers."""
    piles = {}
    for name, (first, last) in (("clean", clean), ("mislabelled", wrong)):
        piles[name] = np.zeros(BINS, np.int64)
        piles[name][[0, -1]] = first, last
    record = replace(made_up.record(1), confidence={"mean": piles})
    return RunRecords(made_up.info(run_id=run_id, spec=RunSpec(**spec)), [record])


@pytest.fixture
def group():
    return Line("CE (2 runs)", (run("a", (20, 80), (10, 0)), run("b", (400, 600), (30, 10))))


def drawn(figure):
    return {t.name: t for t in figure.data}


def test_each_run_weighs_the_same(group):
    bars = drawn(charts.group_histograms([group], HistogramOptions()))
    np.testing.assert_allclose(bars["clean"].y, [(0.2 + 0.4) / 2, (0.8 + 0.6) / 2], rtol=1e-6)
    np.testing.assert_allclose(bars["mislabelled"].y, [-(1 + 0.75) / 2, -0.25 / 2], rtol=1e-6)
    deviation = 100 * 0.1 * 2**0.5
    told = f"30.0% ± {deviation:.1f}% of the group<br>mean of 2 runs"
    assert bars["clean"].customdata[0] == told


def test_counts_are_means_too(group):
    bars = drawn(charts.group_histograms([group], HistogramOptions(unit="count")))
    np.testing.assert_allclose(bars["clean"].y, [210, 340])


def test_a_group_of_one_is_the_run_itself(group):
    alone = Line("CE", group.runs[:1])
    bars = drawn(charts.group_histograms([alone], HistogramOptions()))
    ours = drawn(charts.histograms(list(alone.runs)))
    np.testing.assert_allclose(bars["clean"].y, ours["clean"].y)
    assert bars["clean"].customdata[0] == "20.0% of the group"


def test_lines_that_hold_for_one_run_alone_are_left_out(group):
    other = run("c", (1, 1), (1, 1), method="selnlpl", settings={"threshold": 0.6})
    figure = charts.group_histograms(
        [group, Line("mixed", (*group.runs, other))], HistogramOptions()
    )
    names = {axis: {s.name for s in figure.layout.shapes if s.xref == axis} for axis in ("x", "x2")}
    assert names == {"x": {"1/10", "0.5"}, "x2": {"1/10"}}
    assert [a.text for a in figure.layout.annotations[:2]] == ["<b>CE (2 runs)</b>", "<b>mixed</b>"]


def test_before_the_first_epoch_it_says_so():
    empty = Line("CE", (RunRecords(made_up.info(), []),))
    figure = charts.group_histograms([empty], HistogramOptions())
    assert "no epoch evaluated yet" in [a.text for a in figure.layout.annotations]
