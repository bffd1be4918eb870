"""The rows of runs: what each is, and what people say of it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lnl.errors import BadInput, StoreError
from lnl.paths import cache_folder
from lnl.records import DataFacts, RunInfo, RunSpec, StageSpan
from lnl.runs.store import search_columns
from lnl.runs.store.database import Database, insert
from lnl.runs.store.notes import named, noted, tagged
from lnl.runs.store.run_log import RunLog
from lnl.runs.store.run_rows import NO_DATA, default_name, described, new_id, readable, run_info
from lnl.unwritable import may_write


def _identity(spec: RunSpec) -> str:
    return json.dumps(asdict(replace(spec, data_dir=None)), sort_keys=True)


class RunTable:
    """Runs by what they are: made, listed, named."""

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder).expanduser().resolve() if folder else cache_folder()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the run store {self.folder} cannot be made: {error}. "
                "Name another folder in LNL_CACHE"
            ) from error
        self.database = Database(self.folder / "runs.sqlite")

    @property
    def scratch(self) -> Path | None:
        """Where to prepare a file: here, or (None) in the system's folder for such files."""
        return self.folder if may_write(self.folder) else None

    def close(self) -> None:
        """Close the database; the store must not be used any more."""
        self.database.close()

    # --- making and reading ---------------------------------------------------------------------

    def create(
        self,
        spec: RunSpec,
        data: DataFacts | None = None,
        stages: Sequence[StageSpan] = (),
        device: str = "",
        *,
        name: str = "",
        group: str = "",
        owner: str = "",
    ) -> RunInfo:
        """A new run, queued. What is not known before its data are loaded: see ``describe``."""
        run_id = new_id(spec)
        row = {
            "id": run_id,
            "name": name or default_name(spec),
            "status": "queued",
            "created": time.time(),
            "group_id": group or run_id,
            "owner": owner,
            **described(spec, data or NO_DATA, stages, device),
        }
        with self.database.writing() as connection:
            insert(connection, "runs", row)
            search_columns.refresh(connection, run_id)
        return self.run(run_id)

    def describe(
        self,
        run_id: str,
        spec: RunSpec,
        data: DataFacts,
        stages: Sequence[StageSpan],
        device: str,
    ) -> None:
        """What became known when it was prepared: the resolved spec, its data, its schedule."""
        if self._update(run_id, **described(spec, data, stages, device)):
            told = f"{data.title}, {data.num_train:,} samples, {stages[-1].last} epochs on {device}"
            self.log(run_id).say(f"prepared: {told}; {spec.to_json()}")

    def move_data(self, run_id: str, spec: RunSpec) -> None:
        """The run's data lie where this spec, else the same, says."""
        self._update(run_id, spec=described(spec, NO_DATA, (), "")["spec"])

    def log(self, run_id: str) -> RunLog:
        """What happened to a run, in words."""
        return RunLog(self.folder / "runs" / run_id / "log.txt")

    def run(self, run_id: str) -> RunInfo:
        """One run, also if it is in the trash. Raises BadInput if there is none of that id."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise self._unknown(run_id)
        return run_info(row)

    def runs(self, *, trashed: bool = False) -> list[RunInfo]:
        """All runs, the newest first; damaged ones are left out, see ``problems``.

        Pages must not read all: they ask for what they show.
        """
        return readable(self._rows(trashed))[0]

    def of_specs(self, specs: Sequence[RunSpec]) -> list[str | None]:
        """For each resolved spec the newest run that trained, or trains, exactly this.

        Where its data lie does not count. One query: only runs that can be meant are read whole.
        """
        named = ("dataset", "noise", "noise_seed", "method", "seed", "epochs")
        asked = {name: sorted({getattr(spec, name) for spec in specs}) for name in named}
        marks = " AND ".join(
            f"json_extract(spec, '$.{name}') IN ({', '.join('?' * len(values))})"
            for name, values in asked.items()
        )
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT * FROM runs WHERE trashed IS NULL AND status IN ('done', 'running',"
                f" 'paused') AND {marks} ORDER BY created, rowid",
                [value for values in asked.values() for value in values],
            ).fetchall()
        newest: dict[str, str] = {}
        for row in rows:
            with suppress(StoreError):
                run = run_info(row)
                newest |= {} if run.unknown else {_identity(run.spec): run.id}
        return [newest.get(_identity(spec)) for spec in specs]

    def problems(self) -> list[str]:
        """Why runs are missing from ``runs``, a sentence each."""
        return readable(self._rows(False))[1]

    def _rows(self, trashed: bool) -> list[sqlite3.Row]:
        where = f"trashed IS {'NOT NULL' if trashed else 'NULL'}"
        with self.database.reading() as connection:
            return connection.execute(
                f"SELECT * FROM runs WHERE {where} ORDER BY created DESC, rowid DESC"
            ).fetchall()

    def _unknown(self, run_id: str) -> BadInput:
        with self.database.reading() as connection:
            known = [row[0] for row in connection.execute("SELECT id FROM runs")]
        near = get_close_matches(run_id, known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        return BadInput(
            f"unknown run {run_id!r}.{hint} `python -m lnl runs` lists all {len(known)}"
        )

    def _update(self, run_id: str, condition: str = "", /, **values: Any) -> bool:
        names = ", ".join(f"{name} = ?" for name in values)
        with self.database.writing() as connection:
            changed = connection.execute(
                f"UPDATE runs SET {names} WHERE id = ? {condition}",
                (*values.values(), run_id),
            ).rowcount
            if changed and search_columns.SOURCES & values.keys():
                search_columns.refresh(connection, run_id)
        if changed and "status" in values:
            told = (values["status"], values.get("message"))
            self.log(run_id).say(": ".join(filter(None, told)))
        return changed > 0

    # --- what people say ------------------------------------------------------------------------

    def rename(self, run_id: str, name: str) -> None:
        """Give it another name. Raises BadInput if the name is empty or over 200 letters."""
        self._say(run_id, name=named(name))

    def annotate(self, run_id: str, note: str, tags: Iterable[str]) -> None:
        """Replace its note and tags. Raises BadInput if they are too long or too many."""
        self._say(run_id, note=noted(note), tags=json.dumps(tagged(tags), ensure_ascii=False))

    def retag(self, run_ids: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> None:
        """Give tags to runs and take others away; if one refuses them, none is changed.

        Raises BadInput as ``annotate`` does.
        """
        added, removed = set(tagged(add)), set(tagged(remove))
        runs = [self.run(run_id) for run_id in run_ids]
        new = {run.id: tagged({*run.tags, *added} - removed) for run in runs}
        for run_id, tags in new.items():
            self._say(run_id, tags=json.dumps(tags, ensure_ascii=False))

    def star(self, run_id: str, starred: bool = True) -> None:
        """Mark it as one to come back to, or take the mark away."""
        self._say(run_id, starred=int(starred))

    def _say(self, run_id: str, **values: Any) -> None:
        if not self._update(run_id, **values):
            raise self._unknown(run_id)
