"""Figures of the live board: each made once per state of its runs and shared by all viewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lnl import charts
from lnl.charts import HistogramOptions, RunRecords
from lnl.records import RunInfo
from pages.ui import figure, parts, state
from pages.ui.figure import Drawing

CONFIDENCE = (
    "Each training sample counts once, by the probability that the network gives to its given "
    "label: solid for clean samples, hatched for mislabelled ones.",
    "Where the two piles part, the network tells wrong labels from right ones. Where the hatched "
    "pile moves to the right, it has memorised wrong labels. Dashed: 1/c, the confidence of a "
    "guess among c classes, and 0.5.",
)
CLEAN_SCORES = (
    "Each training sample counts once, by the method's own belief that its given label is right.",
    "The dashed line is the method's threshold: what lies to the right of it is treated as clean. "
    "A method that keeps no such belief is read by its confidence.",
)
FITTING = (
    "What the network fits as it trains: its accuracy on the given labels, beside what that "
    "accuracy is made of.",
    "A network that ignores all wrong labels ends at the clean rate (dashed). Above it, in the "
    "tinted band, it can only get by memorising. Memorised: share of the mislabelled samples that "
    "it predicts as labelled. Recovered: share that it predicts as their true class.",
)
LOSSES = (
    "Each term of the method's loss, averaged over the steps of an epoch.",
    "Terms of different methods and stages are not comparable in height: look at their course.",
)


def histogram(
    runs: Sequence[RunInfo], epoch: int | None, options: HistogramOptions, head: DeltaGenerator
) -> None:
    """Confidences or clean scores of one epoch; ``head`` is the place above the options."""
    what, how = CONFIDENCE if options.of == "confidence" else CLEAN_SCORES
    title = "Confidence in the given label" if options.of == "confidence" else "Clean scores"
    with head:
        parts.panel_head(title, what, how)
    figure.draw(_histogram(_states(runs), epoch, options), key="histogram")


def fitting(runs: Sequence[RunInfo], epoch: int | None) -> None:
    """Training accuracy against the clean rate."""
    parts.panel_head("Training accuracy against the clean rate", *FITTING)
    figure.draw(_fitting(_states(runs), epoch), key="fitting")


def losses(runs: Sequence[RunInfo], epoch: int | None) -> None:
    """The loss terms."""
    st.caption(LOSSES[0], help=LOSSES[1])
    figure.draw(_losses(_states(runs), epoch), key="losses")


def verdicts(runs: Sequence[RunInfo], epoch: int | None) -> str:
    """All verdicts as one text, for those who cannot see a figure."""
    told = [(run.name, charts.verdict(RunRecords(run, state.records(run)), epoch)) for run in runs]
    return " ".join(f"{name}: {told.headline} {told.numbers}" for name, told in told)


# A run's state as far as a figure shows it: a heartbeat must not make a new figure.
State = tuple[str, str, int, int]


def _states(runs: Sequence[RunInfo]) -> tuple[State, ...]:
    return tuple((run.id, run.name, run.last_epoch, run.epochs) for run in runs)


@st.cache_data(max_entries=64, show_spinner=False)
def _histogram(states: tuple[State, ...], epoch: int | None, options: HistogramOptions) -> Drawing:
    runs = _runs(states)
    shown = []
    for run in runs:
        seen = RunRecords(run, state.records(run)).at(epoch)
        records = [state.store().record(run.id, seen.epoch)] if seen else []
        shown.append(RunRecords(run, records))
    name = options.of.replace(" ", "-")
    return figure.prepared(charts.histograms(shown, options), name, _label(name, runs, epoch))


@st.cache_data(max_entries=64, show_spinner=False)
def _fitting(states: tuple[State, ...], epoch: int | None) -> Drawing:
    runs = _runs(states)
    made = charts.fitting_curves(_with_records(runs), epoch)
    return figure.prepared(made, "training-accuracy", _label("training accuracy", runs, epoch))


@st.cache_data(max_entries=64, show_spinner=False)
def _losses(states: tuple[State, ...], epoch: int | None) -> Drawing:
    runs = _runs(states)
    made = charts.loss_curves(_with_records(runs), epoch)
    return figure.prepared(made, "losses", _label("losses", runs, epoch))


def _runs(states: tuple[State, ...]) -> list[RunInfo]:
    return [replace(state.store().run(run_id), name=name) for run_id, name, _, _ in states]


def _with_records(runs: list[RunInfo]) -> list[RunRecords]:
    return [RunRecords(run, state.records(run)) for run in runs]


def _label(what: str, runs: list[RunInfo], epoch: int | None) -> str:
    when = "newest epoch" if epoch is None else f"epoch {epoch}"
    return f"Chart of {what.replace('-', ' ')}, {when}. {verdicts(runs, epoch)}"
