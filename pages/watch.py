"""Watch: what the network does to the noisy labels, while it trains and ever after."""

import streamlit as st

from lnl.comparison import named
from lnl.records import RunInfo
from pages.ui.board import panels, replay, run_card, run_chooser, switches
from pages.ui.board.view import View
from pages.ui.forms import setup
from pages.ui.shell import frame, in_view, live, parts, state
from pages.ui.shell.address import Address

frame.ensure()
parts.head(
    "Watch",
    "Some of the training labels are wrong. See how sure the network becomes of the right ones "
    "and of the wrong ones, epoch by epoch.",
)


def board(run_ids: tuple[str, ...], look: switches.Look) -> bool:
    """Everything about the chosen runs; whether any of them may still change."""
    stored = [state.store().run(run_id) for run_id in run_ids]
    runs = tuple(named(stored))
    if not look.big:
        about(stored, look.truth)
    cards = st.grid(min(len(runs), 4), min_column_width=230)
    view = View(runs, replay.replay(runs), look.truth, look.big)
    with cards:
        for seen in view.records():
            run_card.card(seen, view.epoch)
    panels.board(view, panels.chooser())
    return view.alive


def about(runs: list[RunInfo], truth: bool) -> None:
    """What the runs have in common; the way to their comparison."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(run_card.common(runs, truth), width="stretch")
        if len(runs) > 1:
            st.page_link(
                frame.file_of("Compare"),
                label="Compare them",
                icon=":material/compare_arrows:",
                query_params=Address(runs=tuple(run.id for run in runs)).query(),
                width="content",
            )


def first_steps() -> None:
    """Before a user's first run: what the recorded one is, and the button to train one."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**A recorded comparison, to begin with.** 40 % of the labels of 1,437 small images of "
            "digits were made wrong. CE trusts every label, SelNLPL does not. Move the slider to "
            "replay how it went; training it yourself takes about a minute.",
            width="stretch",
        )
        setup.default_button()


choice = in_view.choice()
in_view.tell_missing(choice.missing)
if state.store().count():
    look = switches.switches()
    with st.container():  # always there: when it empties, nothing below is built anew
        if not look.big and not state.trained_here():
            first_steps()
    if not look.big:
        run_chooser.run_chooser(choice)
    if choice.runs:
        live.refreshed(lambda: board(choice.ids, look), "board", any(map(state.busy, choice.runs)))
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
