"""The look of every figure: colours with a second cue each, fonts, and the dark counterpart.

Figures are built in the light palette. ``DARK`` maps each of its colours to the dark one, so that a
viewer (the app's chart component, a report) changes theme by replacing colours, without a rebuild.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

from lnl.methods.card import Dash, Hue, Style
from lnl.methods.cards import cards

INK = "#1b1f24"  # text, and the line that matters most
MUTED = "#59636e"  # reference lines, stage names
GRID = "#e1e5ea"
PAPER = "#ffffff"
SHADE = "#f1f3f6"  # every other stage

CLEAN = "#0072b2"
MISLABELLED = "#d55e00"
OPEN_SET = "#8250a8"
UNKNOWN = "#68707a"
RECOVERED = "#00805e"
TEST = "#b5478a"
VALIDATION = "#332288"

FONT_SIZE = 16
FEW = 10  # epochs that each get a tick
FONT = "Source Sans, Source Sans Pro, Segoe UI, Helvetica, Arial, sans-serif"

# Contrast on the dark paper is at least 4.5 to 1; clean and mislabelled keep a colour distance of
# 87 or more for every kind of colour blindness.
DARK = {
    INK: "#e9edf2",
    MUTED: "#a3adb8",
    GRID: "#333b45",
    PAPER: "#12161c",
    SHADE: "#1b212a",
    CLEAN: "#56b4e9",
    MISLABELLED: "#e69f00",
    OPEN_SET: "#c8a2e8",
    UNKNOWN: "#aab3bd",
    RECOVERED: "#3ccfa0",
    TEST: "#f08cc3",
    "#0675e5": "#98a5cd",  # the categories, see below
    "#959504": "#f9f91a",
    "#22a061": "#33bd05",
    "#280495": "#d76afb",
    "#c07cc0": "#c7fc92",
    "#950404": "#c22975",
    "#145d5d": "#92fce2",
    "#1a1af9": "#8a1af9",
    "#0c0c3b": "#c09e7c",
    "#460213": "#536d03",
    "#b3701a": "#8f7fe0",  # the confidence scale, see below
    "#b5367a": "#e8628f",
    "#1b0c6b": "#ffd97a",
    "#332288": "#a99cf0",
    "#117733": "#5fc27e",
    "#882255": "#e58ab5",
    "#7a4b00": "#d2a15e",
    "#00727a": "#4cc4cd",
    "#555b00": "#c3ca4d",
    "#a03030": "#f08d8d",
    "#444b54": "#c4ccd6",
}

# Ten classes: searched so that any two differ by 28 or more (CIELAB) for each kind of colour
# blindness, in both themes; the second cue is a class's name on the map. They are for points, not
# for letters: their contrast is 3 or more.
CATEGORIES = (
    *("#0675e5", "#959504", "#950404", "#22a061", "#280495"),
    *("#c07cc0", "#145d5d", "#460213", "#1a1af9", "#0c0c3b"),
)
CONFIDENCE = ("#b3701a", "#b5367a", "#1b0c6b")  # low to high: further from the paper in both themes


@dataclass(frozen=True)
class GroupStyle:
    """How the bars of a group of samples look; the hatch is the cue without colour."""

    title: str
    colour: str
    hatch: str  # plotly's pattern shape, "" is solid


GROUPS = {
    "clean": GroupStyle("clean", CLEAN, ""),
    "mislabelled": GroupStyle("mislabelled", MISLABELLED, "/"),
    "open-set": GroupStyle("open-set (of no class)", OPEN_SET, "x"),
    "unknown": GroupStyle("all samples (true labels unknown)", UNKNOWN, ""),
}


@dataclass(frozen=True)
class MethodStyle:
    """The colour and dash that a method keeps in every figure."""

    colour: str
    dash: str


# Any two differ by 20 or more (CIELAB) in both themes; the dashes are Plotly's.
HUES: dict[Hue, str] = {
    "indigo": "#332288",
    "green": "#117733",
    "wine": "#882255",
    "brown": "#7a4b00",
    "teal": "#00727a",
    "olive": "#555b00",
    "red": "#a03030",
    "grey": "#444b54",
}
DASHES: dict[Dash, str] = {
    "solid": "solid",
    "dash": "dash",
    "dot": "dot",
    "dashdot": "dashdot",
    "longdash": "longdash",
    "longdashdot": "longdashdot",
    "nicked": "14px,4px",
    "sparse": "3px,10px",
    "dashdotdot": "12px,3px,3px,3px,3px,3px",
    "twin dots": "3px,3px,3px,12px",
    "twin dashes": "9px,3px,9px,12px",
    "longnicked": "30px,4px",
}
_PAIRS = [Style(hue, dash) for dash in DASHES for hue in HUES]


def method_style(name: str, beside: Iterable[str] = ()) -> MethodStyle:
    """The style of a method, shown ``beside`` others.

    It is that of its card. A method that is not registered here has one that no card has, found
    from the letters of its name, or the next that is free among those it is shown beside.
    """
    return _styles(frozenset((name, *beside)))[name]


@lru_cache(maxsize=256)
def _styles(names: frozenset[str]) -> dict[str, MethodStyle]:
    taken = {card.style for card in cards().values()}
    found = {name: cards()[name].style for name in names & cards().keys()}
    for name in sorted(names - cards().keys()):
        first = crc32(name.encode()) % len(_PAIRS)
        following = _PAIRS[first:] + _PAIRS[:first]
        found[name] = next((style for style in following if style not in taken), _PAIRS[first])
        taken.add(found[name])
    return {name: MethodStyle(HUES[s.hue], DASHES[s.dash]) for name, s in found.items()}


def series_style(place: int) -> MethodStyle:
    """The style of the nth curve where curves have no style of their own, such as loss terms."""
    return MethodStyle([*HUES.values()][place % 8], [*DASHES.values()][place % 3])


def tint(colour: str, share: float) -> str:
    """A translucent colour, for fills; the dark theme follows it too."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {share})"


def plain(text: str) -> str:
    """Text as plotly shall print it: names come from users, and plotly would follow their tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, letters: int) -> str:
    """The text, cut with an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def layout(uirevision: str) -> dict[str, Any]:
    """The layout that all figures share; zoom and hidden entries last while ``uirevision`` does."""
    return {
        "template": {"data": {"scatter": [{"type": "scatter"}]}},  # plotly's "none"
        "font": {"family": FONT, "size": FONT_SIZE, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": MUTED,
            "font": {"family": FONT, "size": FONT_SIZE, "color": INK},
        },
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "xanchor": "left",
            "font": {"size": FONT_SIZE},
            "tracegroupgap": 2,
            "itemwidth": 36,  # to tell one dash from another
        },
        "margin": {"l": 64, "r": 16, "t": 64, "b": 96, "pad": 2},
        "dragmode": "zoom",
        "uirevision": uirevision,
    }


def columns(*titles: str) -> dict[str, Any]:
    """Part of a layout's ``meta``: headings of the x, y and colour of its traces in a table."""
    return {"columns": [re.sub(r"\W+", "_", title.lower()).strip("_") for title in titles]}


def axis(**more: Any) -> dict[str, Any]:
    """An axis of the shared look."""
    return {
        "gridcolor": GRID,
        "linecolor": MUTED,
        "tickcolor": MUTED,
        "tickfont": {"size": FONT_SIZE},
        "zeroline": False,
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        **more,
    }


def epochs_range(last: int) -> dict[str, Any]:
    """Of an axis over the epochs: whole numbers, however few there are."""
    ticks = {"dtick": 1} if last <= FEW else {"nticks": 7}
    return {"range": [0.5, last + 0.5], "tickformat": "d", **ticks}


def axis_title(text: str) -> dict[str, Any]:
    """The title of an axis, close to it."""
    return {"text": text, "standoff": 8, "font": {"size": FONT_SIZE}}
