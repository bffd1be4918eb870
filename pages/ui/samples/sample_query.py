"""Which samples to list, and in which order: widgets that the address holds."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from lnl.charts import class_labels
from lnl.samples.at_epoch import Samples
from lnl.samples.rankings import RANKINGS, Query, pairs, ranking
from pages.ui.shell import address, controls, parts

Only = Literal["clean", "mislabelled"]
ONLY: dict[Only, str] = {"clean": "clean", "mislabelled": "mislabelled"}
FILTERS = ("given", "predicted", "inferred", "true", "only")
PAIRS = 6


def sample_query(samples: Samples) -> Query:
    """The widgets; what needs true labels is left out where nobody knows them."""
    names = [each.name for each in RANKINGS if samples.known or not each.needs_truth]
    own = samples.inferred is not None
    with st.grid(3 + own + 2 * samples.known, min_column_width=140):
        name = controls.select(
            "Show",
            {name: ranking(name).title for name in names},
            "show",
            help="\n\n".join(f"**{ranking(n).title}.** {ranking(n).help}" for n in names),
        )
        given = _class("Given label", "given", samples, "What the data set says.")
        predicted = _class("Predicted", "predicted", samples, "What the network says now.")
        inferred = true = only = None
        if own:
            inferred = _class(
                "Inferred label", "inferred", samples, "What the method takes it for."
            )
        if samples.known:
            true = _class("True label", "true", samples, "What the image really shows.")
            only = _only()
    st.caption(ranking(name).help)
    return Query(name, given, predicted, true, inferred, only)


def _class(label: str, at: str, samples: Samples, help: str) -> int | None:
    *labels, no_class = class_labels(samples.data.class_names)
    titles = dict(enumerate(labels))
    if at == "true" and (samples.true < 0).any():
        titles[-1] = no_class
    return controls.select_or_none(label, titles, at, placeholder="any class", help=help)


def _only() -> Only | None:
    return controls.select_or_none(
        "Label is",
        ONLY,
        "only",
        placeholder="right or wrong",
        help="Clean: the given label is the true one. Mislabelled: it is not.",
    )


def contradictions(samples: Samples) -> None:
    """Buttons for the commonest pairs of given label and prediction, and one that shows all."""
    names, found = samples.data.class_names, pairs(samples, PAIRS)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if found:
            st.caption("Commonest contradictions, given → predicted:", width="content")
        for given, predicted, count in found:
            st.button(
                f"{parts.plain(names[given])} → {parts.plain(names[predicted])} · {count}",
                key=f"pair_{given}_{predicted}",
                type="tertiary",
                help="List these samples",
                on_click=address.change,
                kwargs={"given": given, "predicted": predicted},
            )
        here = address.now()
        if any(here.get(at) is not None for at in FILTERS):
            nothing = dict.fromkeys(FILTERS)
            icon = ":material/filter_alt_off:"
            st.button("All classes", icon=icon, on_click=address.change, kwargs=nothing)
