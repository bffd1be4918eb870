"""A copy of a run with one setting changed: which, to what value, and its start."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lnl import catalogue
from lnl.errors import LnlError
from lnl.records import RunInfo
from lnl.runs.running.forking import current, fork, fork_name
from pages.ui.forms import settings
from pages.ui.shell import parts, state

PLAIN = {
    "seed": "Seed",
    "rate": "Noise rate",
    "noise_seed": "Noise seed",
    "method": "Method",
    "epochs": "Epochs",
    "device": "Device",
}


def fork_form(run: RunInfo) -> str | None:
    """Widgets for the change; the id of the run that was started."""
    with st.spinner("Loading the methods…"):
        cards = {card.name: card for card in catalogue.methods()}
    st.markdown(f"A copy of **{parts.plain(run.name)}** with one setting changed.")
    fields = cards[run.spec.method].settings["properties"] if run.spec.method in cards else {}
    known = {n: f for n, f in fields.items() if _can_change(n, f, run)}
    chosen = st.selectbox(
        "Setting to change",
        [*_plain_of(run), *known],
        format_func=lambda name: PLAIN.get(name) or settings.label_of(name, known[name]),
        key=f"fork_{run.id}",
    )
    key = f"fork_{run.id}_{chosen}"
    if chosen in PLAIN:
        value = _plain(run, chosen, key, {name: card.title for name, card in cards.items()})
    else:
        now = current(run.spec, chosen)
        field = {k: v for k, v in known[chosen].items() if k != "advanced"}
        form = settings.form({"properties": {chosen: field}}, {chosen: now}, key)
        value = form.get(chosen, now)
    if not st.button("Start", type="primary", icon=":material/play_arrow:", key="fork_start"):
        return None
    return _start(run, chosen, value)


def _plain_of(run: RunInfo) -> list[str]:
    noiseless = run.spec.noise in ("none", "human")
    return [name for name in PLAIN if not (noiseless and name in ("rate", "noise_seed"))]


def _can_change(name: str, field: settings.Field, run: RunInfo) -> bool:
    return settings.kind_of(field) != "other" and name in run.spec.settings


def _plain(run: RunInfo, name: str, key: str, titles: dict[str, str]) -> Any:
    label, now = PLAIN[name], current(run.spec, name)
    if name == "method":
        others = [method for method in titles if method != now]
        return st.selectbox(label, others, format_func=lambda n: titles[n], key=key)
    if name == "device":
        options = [device for device in ("auto", "cpu") if device != now]
        words = {"auto": "Automatic", "cpu": "CPU"}
        return st.selectbox(label, options, format_func=lambda n: words[n], key=key)
    if name == "rate":
        percent = st.slider(label, 0, 90, round(100 * now), step=5, format="%d %%", key=key)
        return percent / 100 if percent != round(100 * now) else now
    low = 1 if name == "epochs" else 0
    start = now + 1 if name != "epochs" else now or run.epochs
    return st.number_input(label, low, 2**31 - 1, value=start, key=key)


def _start(run: RunInfo, name: str, value: Any) -> str | None:
    try:
        spec = fork(run.spec, name, value)
        title = catalogue.resolve(spec).method_title
        if not state.once(spec):
            return None
        return state.manager().start([spec], [fork_name(spec, name, title)])[0]
    except LnlError as error:
        parts.error_box(error)
        return None
