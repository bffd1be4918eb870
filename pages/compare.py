"""Compare: which method resists, and from when on: any runs side by side, live or stored."""

from dataclasses import replace

import streamlit as st

from lnl.comparison import Group, grouped, mismatches, named, scope, siblings
from lnl.records import RunInfo
from pages.ui.board import panels, replay, report_file, run_card, switches
from pages.ui.board.head import head
from pages.ui.board.view import View
from pages.ui.compare import disagreement, group_confidence, options, overlay, results
from pages.ui.compare.options import Asked
from pages.ui.shell import address, frame, in_view, live, parts, progress, state
from pages.ui.shell.address import MOST_COMPARED, MOST_RUNS

# On a phone the slider has a line of its own.
STYLE = """
<style>
  @media (max-width: 40rem) {
    .st-key-compare_row > :first-child { flex: 1 0 100%; }
  }
</style>
"""

frame.ensure()
st.html(parts.TIGHT + STYLE)


def unfinished(view: View) -> None:
    """Where each run stands that is not done, and why it ended early."""
    with st.container(horizontal=True, gap="medium"):
        for run in view.runs:
            if run.status != "done":
                with st.container(horizontal=True, width="content", vertical_alignment="center"):
                    st.markdown(f"**{parts.plain(run.name)}**", width="content")
                    run_card.status(run)
                    st.caption(progress.words(run), width="content")
                    if run.message:
                        st.caption(parts.plain(run.message), width="content")


def details(groups: list[Group], view: View, every: View, asked: Asked) -> None:
    """The panels of each run; of groups, the histograms."""
    few = len(view.runs) <= MOST_RUNS
    own = [] if asked.by == "run" else [group_confidence.group_confidence(groups, every)]
    panels.board(view, panels.chooser() if few else ("Confidence",), own)
    if not few and not view.big:
        st.caption(f"The map, the samples and the other panels show up to {MOST_RUNS} runs.")


def board(run_ids: tuple[str, ...], look: switches.Look) -> bool:
    """Everything about the chosen runs; whether any of them may still change."""
    stored = [state.store().run(run_id) for run_id in run_ids]
    runs = tuple(named(stored))
    with st.container(gap="xsmall"):
        with st.container(key="compare_row", horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                epoch = replay.replay(runs)
            view = View(runs, epoch, look.truth, look.judged, look.big)
            asked = options.options(view)
        groups = grouped(stored, alike(stored) if asked.seeds else [], asked.seeds, asked.by)
        every = replace(view, runs=tuple(r for g in groups for r in g.runs))
        with st.container():  # there without a warning too: what follows is not built anew
            for sentence in mismatches(groups):
                st.markdown(f":orange[:material/warning: {sentence}]")
        overlay.overlay(groups, every, asked, scope(groups) if asked.seeds else "")
    unfinished(view)
    results.results(groups, every, lambda: report_file.offer(view, "Report", asked.seeds))
    with st.container():  # likewise
        results.single_runs(groups, every)
    with st.container():
        details(groups, view, every, asked)
    disagreement.disagreement(view)
    if not look.big:
        results.settings(runs)
    return every.alive


def alike(chosen: list[RunInfo]) -> list[RunInfo]:
    """Among which the other seeds of the chosen runs are."""
    return state.store().alike(run.spec for run in chosen)


def shown(choice: in_view.Choice) -> list[RunInfo]:
    """The runs on the page: with the mean over seeds, those that were not chosen too."""
    chosen = list(choice.runs)
    return siblings(chosen, alike(chosen)) if address.now().seeds else chosen


choice = in_view.choice(MOST_COMPARED)
in_view.tell_missing(choice)
if state.store().count():
    look = head(
        "Compare",
        choice,
        lambda truth: run_card.common(list(choice.runs), truth),
        most=MOST_COMPARED,
    )
    if choice.runs:
        busy = any(map(state.busy, shown(choice)))
        live.refreshed(lambda: board(choice.ids, look), "compare", busy)
else:
    parts.head("Compare", "Which method resists the wrong labels, and from which epoch on.")
    parts.empty(
        "Nothing to compare yet.",
        "Train two methods on the **Watch** page: it takes a minute or two. They then appear here "
        "side by side, with every other run of this store.",
    )
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
