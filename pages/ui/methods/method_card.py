"""One method: idea, equations, losses, parts, settings, schedule, cost, published, code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue, charts
from lnl.defaults import BASELINE
from lnl.records import RunSpec, StageSpan
from pages.ui.components import downloads, figure
from pages.ui.components.figure import Drawing
from pages.ui.methods import (
    loss_explorer,
    method_costs,
    published_table,
    settings_table,
)
from pages.ui.shell import frame, knowledge, navigation, parts, progress
from pages.ui.shell.address import Address

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard, ResolvedRun


def card(method: MethodCard) -> None:
    """Everything known of a method (``lnl.catalogue.MethodCard``)."""
    downloads.about(method.name)
    _head(method)
    _equations(method)
    loss_explorer.loss_explorer(method.name)
    dataset = _dataset()
    planned = catalogue.resolve(
        RunSpec(dataset=dataset, noise="none", rate=0.0, method=method.name)
    )
    _schedule(method, planned)
    _settings(method, planned)
    parts.panel_head(
        "Cost",
        "What an epoch costs beside one of cross entropy (CE) on the same data and network.",
        "Measured by `python -m lnl bench --methods`, turn by turn on one machine; the table is "
        "lnl/evidence/tables/costs.csv.",
    )
    method_costs.show(method.name)
    published_table.show(method.name)
    _code(method.name)


def _head(method: MethodCard) -> None:
    st.header(parts.plain(method.title), anchor=False)
    with st.container(horizontal=True):
        st.badge(parts.plain(method.source), icon=":material/article:", color="gray")
        networks = "1 network" if method.networks == 1 else f"{method.networks} networks"
        st.badge(networks, icon=":material/hub:", color="gray")
        if method.needs:
            uses, instead = knowledge.uses(method), knowledge.instead(method)
            st.badge(uses, icon=":material/visibility:", color="orange", help=instead)
    st.markdown(parts.plain(method.summary))
    if st.button("Try it", type="primary", icon=":material/play_arrow:", key="try_it"):
        data = st.session_state.get("card_data", "digits")
        methods = tuple(dict.fromkeys((BASELINE, method.name)))
        navigation.go(frame.file_of("Watch"), Address(methods=methods, data=data))


def _equations(method: MethodCard) -> None:
    if not method.equations:
        return
    parts.panel_head(
        "Equations",
        "p is the network's softmax, p_y its entry at the given label y, K the number of classes.",
        "The place in the paper stands under each. Where our code departs from an equation, the "
        "head of the method's file says why.",
    )
    with st.grid(2, min_column_width=430):
        for place, equation in enumerate(method.equations):
            with st.container(border=True, height="stretch", key=f"equation_{place}"):
                st.markdown(parts.plain(equation.words))
                st.latex(equation.latex)
                st.caption(parts.plain(equation.source))


def _dataset() -> str:
    titles = {card.name: card.title for card in catalogue.datasets()}
    chosen: str = st.selectbox(
        "Schedule and defaults on",
        list(titles),
        index=list(titles).index("digits"),
        key="card_data",
        format_func=lambda name: titles[name],
        help="A method takes learning rates, network and schedule from its paper or from what "
        "suits the data.",
        width=320,
    )
    return chosen


def _schedule(method: MethodCard, planned: ResolvedRun) -> None:
    recipe = planned.recipe
    parts.panel_head(
        "Schedule",
        f"{progress.planned(planned.stages)}, batch {recipe.batch_size}, {recipe.network}.",
        "A stage is a part of the schedule with a loss and an optimiser of its own.",
    )
    figure.draw(_stages(planned.stages), key="method_stages")


@st.cache_data(max_entries=64, show_spinner=False)
def _stages(stages: tuple[StageSpan, ...]) -> Drawing:
    label = f"Schedule: {progress.planned(stages)}."
    return figure.prepared(charts.stage_bar(stages), "schedule", label)


def _settings(method: MethodCard, planned: ResolvedRun) -> None:
    parts.panel_head(
        "Parts and settings",
        "What it is made of; each setting can be changed in the set-up on Watch, and on the "
        "command line with --set.",
        "Switches turn parts off, for ablations. Defaults are those for the data chosen above.",
    )
    with st.container(horizontal=True):
        for part in method.parts:
            st.badge(parts.plain(part), color="blue")
    for name, told, on in settings_table.switches(method.settings, planned.spec.settings):
        st.markdown(f"- `{name}` ({'on' if on else 'off'}): {parts.plain(told)}")
    st.dataframe(
        settings_table.rows(method.settings, planned.spec.settings, planned.scaled),
        hide_index=True,
        height="content",
    )


def _code(name: str) -> None:
    parts.panel_head(
        "The code of its loss",
        "Read from the program that runs: the training step, what it calls, and the losses.",
        "A training step gets a batch and returns named losses; the engine adds them up and steps "
        "the optimiser.",
    )
    first, *rest = catalogue.code(name)
    st.caption(f"`{first.place}`")
    st.code(first.text, language="python")
    if rest:
        with st.expander(f"What it calls ({len(rest)})"):
            for part in rest:
                st.caption(f"`{part.place}`")
                st.code(part.text, language="python")
