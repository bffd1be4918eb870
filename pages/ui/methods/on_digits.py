"""What each method makes of the digits under three kinds of noise, as we measured it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from lnl import catalogue
from lnl.evidence import measured_on_digits
from lnl.evidence.measured_on_digits import NOISES, Numbers
from lnl.findings.spread import Spread
from pages.ui.components.sortable_table import Heading, sortable_table
from pages.ui.shell import address, knowledge, parts

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

Found = Mapping[tuple[str, str], Numbers]
SHORT = {"symmetric": "sym.", "pair": "pair", "instance": "inst."}
PARTS = {
    "last": "last test accuracy, in percent",
    "best": "best test accuracy over the epochs, in percent",
    "average_precision": "average precision of the detection at the last epoch, in percent",
}
HEADS = {"last": "last", "best": "best", "average_precision": "AP"}


def on_digits(cards: Mapping[str, MethodCard]) -> None:
    """What is measured, under the families' names; a click on a heading sorts by that instead."""
    found = {place: n for place, n in _read().items() if place[0] in cards}
    st.caption(
        "The 1,437 embedded digits, each method at its own schedule for them: mean over seeds, "
        "± one standard deviation where there are several. AP is the average precision with which "
        "the mislabelled are ranked."
    )
    noises = [(noise, rate) for noise, rate in NOISES if any(n == noise for _, n in found)]
    measured = {name: card for name, card in cards.items() if any(m == name for m, _ in found)}
    headings = [
        Heading("method", "method", falls=False),
        *(
            Heading(f"{noise}.{part}", f"{HEADS[part]}, {SHORT[noise]} {rate:.0%}", told)
            for noise, rate in noises
            for part, told in PARTS.items()
        ),
        Heading("seconds", "seconds", "Training and evaluation of one run."),
    ]
    asked = address.now().sort
    sort = asked if asked.removeprefix("-") in {h.name for h in headings} else ""
    lines: list[list[str] | str] = []
    family = ""
    for card in ordered(measured, found, sort):
        if not sort and card.group != family:
            family = card.group
            lines.append(family)
        lines.append(_line(card, found, [noise for noise, _ in noises]))
    sortable_table(headings, lines, sort, lambda way: address.change(sort=way), "on_digits")
    if any(card.needs for card in measured.values()):
        st.caption(knowledge.FOOTNOTE)
    _missing(cards, measured, noises)


def _missing(
    cards: Mapping[str, MethodCard],
    measured: Mapping[str, MethodCard],
    noises: list[tuple[str, float]],
) -> None:
    """One line on what is not measured yet, with the names of the methods on hover."""
    kinds = [
        f"{noise} noise at {rate:.0%}" for noise, rate in NOISES if (noise, rate) not in noises
    ]
    names = [card.title for name, card in cards.items() if name not in measured]
    what = [*kinds, *([f"{len(names)} of {len(cards)} methods"] if names else [])]
    if what:
        st.caption(
            f"Not measured yet: {', '.join(what)}. `python -m benchmarks.on_digits` measures them.",
            help=", ".join(map(parts.plain, names)) or None,
        )


@st.cache_data(ttl=60, show_spinner=False)
def _read() -> dict[tuple[str, str], Numbers]:
    return measured_on_digits.over_seeds(measured_on_digits.read())


def ordered(cards: Mapping[str, MethodCard], found: Found, sort: str) -> list[MethodCard]:
    """By a column, "-" from the highest down; what has no number comes last. Else by family."""
    families = [group.name for group in catalogue.groups()]
    listed = sorted(cards.values(), key=lambda card: families.index(card.group))
    column, falls = sort.removeprefix("-"), sort.startswith("-")
    if column == "method":
        return sorted(listed, key=lambda card: card.title.casefold(), reverse=falls)
    values = {card.name: _value(card.name, column, found) for card in listed}
    known = [card for card in listed if values[card.name] is not None]
    rest = [card for card in listed if values[card.name] is None]
    return sorted(known, key=lambda card: values[card.name] or 0.0, reverse=falls) + rest


def _value(method: str, column: str, found: Found) -> float | None:
    if column == "seconds":
        return _seconds(method, found)
    noise, _, part = column.partition(".")
    number = found.get((method, noise), {}).get(part)
    return number.mean if number else None


def _seconds(method: str, found: Found) -> float | None:
    taken = [n["seconds"] for n in (found.get((method, noise)) for noise, _ in NOISES) if n]
    known = [spread.mean for spread in taken if spread]
    return sum(known) / len(known) if known else None


def _line(card: MethodCard, found: Found, noises: list[str]) -> list[str]:
    numbers = [found.get((card.name, noise), {}).get(p) for noise in noises for p in PARTS]
    seconds = _seconds(card.name, found)
    taken = "" if seconds is None else f"{seconds:.0f}"
    return [knowledge.marked(card), *map(_shown, numbers), taken]


def _shown(number: Spread | None) -> str:
    if number is None:
        return ""
    spread = "" if number.deviation is None else f" ± {100 * number.deviation:.1f}"
    return f"{100 * number.mean:.1f}{spread}"
