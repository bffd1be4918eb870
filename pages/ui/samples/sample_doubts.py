"""Words above the doubted labels of a run that has memorised, or has not learned the classes."""

from __future__ import annotations

import streamlit as st

from lnl import findings
from lnl.findings import Doubts
from lnl.samples import suspects
from lnl.samples.rankings import Query, ranking
from pages.ui.board import measured, replay
from pages.ui.board.sampled import Sampled
from pages.ui.board.view import View
from pages.ui.shell import parts


def sample_doubts(seen: Sampled, query: Query, truth: bool) -> None:
    """What the doubted and the corrected labels are worth here, and where they are worth more.

    Where another epoch says more there is a button to it.
    """
    (records,) = View((seen.run,), truth=truth).records()
    samples = seen.samples
    of_labels = (samples.ids, samples.row)
    for doubt in suspects.doubts_of_labels(records, samples.epoch, samples.data, of_labels):
        st.warning(parts.plain(doubt), icon=":material/warning:")
    measured.caption(View((seen.run,), truth=truth))
    if ranking(query.ranking).needs_truth:
        return
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
