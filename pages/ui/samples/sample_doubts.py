"""A word above the doubted labels of a run that has memorised, and the way to a better epoch."""

from __future__ import annotations

import streamlit as st

from lnl import findings
from lnl.findings import Doubts
from lnl.samples.rankings import Query, ranking
from pages.ui.board import replay
from pages.ui.board.sampled import Sampled
from pages.ui.board.view import View


def sample_doubts(seen: Sampled, query: Query, truth: bool) -> None:
    """Where doubts are listed that say more at another epoch: that one, and a button to it."""
    if ranking(query.ranking).needs_truth:
        return
    (records,) = View((seen.run,), truth=truth).records()
    found = findings.doubts(records, seen.samples.epoch)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="doubts"):
        st.markdown(f":material/info: {_sentence(found)}", width="content")
        st.button(
            f"Look at epoch {found.best_read_at}",
            key="look_at_best",
            help="The epoch of the best test accuracy; the slider leads back. A network that "
            "agrees with wrong labels doubts few of them.",
            on_click=replay.look_at,
            args=(found.best_read_at,),
        )


def _sentence(found: Doubts) -> str:
    since = f"memorised wrong labels since epoch {found.memorising_since}"
    since = f"probably {since}" if found.estimated else since
    return f"This run has {since}: its suspects are most reliable at epoch {found.best_read_at}."
