"""A method's settings as widgets: JSON schema in, what the user has changed out."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10
from typing import Any

import streamlit as st

from lnl import findings
from pages.ui.shell import parts

Field = Mapping[str, Any]


SHARE = "Relative length; scaled to the total above."


def form(
    schema: Field, defaults: Mapping[str, Any], key: str, shares: bool = False
) -> dict[str, Any]:
    """Widgets for every setting, the advanced ones folded; only values that differ from defaults.

    ``defaults`` are those for the chosen data set, so an untouched setting follows the data set.
    ``shares``: epochs of stages are proportions of a schedule of another length; they are folded.
    """
    fields = schema.get("properties", {})
    if shares:
        fields = {name: _as_share(field) for name, field in fields.items()}
    basic = {name: field for name, field in fields.items() if not field.get("advanced")}
    advanced = {name: field for name, field in fields.items() if field.get("advanced")}
    values = _widgets(basic, defaults, key)
    if advanced:
        with st.expander("Advanced"):
            values |= _widgets(advanced, defaults, key)
    return {
        name: value for name, value in values.items() if value != _default(name, fields, defaults)
    }


def _as_share(field: Field) -> Field:
    if field.get("unit") != "epochs":
        return field
    told = f"{field.get('description', '')}. {SHARE}"
    return {**field, "unit": "share", "advanced": True, "description": told}


def _default(name: str, fields: Mapping[str, Field], defaults: Mapping[str, Any]) -> Any:
    return defaults.get(name, fields[name].get("default"))


def _widgets(fields: Mapping[str, Field], defaults: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {
        name: _widget(name, field, _default(name, fields, defaults), f"{key}.{name}")
        for name, field in fields.items()
    }


def _widget(name: str, field: Field, value: Any, key: str) -> Any:
    told: dict[str, Any] = {
        "help": parts.plain(field.get("description", "")),
        "key": key,
        "persist_state": "session",
    }
    label = label_of(name, field)
    kind = kind_of(field)
    if kind == "choice":
        options = list(field["enum"])
        return st.selectbox(label, options, index=options.index(value), **told)
    if kind == "boolean":
        return st.toggle(label, value=value, **told)
    if kind in ("integer", "number"):
        return _number(label, field, kind, value, told)
    if kind == "string":
        return st.text_input(label, value=value, **told)
    st.caption(f"{label}: set it on the command line, with --set {name}=…")
    return value


def _number(label: str, field: Field, kind: str, value: Any, told: dict[str, Any]) -> Any:
    whole = kind == "integer"
    number = int if whole else float
    for side, word in (("min_value", "minimum"), ("max_value", "maximum")):
        if word in field:
            told[side] = number(field[word])
    told["value"] = None if value is None else number(value)
    told["step"] = number(1 if whole else _step(value))
    told["format"] = "%d" if whole else "%g"
    return st.number_input(label, **told)


def _step(value: float | None) -> float:
    """A tenth of the value's order of magnitude, so that one click changes a digit that counts."""
    return 10.0 ** (floor(log10(abs(value))) - 1) if value else 0.01


def kind_of(field: Field) -> str:
    """choice, boolean, integer, number, string, or other; an optional one by what it may be."""
    if "enum" in field:
        return "choice"
    kind = field.get("type") or next(
        (part.get("type") for part in field.get("anyOf", ()) if part.get("type") != "null"), ""
    )
    return kind if kind in ("boolean", "integer", "number", "string") else "other"


def label_of(name: str, field: Field) -> str:
    """Such as "Learning rate (η)" or "NL epochs"."""
    words = findings.spelled(name)
    if field.get("unit") == "share":
        words = f"{words.removesuffix(' epochs')}: share of the schedule"
    text = words[:1].upper() + words[1:]
    symbol, unit = field.get("symbol", ""), field.get("unit", "")
    extra = ", ".join(part for part in (symbol, unit if unit not in words else "") if part)
    return f"{text} ({extra})" if extra else text
