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
from pages.ui.shell import address, knowledge

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
    """The table, sorted by a click on a heading; families stand together until then."""
    found = _read()
    st.caption(
        "The 1,437 embedded digits, each method at its own schedule for them: mean over seeds, "
        "± one standard deviation where there are several. AP is the average precision with which "
        "the mislabelled are ranked. `python -m benchmarks.on_digits` fills what is empty."
    )
    headings = [Heading("method", "method", falls=False), Heading("family", "family", falls=False)]
    for noise, rate in NOISES:
        headings += [
            Heading(f"{noise}.{part}", f"{HEADS[part]}, {SHORT[noise]} {rate:.0%}", told)
            for part, told in PARTS.items()
        ]
    headings.append(Heading("seconds", "seconds", "Training and evaluation of one run."))
    sort = address.now().sort
    sortable_table(
        headings,
        [_line(card, found) for card in ordered(cards, found, sort)],
        sort,
        lambda way: address.change(sort=way),
        "on_digits",
    )
    if any(card.needs for card in cards.values()):
        st.caption(knowledge.FOOTNOTE)


@st.cache_data(ttl=60, show_spinner=False)
def _read() -> dict[tuple[str, str], Numbers]:
    return measured_on_digits.over_seeds(measured_on_digits.read())


def ordered(cards: Mapping[str, MethodCard], found: Found, sort: str) -> list[MethodCard]:
    """By a column, "-" from the highest down; what has no number comes last. Else by family."""
    families = [group.name for group in catalogue.groups()]
    listed = sorted(cards.values(), key=lambda card: families.index(card.group))
    column, falls = sort.removeprefix("-"), sort.startswith("-")
    if column in ("method", "family"):
        by = {"method": lambda c: c.title.casefold(), "family": lambda c: c.group.casefold()}
        return sorted(listed, key=by[column], reverse=falls)
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


def _line(card: MethodCard, found: Found) -> list[str]:
    numbers = [found.get((card.name, noise), {}).get(p) for noise, _ in NOISES for p in PARTS]
    seconds = _seconds(card.name, found)
    return [
        knowledge.marked(card),
        card.group,
        *map(_shown, numbers),
        "" if seconds is None else f"{seconds:.0f}",
    ]


def _shown(number: Spread | None) -> str:
    if number is None:
        return ""
    spread = "" if number.deviation is None else f" ± {100 * number.deviation:.1f}"
    return f"{100 * number.mean:.1f}{spread}"
