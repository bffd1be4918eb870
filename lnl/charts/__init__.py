"""Figures of runs: records in, ``go.Figure`` out; no torch, no store, no streamlit."""

from lnl.charts.class_grid import class_labels
from lnl.charts.compare import CurveOptions, Line, compared_curves
from lnl.charts.confusion import LabelTable, confusion, counted
from lnl.charts.curves import (
    learning_rate_curves,
    loss_curves,
    throughput_curves,
    time_curves,
)
from lnl.charts.detection import (
    detection_curves,
    f1_by_threshold,
    noise_rate_curves,
    overlap_curves,
    precision_recall,
)
from lnl.charts.enlarging import enlarged
from lnl.charts.feature_map import feature_maps
from lnl.charts.fitting import fitting_curves, mislabelled_split
from lnl.charts.group_histogram import group_histograms
from lnl.charts.histogram import HistogramOptions, histograms
from lnl.charts.probe_points import MapOptions, ProbePoints, colours
from lnl.charts.pulls import pulls
from lnl.charts.sample_history import INFERRED, SampleCourse, sample_history
from lnl.charts.stages import stage_bar
from lnl.charts.theme import DARK, MethodStyle, method_style
from lnl.charts.transition import (
    class_bars,
    count_bars,
    largest_confusions,
    transition_blocks,
    transition_heatmap,
)
from lnl.charts.transition_tables import TransitionTable, transition_tables
from lnl.records import MOST_CLASSES

__all__ = [
    "DARK",
    "INFERRED",
    "MOST_CLASSES",
    "CurveOptions",
    "HistogramOptions",
    "LabelTable",
    "Line",
    "MapOptions",
    "MethodStyle",
    "ProbePoints",
    "SampleCourse",
    "TransitionTable",
    "class_bars",
    "class_labels",
    "colours",
    "compared_curves",
    "confusion",
    "count_bars",
    "counted",
    "detection_curves",
    "enlarged",
    "f1_by_threshold",
    "feature_maps",
    "fitting_curves",
    "group_histograms",
    "histograms",
    "largest_confusions",
    "learning_rate_curves",
    "loss_curves",
    "method_style",
    "mislabelled_split",
    "noise_rate_curves",
    "overlap_curves",
    "precision_recall",
    "pulls",
    "sample_history",
    "stage_bar",
    "throughput_curves",
    "time_curves",
    "transition_blocks",
    "transition_heatmap",
    "transition_tables",
]
