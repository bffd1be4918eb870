"""Compare: which remedy resists, and when: any runs side by side, live or old."""

from dataclasses import replace

import streamlit as st

from lnl.comparison import Seeds, grouped, mismatches, named, scope, siblings
from lnl.records import RunInfo
from pages.ui.board import panels, replay, report_file, run_card, run_chooser, switches
from pages.ui.board.view import View
from pages.ui.compare import disagreement, overlay, results
from pages.ui.shell import address, frame, in_view, live, parts, progress, state

frame.ensure()
parts.head(
    "Compare",
    "Lay any runs over one another: which method resists the wrong labels, and from when on. One "
    "slider sets the epoch of all figures.",
)


def head(view: View, groups: list[Seeds]) -> None:
    """What the runs share, where each stands, and why they may not compare."""
    if not view.big:
        stored = [state.store().run(run.id) for run in view.runs]
        st.caption(" · ".join(filter(None, [run_card.common(stored, view.truth), scope(groups)])))
    for sentence in mismatches(groups):
        st.warning(sentence, icon=":material/warning:")
    with st.container(horizontal=True, gap="medium"):
        for run in view.runs:
            if run.status != "done":
                with st.container(horizontal=True, width="content", vertical_alignment="center"):
                    st.markdown(f"**{parts.plain(run.name)}**", width="content")
                    run_card.status(run)
                    st.caption(progress.words(run), width="content")
                    if run.message:
                        st.caption(parts.plain(run.message), width="content")


def board(run_ids: tuple[str, ...], look: switches.Look) -> bool:
    """Everything about the chosen runs; whether any of them may still change."""
    stored = [state.store().run(run_id) for run_id in run_ids]
    runs = tuple(named(stored))
    with st.container(horizontal=True, vertical_alignment="center"):
        seeds = overlay.over_seeds()
        st.space("stretch")
        button = st.container(width="content")
    groups = grouped(stored, alike(stored) if seeds else [], seeds)
    view = View(runs, replay.replay(runs), look.truth, look.judged, look.big)
    every = replace(view, runs=tuple(r for g in groups for r in g.runs))
    with button:
        report_file.offer(view, "Report", seeds)
    head(view, groups)
    overlay.overlay(groups, every, overlay.metrics(view.knows_truth))
    results.results(groups, every)
    panels.board(view, panels.chooser())
    disagreement.parting(view)
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


choice = in_view.choice()
in_view.tell_missing(choice.missing)
if state.store().count():
    look = switches.switches(panels.LABELS)
    if not look.big:
        run_chooser.run_chooser(choice)
    if choice.runs:
        busy = any(map(state.busy, shown(choice)))
        live.refreshed(lambda: board(choice.ids, look), "compare", busy)
else:
    parts.empty(
        "Nothing to compare yet.",
        "Train two methods on the **Watch** page: it takes a minute or two. Then they stand here "
        "side by side, with every other run of this store.",
    )
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
