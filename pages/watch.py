"""Watch: what the network does to the noisy labels, while it trains and ever after."""

import streamlit as st

from lnl import recorded
from lnl.comparison import named
from pages.ui.board import hints, panels, replay, report_file, run_card, switches
from pages.ui.board.head import head
from pages.ui.board.view import View
from pages.ui.forms import method_picker, setup
from pages.ui.shell import address, frame, in_view, live, parts, state
from pages.ui.shell.address import Address

frame.ensure()
st.html(parts.TIGHT)


def board(run_ids: tuple[str, ...], look: switches.Look, first: bool) -> bool:
    """Everything about the chosen runs; whether any of them may still change.

    ``first``: nobody has trained anything here; the picture is explained, and replays itself once.
    """
    runs = tuple(named([state.store().run(run_id) for run_id in run_ids]))
    lines = st.container()
    with st.container(key="tight_slider", horizontal=True, vertical_alignment="center"):
        with st.container():
            epoch = replay.replay(runs, by_itself=first)
        view = View(runs, epoch, look.truth, look.judged, look.big, explained=False)
        if not look.big:
            with st.container(width="content"):
                report_file.offer(view, "Save as HTML")
    with lines:
        run_card.lines(view.records(), view.epoch, look.big)
    panels.board(view, address.now().panels if look.big else panels.chooser())
    if first:
        hints.hints()
    return view.alive


def _claim(choice: in_view.Choice, truth: bool) -> str:
    """What the runs have in common; of the recorded ones, what they show."""
    runs = list(choice.runs)
    if not all(map(recorded.is_recorded, runs)):
        return run_card.common(runs, truth)
    wrong = "Some" if not truth else "40 %"
    return (
        f"**A recorded comparison.** {wrong} of {runs[0].data.num_train:,} labels are wrong. "
        "CE trusts them all, SelNLPL does not."
    )


def _compare(run_ids: tuple[str, ...]) -> None:
    if len(run_ids) > 1:
        st.page_link(
            frame.file_of("Compare"),
            label="Compare them",
            icon=":material/compare_arrows:",
            query_params=Address(runs=run_ids).query(),
        )


def first_steps() -> None:
    """Before a user's first run, where the run bar will be: the button that starts one."""
    with st.container(
        border=True, key="start_bar", horizontal=True, wrap=False, vertical_alignment="center"
    ):
        st.markdown("Now watch it happen: this takes about a minute.", width="stretch")
        setup.default_button()


choice = in_view.choice()
in_view.tell_missing(choice)
if state.store().count():
    look = head(
        "Watch",
        choice,
        lambda truth: _claim(choice, truth),
        more=lambda: _compare(choice.ids),
    )
    first = not look.big and not state.trained_here()
    with st.container():  # always there: when it empties, nothing below is built anew
        if first:
            first_steps()
    if choice.runs:
        busy = any(map(state.busy, choice.runs))
        live.refreshed(lambda: board(choice.ids, look, first), "board", busy)
else:
    parts.head("Watch", "See what a network makes of wrong labels, epoch by epoch.")
    parts.empty(
        "Nothing has been trained yet.",
        "Two methods are trained side by side on 1,437 small images of digits, with 40 % of the "
        "labels corrupted: CE trusts every label, SelNLPL does not. It takes a minute or two. The "
        "panel on the left has everything that can be changed.",
    )
    setup.default_button()
with st.sidebar:
    setup.form()
method_picker.show()
