"""Which runs a list shows, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby

from lnl.records import RunInfo

ORDERS = ("newest", "best", "name")


def matching(
    runs: Sequence[RunInfo], text: str = "", statuses: Collection[str] = (), starred: bool = False
) -> list[RunInfo]:
    """Runs in which every word of ``text`` occurs: in name, note, tags, method, data or id.

    Of any status if none is named.
    """
    words = text.casefold().split()
    return [
        run
        for run in runs
        if (not statuses or run.status in statuses)
        and (run.starred or not starred)
        and all(word in _text(run) for word in words)
    ]


def _text(run: RunInfo) -> str:
    spec = run.spec
    parts = (run.id, run.name, run.note, spec.method, spec.dataset, spec.noise, run.data.title)
    return "\n".join([*parts, *run.tags]).casefold()


def starts(runs: Sequence[RunInfo], order: str = "newest") -> list[list[RunInfo]]:
    """Runs in order; those of one start stand together where the order lets them.

    ``newest``: the newest start first, within it as they were started. ``best``: by their best
    test accuracy, those without one last. ``name``: by name, numbers by their value.
    """
    if order == "newest":
        newest = sorted(runs, key=lambda run: run.created, reverse=True)
        first = {run.group: place for place, run in reversed(list(enumerate(newest)))}
        together = sorted(newest, key=lambda run: (first[run.group], run.created))
        return [list(group) for _, group in groupby(together, key=lambda run: run.group)]
    key = _by_accuracy if order == "best" else _by_name
    return [[run] for run in sorted(runs, key=key)]


def pages(groups: Sequence[list[RunInfo]], rows: int) -> list[list[list[RunInfo]]]:
    """Groups in pages of about so many runs; a group is never torn apart."""
    found: list[list[list[RunInfo]]] = []
    for group in groups:
        if not found or sum(map(len, found[-1])) + len(group) > rows:
            found.append([])
        found[-1].append(group)
    return found


def _by_accuracy(run: RunInfo) -> tuple[bool, float, float]:
    best = run.best_test_accuracy
    return best is None, -(best or 0.0), -run.created


def _by_name(run: RunInfo) -> tuple[list[tuple[int, str]], float]:
    words = run.name.casefold().split()
    return [(int(word), "") if word.isdecimal() else (-1, word) for word in words], run.created
