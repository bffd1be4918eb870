"""Maps of a run's probe features: a place for each sample, one map an epoch, beside its records.

They follow from what the run has kept, so any process may make them, and none trains with them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from lnl.records import DataFacts, FeatureMap
from lnl.runs.store.database import Database, insert
from lnl.runs.store.files import write_arrays

STORED = np.dtype("<f2")
_SAME = """
    COALESCE(
        NULLIF(json_extract(data, '$.images_fingerprint'), ''), json_extract(data, '$.fingerprint')
    ) = ? AND json_extract(data, '$.num_train') = ?
"""


def keep_map(database: Database, run_id: str, found: FeatureMap) -> None:
    """Keep a map in the place of a former one. Raises StoreError if the run is gone for good."""
    with database.writing() as connection:
        insert_maps(connection, run_id, [found])


def insert_maps(connection: sqlite3.Connection, run_id: str, maps: Sequence[FeatureMap]) -> None:
    """Add maps within a transaction."""
    for found in maps:
        places = np.ascontiguousarray(found.places, STORED)
        row = {
            "run_id": run_id,
            "epoch": found.epoch,
            "kind": found.kind,
            "kept": found.kept,
            "reach": float(np.abs(places).max(initial=0.0)),
            "places": places.tobytes(),
        }
        insert(connection, "maps", row, replace=True)


def read_maps(
    database: Database, run_id: str, epochs: Collection[int] | None = None
) -> list[FeatureMap]:
    """The maps of these epochs, or of all, rising."""
    wanted = None if epochs is None else set(epochs)
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT epoch, kind, kept, places FROM maps WHERE run_id = ? ORDER BY epoch", (run_id,)
        ).fetchall()
    return [
        FeatureMap(epoch, kind, np.frombuffer(places, STORED).reshape(-1, 2), kept)
        for epoch, kind, kept, places in rows
        if wanted is None or epoch in wanted
    ]


def read_map(database: Database, run_id: str, epoch: int) -> FeatureMap | None:
    """One map, or None if it was not made yet."""
    with database.reading() as connection:
        row = connection.execute(
            "SELECT kind, kept, places FROM maps WHERE run_id = ? AND epoch = ?", (run_id, epoch)
        ).fetchone()
    if row is None:
        return None
    places = np.frombuffer(row["places"], STORED).reshape(-1, 2)
    return FeatureMap(epoch, row["kind"], places, row["kept"])


def mapped(database: Database, run_id: str) -> dict[int, float]:
    """Epochs with a map, rising, and the largest coordinate of each."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT epoch, reach FROM maps WHERE run_id = ? ORDER BY epoch", (run_id,)
        ).fetchall()
    return {epoch: reach for epoch, reach in rows}


def mapped_on(database: Database, data: DataFacts) -> list[str]:
    """Ids of the runs on these images that have maps of the same samples, the newest first."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT id FROM runs WHERE trashed IS NULL AND id IN (SELECT run_id FROM maps)"
            f" AND CASE WHEN json_valid(data) THEN {_SAME} END ORDER BY created DESC, rowid DESC",
            (data.images, data.num_train),
        ).fetchall()
    return [row[0] for row in rows]


def write_maps(path: Path, maps: Sequence[FeatureMap]) -> None:
    """Maps as one file."""
    kept = [np.nan if found.kept is None else found.kept for found in maps]
    write_arrays(
        path,
        {
            "epochs": np.asarray([found.epoch for found in maps], np.int64),
            "kinds": np.asarray([found.kind for found in maps], np.str_),
            "kept": np.asarray(kept, np.float32),
            "places": np.stack([found.places for found in maps]).astype(STORED),
        },
    )
