"""What is known of a method besides its code, as plain values: no torch, so that all may read it.

In equations p is the softmax of the network, K the number of classes, y the given label and ȳ a
complementary one, i a training sample, [·] 1 where true and 0 elsewhere. Code that departs from an
equation says so at the head of its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Hue = Literal["indigo", "green", "wine", "brown", "teal", "olive", "red", "grey"]
Dash = Literal[
    "solid",
    "dash",
    "dot",
    "dashdot",
    "longdash",
    "longdashdot",
    "nicked",
    "sparse",
    "dashdotdot",
    "twin dots",
    "twin dashes",
    "longnicked",
]


@dataclass(frozen=True)
class Group:
    """A group of methods on the page Methods: those of one paper, or of one idea."""

    name: str
    words: str
    place: int = 10  # among the groups; those of one place stand by name


BASELINES = Group("Baselines", "What all others are compared with.", place=0)
ROBUST_LOSSES = Group(
    "Robust losses", "Another loss, at which labels that are not believed pull less.", place=5
)
CORRECTION = Group(
    "Correction",
    "Correct the loss or the label by what is known of the noise.",
    place=6,
)
SELECTION = Group("Selection", "Learn the labels of the samples that look clean.", place=7)
REGULARISATION = Group(
    "Regularisation", "Keep all labels, and keep the network from memorising them.", place=8
)
SEMI_SUPERVISED = Group(
    "Semi-supervised",
    "Drop the labels that are not believed, keep their images, and learn them from predictions.",
    place=9,
)
DETECTORS = Group(
    "Detectors", "First find out which labels are wrong, then start anew without them."
)


@dataclass(frozen=True)
class Equation:
    """One formula: what it is in words, LaTeX, and where it stands."""

    words: str
    latex: str
    source: str


@dataclass(frozen=True)
class Style:
    """How a method's lines look in every figure: near hues for what is akin, a dash of its own.

    No two methods share both; a test names the clash and what is free.
    """

    hue: Hue
    dash: Dash


@dataclass(frozen=True)
class Cut:
    """The setting that holds the confidence above which a label is believed, and its symbol."""

    setting: str
    symbol: str


@dataclass(frozen=True)
class Published:
    """Where the papers' tables (``lnl/evidence/tables/published.csv``) have numbers of a method."""

    ids: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # and what each sets
    unset: Mapping[str, Any] = field(default_factory=dict)  # what those settings are otherwise
    within: tuple[str, ...] = ()  # ids of another method whose cells are about this one, its part
    besides: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """What a run takes besides, by paper and noise model."""


@dataclass(frozen=True)
class Card:
    """A method under one name; a part of a paper is the same class with other ``defaults``."""

    name: str
    title: str
    source: str
    group: Group
    summary: str
    parts: tuple[str, ...]
    equations: tuple[Equation, ...]
    style: Style
    networks: int = 1
    defaults: Mapping[str, Any] = field(default_factory=dict)  # of settings, under this name
    losses: tuple[str, ...] = ()  # drawn for it beside CE; (): that of its own name
    cut: Cut | None = None
    published: Published = Published()
