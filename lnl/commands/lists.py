"""``methods``, ``datasets`` and ``runs``: a line each."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from lnl.commands.output import complain, print_json
from lnl.commands.own_images import progress_bar
from lnl.commands.streams import nobody_need_listen
from lnl.findings.summary import RunSummary
from lnl.runs.store import RunStore


def methods(arguments: Namespace) -> int:
    """One line a method."""
    from lnl import catalogue

    cards = catalogue.methods()
    name, title = (max(len(getattr(c, part)) for c in cards) for part in ("name", "title"))
    for card in cards:
        if arguments.json:
            print_json({**asdict(card), "settings": card.settings["properties"]})
        else:
            head = f"{card.name:<{name}} {card.title:<{title}}"
            print(f"{head} {card.summary} ({card.source})")
    return 0


def datasets(arguments: Namespace) -> int:
    """One line a data set; with ``--download`` fetch one first."""
    from lnl import catalogue

    if arguments.download:
        return _download(arguments)
    cards = catalogue.datasets(arguments.data_dir)
    name, title = (max(len(getattr(c, part)) for c in cards) for part in ("name", "title"))
    for card in cards:
        if arguments.json:
            print_json({**asdict(card), "available": card.available})
        else:
            place = "here" if card.available else "not here"
            images = f"{card.num_train} + {card.num_test} images, {card.num_classes} classes"
            head = f"{card.name:<{name}} {card.title:<{title}}"
            print(f"{head} {images:<42} {place:<9} {card.summary}")
    return 0


@nobody_need_listen()
def _download(arguments: Namespace) -> int:
    from lnl.data import download

    with progress_bar() as progress:
        folder = download(arguments.download, arguments.data_dir, progress)
    if arguments.json:
        print_json({"event": "downloaded", "dataset": arguments.download, "folder": str(folder)})
    else:
        print(f"{arguments.download} is in {folder}")
    return 0


def runs(arguments: Namespace) -> int:
    """One line a run, the newest first."""
    store = RunStore()
    store.sweep()
    for run in store.runs():
        if arguments.json:
            summary = RunSummary.of(run.id, run.data, store.records(run.id))
            print_json({**asdict(summary), **asdict(run), "epochs": run.epochs})
        else:
            test = "" if run.test_accuracy is None else f"test {run.test_accuracy:.3f}"
            epochs, star = f"{run.last_epoch}/{run.epochs}", "*" if run.starred else " "
            tags = f" [{', '.join(run.tags)}]" if run.tags else ""
            print(f"{star} {run.id:<32} {run.status:<11} {epochs:>9}  {test:<10} {run.name}{tags}")
    for problem in store.problems():
        complain(problem, 0)
    return 0
