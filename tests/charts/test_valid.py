"""Figures are made without plotly's own checks, for speed; here each of them passes these."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from lnl import charts, findings
from lnl.charts import HistogramOptions, LabelTable, TransitionTable
from lnl.findings import RunRecords
from tests.support import made_up

RUNS = [
    RunRecords(made_up.info(m, m), [made_up.record(e, m) for e in range(1, 21)])
    for m in ("ce", "selnlpl")
]
EMPTY = [RunRecords(made_up.info(), [])]
CHARTS = {
    "fitting": charts.fitting_curves,
    "split": charts.mislabelled_split,
    "losses": charts.loss_curves,
    "learning rates": charts.learning_rate_curves,
    "time": charts.time_curves,
    "throughput": charts.throughput_curves,
    "detection": charts.detection_curves,
    "noise rate": charts.noise_rate_curves,
    "overlap": charts.overlap_curves,
    "precision and recall": charts.precision_recall,
    "F1": charts.f1_by_threshold,
    "confidence": charts.histograms,
    "clean scores": lambda runs: charts.histograms(runs, HistogramOptions(of="clean scores")),
    "log": lambda runs: charts.histograms(runs, HistogramOptions(log=True, unit="count")),
    "confusion": lambda runs: charts.confusion(
        [LabelTable(run, "true", np.eye(10, dtype=int), 3) for run in runs], "0123456789"
    ),
    "estimated matrices": lambda runs: charts.transition_tables(
        [TransitionTable(run, "true", np.eye(10)) for run in runs], "0123456789"
    ),
}


@pytest.mark.parametrize("enlarge", [False, True])
@pytest.mark.parametrize("runs", [RUNS, EMPTY, [findings.blind(run) for run in RUNS]])
@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_plotly_accepts_each_figure(chart, runs, enlarge):
    figure = charts.enlarged(chart(runs)) if enlarge else chart(runs)
    go.Figure(json.loads(figure.to_json()))


def test_the_check_finds_a_mistake():
    figure = charts.fitting_curves(RUNS)
    plain = json.loads(figure.to_json())
    plain["layout"]["xaxis"]["colour"] = [0, 1]
    with pytest.raises(ValueError, match="colour"):
        go.Figure(plain)
