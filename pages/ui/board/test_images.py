"""Test images on the maps of a board: asked for by a switch, and what is said of them."""

from __future__ import annotations

import streamlit as st

from lnl import findings
from lnl.charts import ProbePoints
from lnl.maps.placing import NEIGHBOURS
from pages.ui.board.probe_maps import Stand
from pages.ui.board.view import View
from pages.ui.shell import address, controls, parts


def asked(stands: tuple[Stand, ...]) -> bool:
    """Whether to draw them: ``?test_points=true``; not offered where none of the runs has any."""
    return any(each.unseen for each in stands) and controls.toggle(
        "Test points",
        "test_points",
        help="Adds images of the test set, which the network never trains on, as diamonds. The map "
        "stays as it is: each stands in the middle of the "
        f"{NEIGHBOURS} samples whose features are nearest to its own; on a map by PCA, where the "
        "samples' own projection puts it.\n\nThey have no given label. Colours by true label and "
        "by prediction are theirs too; that by confidence says how sure the network is of their "
        "class.",
    )


def words(view: View, known: list[ProbePoints]) -> str:
    """How many there are, for the caption; empty where there are none."""
    counts = [len(each.unseen.true) for each in known if each.unseen is not None]
    if not counts:
        return ""
    data = view.runs[0].data
    of = data.num_test
    many = f"{counts[0]:,} of {of:,} test images" if counts[0] < of else f"all {of:,} test images"
    held_out = f" ({findings.words_for_test_set(data)})" if data.held_out else ""
    return f" Diamonds: {many}{held_out}, placed by the samples nearest to them."


def lacking(view: View, stands: tuple[Stand, ...], switched_on: bool) -> None:
    """Whose test images are asked for in vain, by the switch or by the address, and why."""
    pairs = zip(view.runs, stands, strict=True)
    names = [parts.plain(run.name) for run, each in pairs if each.epoch and not each.unseen]
    if names and (switched_on or address.now().test_points):
        st.caption(
            f"No test points of {' and '.join(names)}: recordings, and runs of earlier versions, "
            "did not store test-image features."
        )
