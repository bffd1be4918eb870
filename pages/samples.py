"""Samples: which images, and why: ranked, filtered, and each with its whole history."""

import streamlit as st

from lnl.comparison import named, titles
from lnl.errors import StoreError
from lnl.samples import suspects
from lnl.samples.at_epoch import Ints
from lnl.samples.rankings import Query, find, hits, ranking
from pages.ui.board import replay, sampled, switches
from pages.ui.board.sampled import Sampled
from pages.ui.components import downloads, pictures
from pages.ui.samples import list_page, sample_doubts, sample_query, sample_view
from pages.ui.shell import address, controls, frame, in_view, live, parts, state

FIRST = 100  # samples whose share of wrong labels is told
CHANCE = (
    "How well this order finds wrong labels: the share of mislabelled samples among its first "
    "hundred (precision at 100), against a random order."
)

frame.ensure()
parts.head(
    "Samples",
    "The training images themselves: which labels the network doubts, which wrong ones it has "
    "memorised, and how it came to that.",
)


def chooser(choice: in_view.Choice) -> str:
    """Which of the stored runs is looked at: the first of those in the address."""
    offered = titles(in_view.offered(choice))
    return controls.select("Run", offered, "runs.first", default=choice.ids[0], then=in_view.chosen)


def precision(seen: Sampled, query: Query, order: Ints) -> str:
    """How many of the first of a list are really mislabelled; empty where that says nothing."""
    samples = seen.samples
    if not samples.known or ranking(query.ranking).needs_truth or query.only or not len(order):
        return ""
    wrong, of = hits(samples, order, FIRST)
    chance = samples.mislabelled.mean() * of
    return (
        f"Of the first {of}, **{wrong} are really mislabelled**; expected by chance: {chance:.0f}."
    )


def exports(seen: Sampled, order: Ints) -> None:
    """Tables with class names: this list, and a label for every sample."""
    samples = seen.samples
    row = (samples.ids, samples.row)
    with st.container(horizontal=True, width="content"):
        st.download_button(
            "This list",
            lambda: suspects.csv_text(suspects.listed(samples.data, row, order)),
            downloads.file_name(f"list-epoch-{samples.epoch}", "csv"),
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="A CSV table: given label, predicted label, score, in this order.",
        )
        st.download_button(
            "Corrected labels",
            lambda: suspects.corrected(samples.data, row),
            downloads.file_name(f"corrected-labels-epoch-{samples.epoch}", "csv"),
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="A CSV table of every sample: its given label where the method treats it as "
            "clean, else the predicted one.",
        )


def grid(seen: Sampled, order: Ints, query: Query, big: bool) -> None:
    """A page of the list; a click opens a sample."""
    sample = address.now().sample
    rank = sample_view.rank_of(seen, sample, order)
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = list_page.page_of(order, (seen.run.id, query), rank)
        words = f"{len(order):,} samples. {precision(seen, query, order)}"
        st.markdown(words, width="content", help=CHANCE if "by chance" in words else None)
        if not big:
            st.space("stretch")
            exports(seen, order)
    parts.glyphs([seen.run])
    size = 160 if big else 112
    clicked = pictures.picture_grid(seen.pictures(shown), "samples", size, True, sample)
    if clicked is not None and clicked != sample:
        sample_view.look_at(clicked)
        st.rerun()


def board(run_id: str, look: switches.Look) -> bool:
    """Everything about one run; whether it may still change."""
    (run,) = named([state.store().run(run_id)])
    epoch = replay.replay((run,))
    try:
        seen = sampled.at(run, epoch, look.truth)
    except StoreError as error:
        parts.error_box(error)
        return state.busy(run)
    if seen is None:
        parts.empty("No finished epoch yet.", "The samples are listed after the first.")
        return state.busy(run)
    query = sample_query.sample_query(seen.samples)
    order = find(seen.samples, query)
    if (sample := address.now().sample) is not None:
        sample_view.sample_view(seen, sample, order, look.big)
    elif not look.big:
        sample_doubts.sample_doubts(seen, query, look.truth)
        sample_query.contradictions(seen.samples)
    if len(order):
        grid(seen, order, query, look.big)
    else:
        parts.empty("No matching samples at this epoch.", "Remove a filter.")
    return state.busy(run)


choice = in_view.choice(address.MOST_COMPARED)
in_view.tell_missing(choice)
if choice.runs:
    look = switches.switches()
    run_id = choice.ids[0] if look.big else chooser(choice)
    downloads.about(run_id)
    live.refreshed(lambda: board(run_id, look), "samples", state.busy(state.store().run(run_id)))
else:
    parts.empty("No runs yet.", "Start one on the **Watch** page: it takes about a minute.")
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
