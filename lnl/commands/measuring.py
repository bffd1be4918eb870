"""``bench`` and ``reproduce``: speed as ratios, and published cells with ours beside them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from lnl.commands.files import check_table
from lnl.commands.output import print_json
from lnl.commands.streams import nobody_need_listen
from lnl.errors import BadInput
from lnl.evidence import csv_tables, measured_costs, measured_reproductions, paper_tables
from lnl.evidence.paper_tables import Column, Part
from lnl.evidence.rank_agreement import Agreement, agreements
from lnl.records import RunSpec

if TYPE_CHECKING:
    from lnl.measuring.measure_reproductions import Choice


@nobody_need_listen()
def bench(arguments: Namespace) -> int:
    """One line a case of the engine; with ``--methods`` one line a method, kept in a table."""
    if arguments.rounds < 1:
        raise BadInput(f"rounds must be at least 1, got {arguments.rounds}")
    if arguments.methods is not None:
        return _costs(arguments)
    from lnl.measuring.speed import cases, measure

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


def _costs(arguments: Namespace) -> int:
    table = csv_tables.table_to_write(arguments.csv, measured_costs.TABLE)
    from lnl.measuring.measure_costs import measure
    from lnl.methods.registry import all_methods, registered

    if table != measured_costs.TABLE:
        check_table(table, measured_costs.Cost)
    base = RunSpec(
        dataset=arguments.dataset,
        network=arguments.network,
        limit=arguments.limit,
        device=arguments.device,
        threads=arguments.threads,
        data_dir=arguments.data_dir,
    )
    names = [registered(name).name for name in arguments.methods]
    for name in names or [entry.name for entry in all_methods()]:
        cost = measure(replace(base, method=name), arguments.rounds)
        measured_costs.keep([cost], table)
        if arguments.json:
            print_json(asdict(cost))
            continue
        of = f" (over {cost.base})" if cost.base else ""
        memory = "" if cost.memory_mb is None else f", {cost.memory_mb:.0f} MB"
        spread = f"{cost.epoch_low:.2f}-{cost.epoch_high:.2f}"
        words = f"epoch {cost.epoch:.2f} ({spread}), training passes {cost.training:.2f}"
        print(f"{name}{of}: {words} of CE{memory}", flush=True)
    return 0


@nobody_need_listen()
def reproduce(arguments: Namespace) -> int:
    """One line a cell, each kept in a table; then how alike the methods are ordered by column."""
    table = csv_tables.table_to_write(arguments.csv, measured_reproductions.TABLE)
    if table != measured_reproductions.TABLE:
        check_table(table, measured_reproductions.Result)
    from lnl.measuring.measure_reproductions import Choice, reproduce

    given = vars(arguments)
    choice = Choice(**{name: _frozen(given[name]) for name in Choice.__dataclass_fields__})
    for result in reproduce(choice, table):
        if arguments.json:
            print_json(asdict(result))
            continue
        cell = f"{result.paper} {result.table} {result.dataset} {result.noise} {result.rate}"
        ours = "–" if result.ours is None else result.ours
        values = f"published {result.published}, ours {ours}"
        print(f"{cell} {result.method} {result.metric}: {values} ({result.schedule})", flush=True)
    for name, part in _parts_with(choice):
        for column, found in agreements(part, measured_reproductions.read(table)).items():
            _tell_agreement(name, part, column, found, arguments.json)
    return 0


def _parts_with(choice: Choice) -> Iterator[tuple[str, Part]]:
    for name in paper_tables.names():
        for part in paper_tables.parts(name):
            if any(choice.admits(cell) for line in part.lines for cell in line.cells.values()):
                yield name, part


def _tell_agreement(name: str, part: Part, column: Column, found: Agreement, as_json: bool) -> None:
    noise, rate = column
    if as_json:
        at = {"dataset": part.dataset, "network": part.network, "noise": noise, "rate": rate}
        print_json({"table": name, **at, "metric": part.metric, **asdict(found)})
        return
    value = "undefined" if found.correlation is None else f"{found.correlation:.2f}"
    print(
        f"{name}, {part.dataset}, {part.network}, {noise} {rate}, {part.metric}: "
        f"rank correlation {value} over {found.methods} methods ({found.schedule})"
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
