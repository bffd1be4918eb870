"""``images``: the dry run of own images, and their import; what ``train`` does with a path."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from tqdm import tqdm

from lnl.commands.output import print_json
from lnl.commands.streams import nobody_need_listen
from lnl.errors import BadInput
from lnl.paths import path_in

if TYPE_CHECKING:
    from lnl.data.own.listing import Reading
    from lnl.data.own.survey import Survey
    from lnl.data.source import Progress
    from lnl.records import RunSpec

SHOWN = 8  # skipped files, and classes of many
USES = ("file", "label", "true", "split")


@nobody_need_listen()
def images(arguments: Namespace) -> int:
    """Say what an import of a folder, zip or table would take; with ``--import`` do it."""
    from lnl.data.own.finding import find_images
    from lnl.data.own.preparing import prepare_images
    from lnl.data.own.survey import survey
    from lnl.data.sources import is_read_at_once
    from lnl.paths import cache_of_own

    path = path_in(arguments.path)
    if is_read_at_once(path):
        return _arrays(path, arguments)
    tree, listing = find_images(path, reading_of(arguments))
    with progress_bar() as progress:
        found = survey(tree, listing, cache_of_own(), progress)
        assert found is not None  # nobody can stop it
    tell(found, arguments.json)
    if not arguments.take:
        return 0
    with progress_bar() as progress:
        name = prepare_images(tree, found, cache_of_own(), progress)
    if arguments.json:
        print_json({"event": "imported", "dataset": name})
    else:
        print(f"imported as {name}: python -m lnl train --dataset {name}")
    return 0


def _arrays(path: Path, arguments: Namespace) -> int:
    """An .npz, which is used as it is: there is nothing to import."""
    from lnl.data.own.of_arrays import survey_arrays

    with progress_bar() as progress:
        found = survey_arrays(path, progress)
    assert found is not None  # nobody can stop it
    tell(found, arguments.json)
    if arguments.take and arguments.json:
        print_json({"event": "imported", "dataset": str(path)})
    elif arguments.take:
        print(f"nothing is to be imported: python -m lnl train --dataset {quote(str(path))}")
    return 0


def imported(spec: RunSpec) -> RunSpec:
    """The run on images that are in the cache: those at a path are imported first, unless they are.

    A named set whose images are to be decoded is prepared. Raises BadInput.
    """
    from lnl.data.own.finding import is_place
    from lnl.data.source import is_registered
    from lnl.data.sources import is_named, is_read_at_once

    if is_registered(spec.dataset):
        _prepare(spec)
    path = Path(spec.dataset).expanduser()
    if is_named(spec.dataset) or is_read_at_once(path) or not is_place(path):
        return spec
    from lnl.data.own import told
    from lnl.data.own.own_source import source_at

    def say(found: Survey) -> None:
        tqdm.write(f"{spec.dataset}: {told.headline(found)}", file=sys.stderr)

    with progress_bar() as progress:
        source = source_at(Path(spec.dataset), progress=progress, surveyed=say)
    return replace(spec, dataset=source.name)


def _prepare(spec: RunSpec) -> None:
    """Prepare a named set unless it is, once the rest of the run is known to be right."""
    from lnl.data import prepare
    from lnl.training.resolve import resolve

    resolve(spec)
    with progress_bar() as progress:
        noted = prepare(spec.dataset, spec.data_dir, progress)
    for line in noted:
        tqdm.write(f"{spec.dataset}: {line}", file=sys.stderr)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar on stderr, if that is a terminal."""
    quiet = not sys.stderr.isatty()
    with tqdm(total=1.0, disable=quiet, bar_format="{l_bar}{bar}| {desc}") as bar:

        def progress(share: float, what: str) -> None:
            bar.set_description_str(what, refresh=False)
            bar.update(share - bar.n)

        yield progress


def reading_of(arguments: Namespace) -> Reading:
    """How to read them. Raises BadInput for a use of a column that is none."""
    from lnl.data.own.listing import Reading

    columns = {}
    for pair in arguments.columns:
        use, equals, name = pair.partition("=")
        if use not in USES or not equals:
            raise BadInput(
                f"--columns takes USE=NAME with a use of {', '.join(USES)}; got {pair!r}"
            )
        columns[f"{use}_column"] = name
    return Reading(
        table=arguments.table,
        side=arguments.side,
        hold_out=arguments.hold_out,
        seed=arguments.seed,
        **columns,
    )


def tell(found: Survey, as_json: bool) -> None:
    """All that a dry run found."""
    from lnl.data.own import told

    if as_json:
        print_json(
            {
                "event": "survey",
                "title": found.listing.title,
                "take": found.taken,
                "skip": len(found.skipped),
                "classes": found.counts,
                "image_shape": found.image_shape,
                "sizes": {f"{w}x{h}": count for (w, h), count in found.sizes.items()},
                "kinds": found.kinds,
                "skipped": {one.path: one.why for one in found.skipped},
                "copies": [
                    {"paths": each.paths, "labels": each.labels, "near": each.near}
                    for each in found.copies
                ],
                "disk": found.disk,
                "seconds": round(found.seconds, 1),
                "notes": found.listing.notes,
            }
        )
        return
    print(f"{found.listing.title}: {told.headline(found)}")
    for line in told.facts(found):
        print(f"  {line}")
    for line in told.warnings(found):
        print(f"  note: {line}")
    print("  classes, training + test images:")
    classes = sorted(found.counts.items(), key=lambda item: -item[1]["train"])
    for name, parts in classes[:SHOWN]:
        print(f"    {name:<24} {parts['train']:>7,} + {parts['test']:,}")
    if len(classes) > SHOWN:
        print(f"    and {len(classes) - SHOWN:,} more")
    for one in found.skipped[:SHOWN]:
        print(f"  skip {one.path}: {one.why}")
    if len(found.skipped) > SHOWN:
        print(f"  and {len(found.skipped) - SHOWN:,} more (--json lists all)")
