"""What a method must be told that nobody knows of their own data, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnl import catalogue
from lnl.records import RunSpec
from pages.ui.shell import state

if TYPE_CHECKING:
    from lnl.catalogue import MethodCard

NAMES = {
    "noise_rate": "the noise rate",
    "noise_kind": "the kind of noise",
    "transition_matrix": "the transition matrix",
}
SIGN = "†"
FOOTNOTE = f"{SIGN} is told what nobody knows of their own data: the noise rate, or its matrix."


def marked(method: MethodCard) -> str:
    """Its title, with a sign where it is told something."""
    return f"{method.title} {SIGN}" if method.needs else method.title


def uses(method: MethodCard) -> str:
    """Such as "uses the noise rate"; "" where it is told nothing."""
    return _words(method.needs)


def instead(method: MethodCard) -> str:
    """How it can do without, in words; "" where it need not."""
    if not method.needs:
        return ""
    if not method.estimates:
        return "Nobody knows this of their own data."
    chosen = ", ".join(f"{name} = {value}" for name, value in method.estimates.items())
    return f"Nobody knows this of their own data: with {chosen} it is estimated."


def used_by(spec: RunSpec) -> str:
    """The same of a run with its settings; "" also while the methods are still loading."""
    return _words(catalogue.told(spec)) if state.loading().done() else ""


def _words(needs: tuple[str, ...]) -> str:
    return f"uses {' and '.join(NAMES[need] for need in needs)}" if needs else ""
