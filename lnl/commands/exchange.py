"""``export``, ``import``, ``report``, ``suspects``: what leaves and enters the store as files."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from itertools import islice

from lnl.commands.output import print_json
from lnl.errors import BadInput
from lnl.runs.store import RunStore

SHOWN_SUSPECTS = 20


def export(arguments: Namespace) -> int:
    """Write a run to a file."""
    from lnl.runs.exchange.exporting import export_run, export_slim

    if arguments.slim:
        export_slim(RunStore(), arguments.run, arguments.file)
    else:
        with_checkpoints = not arguments.without_checkpoints
        export_run(RunStore(), arguments.run, arguments.file, checkpoints=with_checkpoints)
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

    if arguments.file.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"the last argument is the file to write, *.html; got {arguments.file}")
    options = Options(epoch=arguments.epoch, seeds=arguments.seeds)
    text = report(RunStore(), arguments.runs, command, options)
    arguments.file.write_text(text, encoding="utf-8")
    told = {"runs": arguments.runs, "file": str(arguments.file), "bytes": len(text.encode())}
    if arguments.json:
        print_json({"event": "reported", **told})
    else:
        print(f"{arguments.file} shows {', '.join(arguments.runs)}")
    return 0


def suspects(arguments: Namespace) -> int:
    """Rank a run's samples by how likely their label is wrong."""
    from lnl.samples.suspects import suspects, write_csv

    ranked = suspects(RunStore(), arguments.run, arguments.epoch)
    if arguments.csv:
        count = write_csv(ranked, arguments.csv)
        if arguments.json:
            print_json({"event": "written", "file": str(arguments.csv), "samples": count})
        else:
            print(f"{count} samples are in {arguments.csv}, the most suspicious first")
        return 0
    for suspect in ranked if arguments.json else islice(ranked, SHOWN_SUSPECTS):
        if arguments.json:
            print_json(asdict(suspect))
        else:
            says = f"given {suspect.given_class}, predicted {suspect.predicted_class}"
            print(
                f"{suspect.rank:>4}. sample {suspect.index:<7} {says}, "
                f"clean score {suspect.clean_score:.3f}"
            )
    return 0
