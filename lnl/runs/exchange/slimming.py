"""What of a run goes into a slim file: every record, few rows of arrays, nothing to train on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lnl.runs.store.array_rows import Layout, Log, write_row

ROWS = 20  # of arrays, if nobody says how many
_LEFT_OUT = ("probe_features", "test.")  # maps are kept, not what they were made of


def kept_epochs(epochs: Sequence[int], most: int) -> set[int]:
    """At most so many of these epochs, evenly spread, the first and the last among them."""
    places = np.linspace(0, len(epochs) - 1, min(most, len(epochs))).round().astype(int)
    return {epochs[place] for place in places}


def slim(rows: Mapping[str, Any], source: Path, target: Path, most: int) -> dict[str, Any]:
    """Write the thinned arrays of a run into ``target``; the database's rows that go with them.

    ``rows`` as ``exporting`` reads them: of the run, its logs, its records.
    """
    named = [record for record in rows["records"] if record["log"] is not None]
    kept = kept_epochs([record["epoch"] for record in named], most) if named else set()
    logs: list[dict[str, Any]] = []
    moved: dict[int, tuple[int, int]] = {}  # epoch -> log, row
    for row in rows["logs"]:
        of_log = [r["epoch"] for r in named if r["log"] == row["number"]]
        wanted = [epoch for epoch in of_log if epoch in kept]
        if wanted:
            log = Log(
                source / f"arrays-{row['number']}.bin",
                Layout.from_json(row["layout"]),
                tuple(of_log),
            )
            layout = _thinned(log, wanted, target / f"arrays-{len(logs)}.bin")
            moved |= {epoch: (len(logs), place) for place, epoch in enumerate(wanted)}
            new = {"layout": layout.to_json(), "rows": len(wanted), "last_epoch": wanted[-1]}
            logs.append({**row, **new, "number": len(logs)})
    records = []
    for record in rows["records"]:
        number, place = moved.get(record["epoch"], (None, None))
        records.append({**record, "log": number, "row": place})
    return {"run": {**rows["run"], "checkpoint_epoch": None}, "logs": logs, "records": records}


def _thinned(log: Log, epochs: Sequence[int], path: Path) -> Layout:
    columns = tuple(column for column in log.layout.columns if not column[0].startswith(_LEFT_OUT))
    layout = Layout(columns)
    for place, epoch in enumerate(epochs):
        arrays = log.row(epoch)
        write_row(path, layout, place, {name: arrays[name] for name, _, _ in columns})
    return layout
