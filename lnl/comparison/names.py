"""Short names for runs that stand side by side."""

from __future__ import annotations

from collections.abc import Sequence


def distinct(names: Sequence[str]) -> list[str]:
    """Names without the parts that all share: "CE · digits", "NL · digits" -> "CE", "NL"."""
    split = [name.split(" · ") for name in names]
    shared = set(split[0]).intersection(*split[1:]) if len(split) > 1 else set()
    short = [" · ".join(part for part in parts if part not in shared) for parts in split]
    if len(split) == 1:
        return [split[0][0]]
    return short if all(short) and len(set(short)) == len(short) else list(names)


def shared(names: Sequence[str]) -> str:
    """The parts that all names share: "digits · symmetric 40 %"; of one name, all but the first."""
    split = [name.split(" · ") for name in names]
    return " · ".join(
        part for part in split[0][len(split) == 1 :] if all(part in parts for parts in split)
    )
