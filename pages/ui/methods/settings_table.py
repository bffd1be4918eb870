"""A method's settings as rows of a table: name, symbol, default, range, unit, what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COLUMNS = ("setting", "symbol", "default", "range", "unit", "what it does")


def rows(
    schema: Mapping[str, Any], defaults: Mapping[str, Any], shares: bool = False
) -> list[dict[str, str]]:
    """One a setting; ``defaults`` are those on a data set. All values are text.

    ``shares``: epochs of stages are proportions of a schedule of another length.
    """
    found = []
    for name, field in schema.get("properties", {}).items():
        unit = field.get("unit", "")
        values = (
            name,
            field.get("symbol", ""),
            _value(defaults.get(name, field.get("default"))),
            _range(field),
            "share of the schedule" if shares and unit == "epochs" else unit,
            field.get("description", ""),
        )
        found.append(dict(zip(COLUMNS, values, strict=True)))
    return found


def switches(schema: Mapping[str, Any], defaults: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Settings that turn a part on or off: name, what it does, whether it is on."""
    return [
        (name, field.get("description", ""), bool(defaults.get(name, field.get("default"))))
        for name, field in schema.get("properties", {}).items()
        if field.get("type") == "boolean" and not field.get("advanced")
    ]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return "the base's own"
    return str(value)


def _range(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(map(str, field["enum"]))
    low, high = field.get("minimum"), field.get("maximum")
    left = f"{low:g} ≤" if low is not None else ""
    right = f"≤ {high:g}" if high is not None else ""
    if (above := field.get("exclusiveMinimum")) is not None:
        left = f"{above:g} <"
    if (below := field.get("exclusiveMaximum")) is not None:
        right = f"< {below:g}"
    return f"{left} … {right}".strip(" …") if not (left and right) else f"{left} … {right}"
