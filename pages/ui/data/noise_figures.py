"""Figures of data with noise on their labels, made once for all viewers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from lnl import charts
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.forms.matrices import Matrix

Rates = NDArray[np.float64]  # [K]

if TYPE_CHECKING:
    from lnl.catalogue import Preview


@st.cache_data(max_entries=32, show_spinner=False)
def heatmap(spec: str, class_names: tuple[str, ...], _matrix: Matrix) -> Drawing:
    """A transition matrix; ``spec`` is what the figure is kept by."""
    made = charts.transition_heatmap(_matrix, class_names)
    wrong = 1 - _matrix.diagonal().mean()
    label = f"Transition matrix of {len(class_names)} classes; {wrong:.0%} off its diagonal."
    return figure.prepared(made, "transition-matrix", label)


@st.cache_data(max_entries=32, show_spinner=False)
def blocks(spec: str, class_names: tuple[str, ...], _matrix: Matrix) -> Drawing:
    """A matrix of too many classes to be drawn whole, by blocks of classes."""
    made = charts.transition_blocks(_matrix, class_names)
    label = f"Wrong labels between blocks of {len(class_names):,} classes."
    return figure.prepared(made, "transition-blocks", label)


@st.cache_data(max_entries=32, show_spinner=False)
def rates(spec: str, _seen: Preview, _drawn: Rates) -> Drawing:
    """Wrong labels of each class, asked for and ``_drawn``."""
    made = charts.class_bars(_seen.class_names, _drawn, _seen.requested_rates)
    label = f"Share of wrong labels of each class; {_seen.actual_rate:.1%} of all."
    return figure.prepared(made, "wrong-labels-by-class", label)


@st.cache_data(max_entries=32, show_spinner=False)
def counts(spec: str, _seen: Preview) -> Drawing:
    """Images of each class, by given and by true label."""
    made = charts.count_bars(_seen.class_names, _seen.given_counts, _seen.true_counts)
    low, high = _seen.given_counts.min(), _seen.given_counts.max()
    label = f"Training images of each class: {low:,} to {high:,}."
    return figure.prepared(made, "images-by-class", label)
