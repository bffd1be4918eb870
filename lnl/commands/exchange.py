"""``export``, ``import``, ``report``, ``suspects``: what leaves and enters the store as files."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from lnl.commands.files import check_new, new_file, write_new
from lnl.commands.output import note, print_json
from lnl.errors import BadInput
from lnl.findings import labels_wrong
from lnl.runs.store import RunStore
from lnl.runs.store.run_rows import noise_words

SHOWN_SUSPECTS = 20


def export(arguments: Namespace) -> int:
    """Write a run to a file."""
    from lnl.runs.exchange.exporting import export_run, export_slim

    with new_file(arguments.file, arguments.force) as file:
        if arguments.slim:
            export_slim(RunStore(), arguments.run, file)
        else:
            with_checkpoints = not arguments.without_checkpoints
            export_run(RunStore(), arguments.run, file, checkpoints=with_checkpoints)
    size = arguments.file.stat().st_size
    if arguments.json:
        told = {"run": arguments.run, "file": str(arguments.file), "bytes": size}
        print_json({"event": "exported", **told})
    else:
        print(f"{arguments.run} is in {arguments.file}, {size / 1e6:.1f} MB")
    return 0


def import_run(arguments: Namespace) -> int:
    """Add an exported run to the store, or all of a bundle."""
    from lnl.runs.exchange.bundles import import_runs

    store = RunStore()
    for run in store.found(import_runs(store, arguments.file)):
        if arguments.json:
            print_json({"event": "imported", "run": run.id, "message": run.message})
        else:
            print(f"{arguments.file} is now run {run.id}", *filter(None, [run.message]), sep=": ")
    return 0


def report(arguments: Namespace) -> int:
    """Write runs side by side to one HTML page."""
    try:
        from lnl.report import Options, report
    except ModuleNotFoundError as error:
        raise BadInput(
            f"a report needs {error.name}: pip install 'lnl-explorer[app]', or `make app`"
        ) from error
    from lnl.commands.run_as_command import command

    file, runs = _page_and_runs(arguments.words)
    check_new(file, arguments.force)
    store = RunStore()
    if arguments.epoch is not None:
        _check_epoch(store, runs, arguments.epoch)
    text = report(store, runs, command, Options(epoch=arguments.epoch, seeds=arguments.seeds))
    write_new(file, text, arguments.force)
    told = {"runs": runs, "file": str(file), "bytes": len(text.encode())}
    if arguments.json:
        print_json({"event": "reported", **told})
    else:
        print(f"{file} shows {', '.join(runs)}")
    return 0


def _page_and_runs(words: Sequence[str]) -> tuple[Path, list[str]]:
    pages = [word for word in words if Path(word).suffix.lower() in (".html", ".htm")]
    if len(pages) != 1:
        raise BadInput(f"a report needs runs and one file to write, *.html; got {' '.join(words)}")
    return Path(pages[0]), [word for word in words if word != pages[0]]


def _check_epoch(store: RunStore, runs: Sequence[str], epoch: int) -> None:
    for run_id in runs:
        if not store.record(run_id, epoch).evaluated:
            raise BadInput(f"run {run_id} was not evaluated at epoch {epoch}: name another one")


def suspects(arguments: Namespace) -> int:
    """Rank a run's samples by how likely their label is wrong."""
    from lnl.samples.suspects import csv_text, doubts, suspects

    if arguments.csv:
        check_new(arguments.csv, arguments.force)
    store = RunStore()
    ranked = suspects(store, arguments.run, arguments.epoch)
    for doubt in doubts(store, arguments.run, arguments.epoch):
        note(doubt)
    run = store.run(arguments.run)
    if run.data.noise_is_added:
        note(
            f"{labels_wrong(run.data)} ({noise_words(run.spec)}) are among the suspects; to search "
            "the file's own labels alone, train with --noise none"
        )
    if arguments.csv:
        every = list(ranked)
        write_new(arguments.csv, csv_text(every), arguments.force)
        if arguments.json:
            print_json({"event": "written", "file": str(arguments.csv), "samples": len(every)})
        else:
            print(f"{len(every)} samples are in {arguments.csv}, the most suspicious first")
        return 0
    for suspect in ranked if arguments.json else islice(ranked, SHOWN_SUSPECTS):
        if arguments.json:
            print_json(asdict(suspect))
        else:
            says = f"given {suspect.given_class}, predicted {suspect.predicted_class}"
            place = f" (row {suspect.row})" if suspect.row != suspect.index else ""
            place = f" ({suspect.file})" if suspect.file else place
            print(
                f"{suspect.rank:>4}. sample {f'{suspect.index}{place}':<7} {says}, "
                f"clean score {suspect.clean_score:.3f}"
            )
    return 0
