"""Samples of a run ranked and filtered: which ones, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput, unknown
from lnl.samples.at_epoch import Bools, Ints, Samples
from lnl.samples.suspects import suspicion


@dataclass(frozen=True)
class Ranking:
    """Some of the samples in an order: a question that one may ask of a run."""

    name: str
    title: str
    help: str
    members: Callable[[Samples], Bools]  # [M]
    keys: Callable[[Samples], tuple[NDArray[Any], ...]]  # of the order, the first counts most
    needs_truth: bool = False


def _fitted(s: Samples) -> Bools:
    fitted: Bools = s.predicted == s.given
    return fitted


RANKINGS = (
    Ranking(
        "suspects",
        "Suspects",
        "All samples, the one whose given label the method believes least first.",
        lambda s: np.ones(len(s.ids), np.bool_),
        lambda s: suspicion(s.row),
    ),
    Ranking(
        "contradicted",
        "Contradicted",
        "The network disagrees with the given label; most confident first.",
        lambda s: ~_fitted(s),
        lambda s: (s.row.confidence,),
    ),
    Ranking(
        "memorised",
        "Memorised longest",
        "Mislabelled samples whose wrong label the network now predicts, those first that it has "
        "predicted so for the most epochs.",
        lambda s: s.mislabelled & _fitted(s),
        lambda s: (-s.past.epochs, -s.row.confidence),
        needs_truth=True,
    ),
    Ranking(
        "sure",
        "Memorised most surely",
        "Mislabelled samples whose wrong label the network now predicts, the surest first.",
        lambda s: s.mislabelled & _fitted(s),
        lambda s: (-s.row.confidence,),
        needs_truth=True,
    ),
    Ranking(
        "recovered",
        "Recovered",
        "Mislabelled samples whose true class the network predicts all the same, the surest first.",
        lambda s: s.mislabelled & (s.predicted == s.true),
        lambda s: (s.row.confidence,),
        needs_truth=True,
    ),
    Ranking(
        "forgotten",
        "Forgotten",
        "Previously predicted as labelled, not any more; longest first.",
        lambda s: ~_fitted(s) & (s.past.epochs > 0),
        lambda s: (-s.past.epochs, s.row.confidence),
    ),
    Ranking(
        "late",
        "Learned late",
        "Predicted as labelled now, but only since a late epoch; the latest first.",
        _fitted,
        lambda s: (-s.past.since, s.row.confidence),
    ),
    Ranking(
        "kept",
        "Kept",
        "Treated as clean by the method, the surest first.",
        lambda s: s.row.selected,
        lambda s: (-s.row.clean_score, -s.row.confidence),
    ),
    Ranking(
        "filtered",
        "Filtered out",
        "Not treated as clean by the method, the least believed first.",
        lambda s: ~s.row.selected,
        lambda s: suspicion(s.row),
    ),
)


def ranking(name: str) -> Ranking:
    """A ranking by name. Raises BadInput for one that is not there."""
    found = next((each for each in RANKINGS if each.name == name), None)
    if found is None:
        raise unknown("ranking", name, [each.name for each in RANKINGS])
    return found


@dataclass(frozen=True)
class Query:
    """A ranking, narrowed to classes and to clean or mislabelled samples; None: all."""

    ranking: str = "suspects"
    given: int | None = None
    predicted: int | None = None
    true: int | None = None  # -1: of no class
    inferred: int | None = None
    only: Literal["clean", "mislabelled"] | None = None


def find(samples: Samples, query: Query) -> Ints:
    """Places of the samples asked for, in order. Raises BadInput for labels that are unknown."""
    ranked = ranking(query.ranking)
    chosen = ranked.members(samples).copy()
    if query.given is not None:
        chosen &= samples.given == query.given
    if query.predicted is not None:
        chosen &= samples.predicted == query.predicted
    if query.true is not None:
        chosen &= samples.true == query.true
    if query.inferred is not None:
        if samples.inferred is None:
            raise BadInput("this run keeps no labels of its own at this epoch")
        chosen &= samples.inferred == query.inferred
    if query.only is not None:
        chosen &= samples.mislabelled == (query.only == "mislabelled")
    places = np.flatnonzero(chosen)
    keys = (key[places] for key in ranked.keys(samples))
    return places[np.lexsort((places, *reversed(tuple(keys))))]


def hits(samples: Samples, places: Ints, count: int = 100) -> tuple[int, int]:
    """Of the first ``count`` places, how many are mislabelled, and how many there are."""
    first = places[:count]
    return int(samples.mislabelled[first].sum()), len(first)


def pairs(samples: Samples, most: int = 8) -> list[tuple[int, int, int]]:
    """The commonest contradictions: given label, prediction, number of samples."""
    classes = len(samples.data.class_names)
    apart = samples.given != samples.predicted
    cells = samples.given[apart] * classes + samples.predicted[apart]
    counts = np.bincount(cells, minlength=classes**2)
    order = np.argsort(-counts, kind="stable")[:most]
    return [(int(c // classes), int(c % classes), int(counts[c])) for c in order if counts[c]]
