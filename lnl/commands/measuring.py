"""``bench`` and ``reproduce``: speed as ratios, and published cells with ours beside them."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from lnl.commands.report import print_json


def bench(arguments: Namespace) -> int:
    """One line a case."""
    from lnl.bench import cases, measure

    for case in cases(arguments.data_dir, arguments.device, arguments.threads):
        row = measure(case, arguments.rounds).row()
        if arguments.json:
            print_json(row)
            continue
        print(f"{row['case']}, {row['rounds']} rounds")
        for part in ("training", "epoch"):
            speed = f"{row[f'{part}_seconds']} s, {row[f'{part}_images_per_second']} images/s"
            print(f"  {part:<9} {row[f'{part}_ratio']} ({row[f'{part}_range']}) of bare; {speed}")
    return 0


def reproduce(arguments: Namespace) -> int:
    """One line a cell; the table is kept in benchmarks/reproduction.csv."""
    from lnl.reproduce import Choice, reproduce

    given = vars(arguments)
    choice = Choice(**{name: _frozen(given[name]) for name in Choice.__dataclass_fields__})
    for result in reproduce(choice):
        if arguments.json:
            print_json(asdict(result))
            continue
        cell = f"{result.paper} {result.table} {result.dataset} {result.noise} {result.rate}"
        values = f"published {result.published}, ours {result.ours}"
        print(f"{cell} {result.method} {result.metric}: {values} ({result.schedule})", flush=True)
    return 0


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
