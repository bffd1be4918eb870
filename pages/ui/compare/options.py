"""What is asked of a comparison: how runs are grouped, which numbers, how smooth the lines are."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lnl.comparison import By
from lnl.findings import METRICS, Metric
from pages.ui.board.view import View
from pages.ui.shell import address, controls
from pages.ui.shell.address import MOST_RUNS, MOST_SMOOTHING

GROUPS: dict[By, str] = {
    "run": "Single runs",
    "method": "Group by method",
    "noise": "Group by noise",
    "data": "Group by data set",
    "network": "Group by network",
    "setting": "Group by settings",
}


@dataclass(frozen=True)
class Asked:
    """How runs are compared."""

    by: By
    seeds: bool
    metrics: tuple[str, ...]  # titles
    smoothing: float


def options(view: View) -> Asked:
    """The controls, in a row that somebody has begun; in a lecture hall there are none."""
    here = address.now()
    ways = _ways(len(view.runs), here.seeds)
    usual: By = "method" if "run" not in ways and not here.seeds else next(iter(ways))
    if view.big:
        by = next((by for by in ways if by == here.group_by), usual)
        return Asked(by, here.seeds, _known(view, here.metrics), here.smoothing)
    by = controls.select(
        "Group by", ways, "group_by", default=usual, label_visibility="collapsed", width=190
    )
    with st.popover("Options", icon=":material/tune:", type="tertiary"), st.container():
        titles = _numbers(view)
        seeds = controls.toggle(
            "Mean over seeds",
            "seeds",
            help="Adds all stored runs of the same method, data, noise and settings, whatever "
            "their seeds, and shows the mean of each setting with a band of one standard "
            "deviation.",
        )
        smoothing = controls.slider(
            "Smoothing",
            0.0,
            MOST_SMOOTHING,
            "smoothing",
            0.05,
            help="The weight of the past in an exponential moving average over the epochs. The "
            "measured curve stays in the background. 0: no smoothing.",
        )
    return Asked(by, seeds, titles, smoothing)


def _ways(count: int, seeds: bool) -> dict[By, str]:
    """More than a few runs are not drawn one by one; all seeds of a setting are one group."""
    if seeds:
        return {"setting": GROUPS["setting"], **{b: t for b, t in GROUPS.items() if b != "run"}}
    return {by: title for by, title in GROUPS.items() if by != "run" or count <= MOST_RUNS}


def _numbers(view: View) -> tuple[str, ...]:
    asked = controls.pills(
        "Numbers",
        {each.title: each.title for each in METRICS},
        "metrics",
        help="\n\n".join(f"**{each.title.capitalize()}**: {each.help}" for each in METRICS),
    )
    known = _offered(view)
    if len(known) < len(METRICS):
        names = " and ".join(each.title for each in known)
        st.caption(f"Without true labels there are only {names}.")
    return _known(view, asked)


def _offered(view: View) -> list[Metric]:
    return [each for each in METRICS if view.knows_truth or each.blind]


def _known(view: View, asked: tuple[str, ...]) -> tuple[str, ...]:
    offered = [each.title for each in _offered(view)]
    return tuple(title for title in offered if title in asked) or (offered[0],)
