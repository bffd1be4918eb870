"""The part of the set-up that is about validation: on how many images, and when it ends a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.shell import controls

if TYPE_CHECKING:
    from lnl.catalogue import DatasetCard

MOST = 50  # percent of the training images


def validation(data: DatasetCard) -> dict[str, Any]:
    """Widgets, folded, for runs on a data set (its card); what of their specs was chosen here."""
    with st.expander("Validation, early stop"):
        share = 0 if data.num_validation else _share()
        if data.num_validation:
            st.caption(
                f"Validated on {data.num_validation:,} validation images of the data set, under "
                "their given labels; noise that is added is added to them too."
            )
        patience = _patience() if share or data.num_validation else 0
    return {"validation": share / 100, "patience": patience}


def _share() -> int:
    return controls.number(
        "Validation images, %",
        0,
        MOST,
        "validation",
        help="So many of the training images, of each class its share, are not trained on; the "
        "accuracy on them is recorded after each epoch. They keep their given labels, noise and "
        "all: only noisy labels are assumed to exist. The noise seed draws them. 0: no validation.",
    )


def _patience() -> int:
    return controls.number(
        "Patience, epochs",
        0,
        5000,
        "patience",
        help="Early stop: the last stage ends once the validation accuracy has not risen for so "
        "many epochs; stages before it always run whole. Test labels are not used. 0: off.",
    )
