"""A run on the live board: where it stands, and the verdict on it."""

from __future__ import annotations

import streamlit as st

from lnl import findings, recorded
from lnl.comparison import shared
from lnl.findings import RunRecords
from lnl.records import RunInfo
from pages.ui.components.spoken import spoken
from pages.ui.shell import knowledge, parts, progress, state

TONES = {"bad": ":material/trending_down:", "good": ":material/verified:", "open": ""}


# A line a run: what does not fit is cut, and told on hover or by a tap.
STYLE = """
<style>
  .st-key-run_lines button { min-height: 1.5rem; padding-block: 0; }  /* no higher than a line */
  [class*="st-key-verdict_"] p { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  @media (max-width: 40rem) {
    [class*="st-key-verdict_"] p { font-size: 0.875rem; }
    .st-key-run_lines .stGrid { row-gap: 0.25rem; }
    .st-key-run_lines .stMarkdownBadge { font-size: 0 !important; }  /* its sign alone */
    .st-key-run_lines .stMarkdownBadge [role="img"] { font-size: 1rem; }
  }
</style>
"""


def lines(runs: list[RunRecords], epoch: int | None, big: bool = False) -> None:
    """A line for each run, two beside each other where there is room; ``big``: the least of it."""
    st.html(STYLE)
    with st.container(key="run_lines"):
        grid = st.grid(min(len(runs), 2), min_column_width=400)
        for seen in runs:
            with grid, st.container():
                line(seen, epoch, big)
        told = (f"{seen.info.name}: {findings.verdict(seen, epoch).headline}" for seen in runs)
        spoken(" ".join(told), "verdicts")


def line(seen: RunRecords, epoch: int | None, big: bool = False) -> None:
    """Status, the verdict at ``epoch``, and Resume where it can go on."""
    run, told = seen.info, findings.verdict(seen, epoch)
    hint = findings.advice(seen) if epoch is None else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        if run.status != "done" or (recorded.is_recorded(run) and not big):
            status(run)
        said = parts.plain(run.message)
        headline = f"{TONES[told.tone]} {told.headline}".strip()
        words = ["" if recorded.is_recorded(run) else said, headline, hint]
        uses = knowledge.used_by(run.spec)
        details = dict.fromkeys((*words, said, told.numbers, progress.words(run), uses))
        name = f"**{parts.plain(run.name)}**"
        badge = f":orange-badge[{uses}]" if uses and not big else ""
        with st.container(key=f"verdict_{run.id}"):
            st.markdown(
                " ".join(filter(None, (name, badge, *words))),
                help="\n\n".join(filter(None, details)),
            )
        resume(run)


def status(run: RunInfo) -> None:
    """The status as a badge: a word and a sign, not a colour alone."""
    label, colour, icon = progress.STATUS[run.status]
    if recorded.is_recorded(run):
        label, colour, icon = "recorded", "gray", ":material/movie:"
    st.badge(label, icon=icon, color=colour)


def resume(run: RunInfo) -> None:
    """A button, if the run can go on but does not."""
    if run.alive or run.status == "done":
        return
    if st.button("Resume", icon=":material/play_arrow:", key=f"resume_{run.id}"):
        state.attempt(state.manager().resume, [run.id])
        st.rerun()


def common(runs: list[RunInfo], truth: bool = True) -> str:
    """What the runs have in common, as a line under their choice; ``truth``: it may be told."""
    words = [shared([run.name for run in runs])]
    if all(map(recorded.is_recorded, runs)):
        words.insert(0, parts.plain(runs[0].message))
    prints = {run.data.fingerprint for run in runs if run.data.fingerprint}
    data = next((run.data for run in runs if run.data.fingerprint), runs[0].data)
    if len(prints) == 1:
        words.append(findings.training_images(data))
        words.append(findings.labels_wrong(data) if truth else "true labels unknown")
        if data.held_out:
            words.append(f"tested on {findings.words_for_test_set(data)}")
    elif prints:
        words.append("**these runs differ in their data or their wrong labels**")
    return " · ".join(filter(None, words))
