"""Watch: what the network does to the noisy labels, while it trains and ever after."""

from dataclasses import replace
from typing import Any

import streamlit as st

from lnl.charts import HistogramOptions
from pages.ui import (
    epoch_slider,
    frame,
    live,
    panels,
    parts,
    progress,
    run_card,
    run_chooser,
    setup,
    state,
)

frame.ensure()
parts.head(
    "Watch",
    "Some of the training labels are wrong. See how sure the network becomes of the right ones "
    "and of the wrong ones, epoch by epoch.",
)


def histogram_options() -> HistogramOptions:
    """What the histogram shows, and how."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        of: Any = st.segmented_control(
            "Shown",
            ["confidence", "clean scores"],
            default="confidence",
            required=True,
            key="of",
            bind="query-params",
            help="What the network says of the given label now, or what the method believes of it.",
        )
        unit: Any = st.segmented_control(
            "Bars",
            ["share", "count"],
            default="share",
            required=True,
            key="bars",
            bind="query-params",
            format_func=lambda unit: "samples" if unit == "count" else "share of the group",
        )
        log = st.toggle("Log scale", key="log", bind="query-params")
    return HistogramOptions(of=of, unit=unit, log=log)


def board(run_ids: tuple[str, ...]) -> bool:
    """Everything about the chosen runs; whether any of them may still change."""
    stored = [state.store().run(run_id) for run_id in run_ids]
    names = progress.distinct([run.name for run in stored])
    runs = [replace(run, name=name) for run, name in zip(stored, names, strict=True)]
    st.caption(run_card.common(stored))
    cards = st.grid(min(len(runs), 4), min_column_width=230)
    epoch = epoch_slider.epoch_slider(runs)
    with cards:
        for run in runs:
            run_card.card(run, epoch)
    head = st.container()
    options = histogram_options()
    panels.histogram(runs, epoch, options, head)
    panels.fitting(runs, epoch)
    if st.toggle("Show the losses", key="losses", bind="query-params"):
        panels.losses(runs, epoch)
    return any(map(state.busy, runs))


known = state.all_runs()
choice = state.choice(known)
for run_id in choice.missing:
    st.warning(f"Run {parts.plain(run_id)} is not in the store. Was it deleted?")
if choice.runs:
    run_chooser.run_chooser(known, choice)
    live.refreshed(lambda: board(choice.ids), "board", any(map(state.busy, choice.runs)))
else:
    parts.empty(
        "Nothing has been trained yet.",
        "Two methods are trained side by side on 1,437 small images of digits, after 40 % of their "
        "labels were made wrong: CE trusts every label, SelNLPL does not. It takes a "
        "minute or two. The panel on the left has everything that can be changed.",
    )
    setup.default_button()
with st.sidebar:
    setup.form()
