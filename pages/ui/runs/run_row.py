"""A run in the list: star, status, results, its buttons and its menu."""

from __future__ import annotations

import streamlit as st

from lnl.findings import labels_wrong
from lnl.records import RunInfo
from pages.ui.board import run_card
from pages.ui.runs import columns, run_dialogs, undo
from pages.ui.shell import address, controls, frame, navigation, parts, progress, state
from pages.ui.shell.address import MOST_COMPARED, MOST_RUNS, Address

# On a phone a run's words have a line of their own.
STYLE = """
<style>
  @media (max-width: 40rem) {
    [class*="st-key-runs_of_"] .stHorizontalBlock > [data-testid="stLayoutWrapper"]:nth-child(4) {
      flex: 1 0 100%;
    }
  }
</style>
"""
NOTE = 160  # letters of a note that a list shows
SIGNS = {"failed": ":red[:material/error:]", "interrupted": ":orange[:material/power_off:]"}


def start_of(runs: list[RunInfo]) -> None:
    """The runs of one start in a frame, with the button that opens them side by side."""
    with st.container(border=True, key=f"runs_of_{runs[0].id}", gap="small"):
        if len(runs) > 1:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _tick("Select all started together", "start", runs)
                st.caption(_origin(runs[0]), width="stretch")
                _open_all(runs)
        for run in runs:
            row(run, alone=len(runs) == 1)


def row(run: RunInfo, alone: bool) -> None:
    """One run in two lines; why it ended early in a third."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _tick(f"Select {parts.plain(run.name)}", "run", [run])
        _star(run)
        with st.container(width=116):
            run_card.status(run)
        with st.container(gap=None, width="stretch"):
            tags = " ".join(f":gray-badge[{parts.plain(tag)}]" for tag in run.tags)
            st.markdown(f"**{parts.plain(run.name)}** {tags}")
            st.html(columns.cells(run, address.now().columns))
            if alone and run.spec.dataset not in run.name:  # renamed: nothing else says the data
                st.caption(_origin(run))
            if run.message:
                _message(run)
            if run.note:
                st.caption(f":material/sticky_note_2: {parts.plain(_first_words(run.note))}")
        _buttons(run)


def _tick(label: str, what: str, runs: list[RunInfo]) -> None:
    controls.tick(label, what, [run.id for run in runs], label_visibility="collapsed")


def _open_all(runs: list[RunInfo]) -> None:
    """A few side by side on Watch, more in groups on Compare; the button says how many."""
    count, help = len(runs), None
    page, text, icon = "Watch", f"Open all {count} side by side", ":material/monitoring:"
    if count > MOST_RUNS:
        page, text, icon = "Compare", f"Compare all {count}", ":material/compare_arrows:"
    if count > MOST_COMPARED:
        text = f"Compare {MOST_COMPARED} of {count}"
        help = f"Compare shows up to {MOST_COMPARED} runs: the first ones. Select runs to choose."
    if st.button(text, icon=icon, key=f"open_{runs[0].group}", help=help):
        _open(runs[:MOST_COMPARED], page)


def _message(run: RunInfo) -> None:
    """Why it ended early; of a failure the way to what lies behind it."""
    st.markdown(f"{SIGNS.get(run.status, '')} {parts.plain(run.message)}")
    if run.status == "failed":
        icon = ":material/article:"
        if st.button("Log", icon=icon, type="tertiary", key=f"log_{run.id}"):
            run_dialogs.ask("log", run.id)


def _first_words(note: str) -> str:
    """The dialog has the whole of it."""
    line = " ".join(note.split())
    return line if len(line) <= NOTE else f"{line[: NOTE - 1]}…"


def _star(run: RunInfo) -> None:
    label, help = ("★", "Remove the star") if run.starred else ("☆", "Star this run")
    if st.button(label, type="tertiary", key=f"star_{run.id}", help=help):
        state.attempt(lambda run_id: state.store().star(run_id, not run.starred), [run.id])
        st.rerun()


def _buttons(run: RunInfo) -> None:
    with st.container(horizontal=True, gap="xsmall", width="content", vertical_alignment="center"):
        if st.button("Open", icon=":material/monitoring:", key=f"open_{run.id}"):
            _open([run], "Watch")
        if run.alive and st.button("Stop", icon=":material/stop:", key=f"stop_{run.id}"):
            state.attempt(state.manager().stop, [run.id])
            st.rerun()
        run_card.resume(run)
        chosen = st.menu_button(
            "More",
            list(run_dialogs.MENU),
            type="tertiary",
            key=f"menu_{run.id}",
            format_func=lambda name: run_dialogs.MENU[name],
        )
        if chosen == "delete":
            undo.delete([run])
        elif chosen:
            run_dialogs.ask(chosen, run.id)


def _open(runs: list[RunInfo], page: str) -> None:
    navigation.go(frame.file_of(page), Address(runs=tuple(run.id for run in runs)))


def _origin(run: RunInfo) -> str:
    """What the runs of a start share."""
    known = run.data.actual_noise_rate is not None
    noise = f" · {labels_wrong(run.data)}" if known else ""
    title = parts.plain(run.data.title or run.spec.data_name)
    return f"{title}{noise} · started {progress.when(run.created)}"
