"""Runs: everything that was trained, by the start that it belongs to."""

from itertools import groupby

import streamlit as st

from lnl.records import RunInfo
from lnl.summary import RunSummary
from pages.ui import frame, live, parts, progress, run_card, state

PER_PAGE = 10  # starts

frame.ensure()
parts.head(
    "Runs",
    "Everything that was trained here, by the app or by the command line. Runs that were started "
    "together stand together.",
)


def undo_bar() -> None:
    deleted = st.session_state.get("deleted")
    if not deleted:
        return
    run_id, name = deleted
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Deleted **{parts.plain(name)}**. It can be brought back for a week.")
        if st.button("Undo", icon=":material/undo:"):
            state.attempt(state.store().restore, [run_id])
            del st.session_state["deleted"]
            st.rerun()


@st.dialog("Rename a run")
def rename(run: RunInfo) -> None:
    name = st.text_input("Name", value=run.name, max_chars=200)
    if st.button("Save", type="primary"):
        state.attempt(lambda run_id: state.store().rename(run_id, name), [run.id])
        st.rerun()


def delete(run: RunInfo) -> None:
    state.attempt(state.manager().delete, [run.id])
    st.session_state["deleted"] = (run.id, run.name)
    st.rerun()


def actions(run: RunInfo) -> None:
    """The buttons of a run."""
    with st.container(horizontal=True, gap="xsmall", width="content"):
        if run.alive and st.button("Stop", icon=":material/stop:", key=f"stop_{run.id}"):
            state.attempt(state.manager().stop, [run.id])
            st.rerun()
        run_card.resume(run)
        if st.button("Rename", icon=":material/edit:", type="tertiary", key=f"rename_{run.id}"):
            rename(run)
        if st.button("Delete", icon=":material/delete:", type="tertiary", key=f"delete_{run.id}"):
            delete(run)


def line(run: RunInfo) -> None:
    """A run in a line or two."""
    summary = RunSummary.of(run.id, run.data, state.records(run))
    told = [progress.words(run)]
    if summary.test_accuracy is not None and summary.best_test_accuracy is not None:
        told.append(f"test accuracy {summary.test_accuracy:.1%}")
        told.append(f"best {summary.best_test_accuracy:.1%}")
    with st.container(horizontal=True, vertical_alignment="center"):
        run_card.status(run)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{parts.plain(run.name)}**")
            st.caption(" · ".join(told))
            if run.message:
                st.caption(parts.plain(run.message))
        actions(run)


def start_of(runs: list[RunInfo]) -> None:
    """The runs of one start, with the button that opens them side by side."""
    first = runs[0]
    rate = first.data.actual_noise_rate
    noise = "" if rate is None else f" · {rate:.0%} of labels wrong"
    with st.container(border=True, key=f"group_{first.group}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(
                f"{parts.plain(first.data.title or first.spec.dataset)}{noise} · started "
                f"{progress.when(first.created)}",
                width="stretch",
            )
            text = "Open" if len(runs) == 1 else f"Open all {len(runs)} side by side"
            if st.button(text, icon=":material/monitoring:", key=f"open_{first.group}"):
                ids = ",".join(run.id for run in runs[: state.MOST_RUNS])
                st.switch_page(frame.file_of("Watch"), query_params={"runs": ids})
        for run in runs:
            line(run)


def listed() -> bool:
    """All starts, a page of them at a time; whether any run may still change."""
    runs = state.all_runs()
    groups = [list(group)[::-1] for _, group in groupby(runs, key=lambda run: run.group)]
    pages = -(-len(groups) // PER_PAGE)
    page = st.session_state.get("runs_page", 1) if pages > 1 else 1
    for group in groups[(min(page, pages) - 1) * PER_PAGE : min(page, pages) * PER_PAGE]:
        start_of(group)
    if pages > 1:
        st.pagination(pages, key="runs_page")
    for problem in state.store().problems():
        st.warning(parts.plain(problem))
    return any(map(state.busy, runs))


undo_bar()
runs = state.all_runs()
if runs:
    live.refreshed(listed, "runs", any(map(state.busy, runs)))
else:
    parts.empty("No runs yet.", "Start one on the **Watch** page: it takes about a minute.")
    st.page_link(frame.file_of("Watch"), label="Go to Watch", icon=":material/monitoring:")
