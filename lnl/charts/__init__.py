"""Figures of runs: records in, ``go.Figure`` out; no torch, no store, no streamlit."""

from lnl.charts.blind import blind
from lnl.charts.compare import Line, compared_curves
from lnl.charts.curves import fitting_curves, loss_curves
from lnl.charts.enlarging import enlarged
from lnl.charts.grid import RunRecords
from lnl.charts.histogram import HistogramOptions, histograms
from lnl.charts.metrics import METRICS, Metric, metric
from lnl.charts.stages import stage_bar
from lnl.charts.theme import DARK, MethodStyle, method_style, spelled
from lnl.charts.transition import class_bars, count_bars, transition_heatmap
from lnl.charts.verdict import Verdict, verdict

__all__ = [
    "DARK",
    "METRICS",
    "HistogramOptions",
    "Line",
    "MethodStyle",
    "Metric",
    "RunRecords",
    "Verdict",
    "blind",
    "class_bars",
    "compared_curves",
    "count_bars",
    "enlarged",
    "fitting_curves",
    "histograms",
    "loss_curves",
    "method_style",
    "metric",
    "spelled",
    "stage_bar",
    "transition_heatmap",
    "verdict",
]
