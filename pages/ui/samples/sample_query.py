"""Which samples to list, and in which order: widgets that the address holds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lnl.charts import class_labels
from lnl.samples.at_epoch import Samples
from lnl.samples.rankings import RANKINGS, Query, pairs, ranking
from pages.ui.shell import parts

FILTERS = ("given", "predicted", "inferred", "true", "only")
PAIRS = 6


def sample_query(samples: Samples) -> Query:
    """The widgets; what needs true labels is left out where nobody knows them."""
    names = [each.name for each in RANKINGS if samples.known or not each.needs_truth]
    own = samples.inferred is not None
    with st.grid(3 + own + 2 * samples.known, min_column_width=140):
        name = st.selectbox(
            "Show",
            names,
            key="show",
            bind="query-params",
            format_func=lambda name: ranking(name).title,
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


def _class(label: str, key: str, samples: Samples, help: str) -> int | None:
    labels = class_labels(samples.data.class_names)
    of_none = key == "true" and bool((samples.true < 0).any())
    chosen: int | None = st.selectbox(
        label,
        [*range(len(labels) - 1), *([-1] if of_none else [])],
        index=None,
        key=key,
        bind="query-params",
        format_func=lambda number: labels[number],
        placeholder="any class",
        help=help,
    )
    return chosen


def _only() -> Any:
    return st.selectbox(
        "Label is",
        ["clean", "mislabelled"],
        index=None,
        key="only",
        bind="query-params",
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
                on_click=_narrow,
                args=(given, predicted),
            )
        if any(st.session_state.get(key) is not None for key in FILTERS):
            st.button("All classes", icon=":material/filter_alt_off:", on_click=_widen)


def _narrow(given: int, predicted: int) -> None:
    st.session_state["given"], st.session_state["predicted"] = given, predicted


def _widen() -> None:
    for key in FILTERS:
        if key in st.session_state:
            st.session_state[key] = None
