"""The look of every figure: colours with a second cue each, fonts, and the dark counterpart.

Figures are built in the light palette. ``DARK`` maps each of its colours to the dark one, so that a
viewer (the app's chart component, a report) changes theme by replacing colours, without a rebuild.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from zlib import crc32

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


_COLOURS = tuple(list(DARK)[-8:])
_DENSE = "14px,4px"  # a line with nicks
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", _DENSE)
_INDIGO, _GREEN, _WINE, _BROWN, _TEAL, _OLIVE, _RED, _GREY = _COLOURS

# Parts of one paper have hues near its own and other dashes: their losses coincide in places, where
# the lower shows around the upper by its colour. Methods that are mostly compared differ in both.
_METHODS = {
    "ce": MethodStyle(_INDIGO, "solid"),
    "nlnl": MethodStyle(_GREEN, "solid"),
    "selnlpl": MethodStyle(_GREEN, "dash"),
    "nl": MethodStyle(_TEAL, "dot"),
    "selnl": MethodStyle(_GREEN, "dashdot"),
    "selpl": MethodStyle(_OLIVE, "longdash"),
    "ml": MethodStyle(_RED, "solid"),
    "pm": MethodStyle(_BROWN, "dash"),
    "pmnar": MethodStyle(_BROWN, "dot"),
    "ce-ar": MethodStyle(_WINE, "solid"),
    "pm-ar": MethodStyle(_RED, "longdash"),
    "rfl": MethodStyle(_WINE, "dashdot"),
    "sed": MethodStyle(_TEAL, "longdash"),
    "act": MethodStyle(_OLIVE, "longdashdot"),
    "fine": MethodStyle(_RED, _DENSE),
    "afmu": MethodStyle(_WINE, "dash"),
    "nsnl": MethodStyle(_RED, "dot"),
    "gmm": MethodStyle(_GREY, "dash"),
}


def method_style(name: str) -> MethodStyle:
    """The style of a method: fixed for known names, found from the name's letters for others."""
    if name in _METHODS:
        return _METHODS[name]
    pairs = [MethodStyle(colour, dash) for dash in _DASHES for colour in _COLOURS]
    free = [style for style in pairs if style not in _METHODS.values()]
    return free[crc32(name.encode()) % len(free)]


def series_style(place: int) -> MethodStyle:
    """The style of the nth curve where curves have no style of their own, such as loss terms."""
    return MethodStyle(_COLOURS[place % 8], _DASHES[place % 3])


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
