"""The replay at the top of a report: its figures at every epoch, with the truth and without it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from lnl import charts, findings
from lnl.charts import DARK, MapOptions, ProbePoints
from lnl.charts.film import Places, film, map_film, marked_film
from lnl.charts.offline import json_script
from lnl.findings import RunRecords
from lnl.records import RunInfo
from lnl.report import replayed_maps
from lnl.report.sections import Options
from lnl.runs.store import RunStore

BESIDE = 3  # runs of which two figures still stand side by side
MOST = 300  # frames: of longer runs every other epoch, every third, ... as the store keeps them
MOST_POINTS = 400_000  # on all maps, 2 MB; two runs of 60 epochs have 240,000
SCRIPT = Path(__file__).with_name("replay.js").read_text(encoding="utf-8")
STYLE = Path(__file__).with_name("replay.css").read_text(encoding="utf-8")
CONFIDENCE, FITTING, MAP = (
    "Confidence in the given label",
    "Training accuracy against the clean rate",
    "Map of the features",
)
TITLES = (CONFIDENCE, FITTING, MAP)
TRUTH = (
    "<button type='button' class='lnl-truth' title='Show everything as if nobody knew which labels "
    "are wrong'>Hide the truth</button>"
)
HIDDEN = (
    "<p class='lnl-veil' hidden>The rest of the report tells the answer. Reveal the truth to read "
    "it.</p>"
)

Points = list[list[ProbePoints | None]]  # of each run, at each epoch


def replay(store: RunStore, runs: Sequence[RunInfo], options: Options) -> str:
    """The replay as HTML, opened at the epoch of the options; empty below two epochs.

    With the truth, where it is known, the page has a button that hides it, and with it all verdicts
    and estimates, so that one can guess; the file holds it all the same. Without, the file holds
    nothing that follows from it.
    """
    seen = [RunRecords(run, store.records(run.id, histograms=True)) for run in runs]
    epochs = frames(seen)
    if len(epochs) < 2:
        return ""
    content = _content(store, seen, epochs, options)
    until = options.epoch or epochs[-1]
    first = max((n for n, epoch in enumerate(epochs) if epoch <= until), default=0)
    hides = len(content["sides"]) == 2
    shown = [name for name in TITLES if name in content["sides"][-1]["films"]]
    return (
        "<section class='lnl-replay' aria-label='Replay'>"
        f"{json_script(json.dumps(content, separators=(',', ':')))}"
        f"{_controls(len(epochs), first, hides)}"
        f"<div class='lnl-words'></div><div class='lnl-films{' lnl-many' * (len(runs) > BESIDE)}'>"
        f"{''.join(map(_film, shown))}</div>{HIDDEN if hides else ''}</section>"
    )


def frames(runs: Iterable[RunRecords]) -> list[int]:
    """The epochs to replay: all that any run was evaluated at, or 300 of more."""
    known = sorted({record.epoch for run in runs for record in run.records if record.evaluated})
    return replayed_maps.thinned(known, MOST)


def _content(
    store: RunStore, runs: list[RunRecords], epochs: Sequence[int], options: Options
) -> dict[str, Any]:
    """What the script reads; the last of ``sides`` knows no truth, the one before it does."""
    share = MOST_POINTS // len(runs)
    points = [replayed_maps.points(store, run.info.id, epochs, share) for run in runs]
    places, sides = Places(), []
    if options.truth and any(run.info.data.clean_rate is not None for run in runs):
        sides.append(_side(runs, points, epochs, places))
    unseen = [[replayed_maps.blind(found) for found in of_run] for of_run in points]
    judged = options.judged and not sides
    blind = [replace(findings.blind(run), judged=judged) for run in runs]
    sides.append(_side(blind, unseen, epochs, places))
    return {"epochs": epochs, "dark": DARK, "sides": sides, "places": places.tracks()}


def _side(
    runs: list[RunRecords], points: Points, epochs: Sequence[int], places: Places
) -> dict[str, Any]:
    """The films, by their titles, and the words of each epoch."""

    def filmed(draw: Callable[[int], go.Figure]) -> list[go.Figure]:
        return [draw(epoch) for epoch in epochs]

    films = {
        CONFIDENCE: film(filmed(lambda epoch: charts.histograms(runs, epoch=epoch))),
        FITTING: marked_film(charts.fitting_curves(runs, epochs[0]), epochs),
    }
    at_epoch = list(zip(*points, strict=True))
    known = [found for found in at_epoch[-1] if found is not None]
    if known:
        options = MapOptions(charts.colours(known)[0])
        maps = [charts.feature_maps(runs, list(found), options) for found in at_epoch]
        films[MAP] = map_film(maps, places)
    return {"films": films, "words": [_words(runs, epoch) for epoch in epochs]}


def _words(runs: Sequence[RunRecords], epoch: int) -> list[tuple[str, str, str]]:
    """Of each run its name, the verdict, and the numbers behind it."""
    told = ((run.info.name, findings.verdict(run, epoch)) for run in runs)
    return [(name, verdict.headline, verdict.numbers) for name, verdict in told]


def _controls(count: int, first: int, hides: bool) -> str:
    speeds = "".join(
        f"<option value='{speed}'{' selected' * (speed == 2)}>{speed} / s</option>"
        for speed in (0.5, 1, 2, 4)
    )
    return (
        "<div class='lnl-bar'><button type='button' class='lnl-play'>Play</button>"
        "<label class='lnl-slide'><span>Epoch <output></output></span>"
        f"<input type='range' aria-label='Epoch' min='0' max='{count - 1}' value='{first}'></label>"
        "<select class='lnl-speed' aria-label='Speed' title='Epochs per second while playing'>"
        f"{speeds}</select>{TRUTH if hides else ''}</div>"
    )


def _film(title: str) -> str:
    name = html.escape(title)
    return (
        f"<div class='lnl-film' data-film='{name}'><h2>{name}</h2>"
        "<div class='lnl-plot' role='img'></div></div>"
    )
