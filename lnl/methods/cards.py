"""The cards of all methods. A home is a folder with a ``card.py``, and found by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from lnl import methods
from lnl.methods.card import Card, Group


@cache
def homes() -> tuple[str, ...]:
    """The packages of the methods, such as ``lnl.methods.nlnl``."""
    folders = iter_modules(methods.__path__, f"{methods.__name__}.")
    return tuple(f.name for f in folders if f.ispkg and find_spec(f"{f.name}.card"))


@cache
def cards() -> Mapping[str, Card]:
    """All cards by name, home by home."""
    found = (card for home in homes() for card in import_module(f"{home}.card").CARDS)
    return {card.name: card for card in found}


def groups() -> list[Group]:
    """What the methods are grouped under, in the order of their places."""
    found = {card.group for card in cards().values()}
    return sorted(found, key=lambda group: (group.place, group.name))
