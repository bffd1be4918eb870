"""The rows of runs: what each is, where it stands, what is wanted of it and who trains it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Hashable, Sequence
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from lnl.errors import BadInput, StoreError
from lnl.records import DataFacts, Heartbeat, RunInfo, RunSpec, StageSpan, Status, Wanted
from lnl.runs.database import Database, insert
from lnl.runs.owners import Owner, is_alive, process_of
from lnl.runs.run_rows import NO_DATA, default_name, described, new_id, run_info

ALIVE = ("queued", "running", "paused")


class RunTable:
    """All that can be asked and said about runs without looking at their epochs."""

    def __init__(self, folder: Path | str | None = None) -> None:
        self.folder = Path(folder or os.environ.get("LNL_CACHE") or "cache").resolve()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the run store {self.folder} cannot be made: {error}. "
                "Name another folder in LNL_CACHE"
            ) from error
        self.database = Database(self.folder / "runs.sqlite")

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
        self._update(run_id, **described(spec, data, stages, device))

    def run(self, run_id: str) -> RunInfo:
        """One run, also if it is in the trash. Raises BadInput if there is none of that id."""
        with self.database.reading() as connection:
            row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise self._unknown(run_id)
        return run_info(row)

    def runs(self, *, trashed: bool = False) -> list[RunInfo]:
        """All runs, the newest first; damaged ones are left out, see ``problems``."""
        return [run for run in self._rows(trashed) if isinstance(run, RunInfo)]

    def problems(self) -> list[str]:
        """Why runs are missing from ``runs``, a sentence each."""
        return [str(run) for run in self._rows(False) if isinstance(run, StoreError)]

    def _rows(self, trashed: bool) -> list[RunInfo | StoreError]:
        condition = "IS NOT NULL" if trashed else "IS NULL"
        with self.database.reading() as connection:
            rows = connection.execute(
                f"SELECT * FROM runs WHERE trashed {condition} ORDER BY created DESC, rowid DESC"
            ).fetchall()
        found: list[RunInfo | StoreError] = []
        for row in rows:
            try:
                found.append(run_info(row))
            except StoreError as error:
                found.append(error)
        return found

    def version(self, run_ids: Collection[str] | None = None) -> Hashable:
        """Changes whenever anything about these runs (all, if None) does; one small query."""
        marks = "" if run_ids is None else f"AND id IN ({', '.join('?' * len(run_ids))})"
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT id, revision, heartbeat FROM runs"
                f" WHERE trashed IS NULL {marks} ORDER BY id",
                tuple(run_ids or ()),
            ).fetchall()
        return tuple(tuple(row) for row in rows)

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
                f"UPDATE runs SET {names}, revision = revision + 1 WHERE id = ? {condition}",
                (*values.values(), run_id),
            ).rowcount
        return changed > 0

    # --- state ----------------------------------------------------------------------------------

    def set_status(
        self,
        run_id: str,
        status: Status,
        message: str = "",
        *,
        only_from: Collection[Status] = get_args(Status),
    ) -> bool:
        """Move to ``status`` if the run is in one of ``only_from``; says whether it did."""
        values: dict[str, Any] = {"status": status, "message": message}
        if status not in ALIVE:
            values |= {"owner": "", "heartbeat": None}
        return self._update(
            run_id, f"AND status IN ({', '.join(repr(s) for s in only_from)})", **values
        )

    def heartbeat(self, run_id: str, beat: Heartbeat) -> None:
        """Where the run is within its epoch; call it about once a second."""
        with self.database.writing() as connection:
            connection.execute(
                "UPDATE runs SET heartbeat = ? WHERE id = ?", (json.dumps(asdict(beat)), run_id)
            )

    def want(self, run_id: str, wanted: Wanted) -> bool:
        """Wish something of a run that is alive, whoever trains it; False if it is not alive.

        A run that waits is stopped at once, a running one by its owner.
        """
        alive = f"AND status IN {ALIVE}"
        if wanted == "stop" and self._update(
            run_id, "AND status IN ('queued', 'paused')", wanted="stop", status="stopped", owner=""
        ):
            return True
        return self._update(run_id, alive, wanted=wanted)

    def epoch_granted(self, run_id: str) -> None:
        """The one epoch that was wanted has been trained: wait from now on."""
        self._update(run_id, "AND wanted = 'one_epoch'", wanted="pause")

    def wanted(self, run_id: str) -> Wanted:
        """The latest wish."""
        return self.standing(run_id)[1]

    def standing(self, run_id: str) -> tuple[Status, Wanted, str]:
        """Status, wish and owner, in one small query; a purged run counts as stopped."""
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT status, wanted, owner FROM runs WHERE id = ?", (run_id,)
            ).fetchone()
        return tuple(row) if row else ("stopped", "stop", "")

    def rename(self, run_id: str, name: str) -> None:
        """Give it another name. Raises BadInput if the name is empty or over 200 letters."""
        name = " ".join(name.split())
        if not 0 < len(name) <= 200:
            raise BadInput(f"a run's name has 1 to 200 letters, got {len(name)}")
        if not self._update(run_id, name=name):
            raise self._unknown(run_id)

    # --- owners ---------------------------------------------------------------------------------

    def own(self) -> Owner:
        """A new owner; runs named after it count as alive until it is released or dies."""
        return Owner(self.folder / "owners")

    def claim(self, run_id: str, owner: str, wanted: Wanted = "run") -> None:
        """Queue a run that is not alive for ``owner``.

        Raises BadInput if it is done, or if a living owner has it.
        """
        status, _, held = self.standing(run_id)
        if status == "done":
            raise BadInput(f"run {run_id} has finished all its epochs: nothing is left to resume")
        taken = status in ALIVE and is_alive(self.folder / "owners", held)
        if taken or not self._update(
            run_id,
            f"AND owner = '{held}' AND status = '{status}'",
            owner=owner,
            status="queued",
            wanted=wanted,
            message="",
            heartbeat=None,
        ):
            held = self.standing(run_id)[2]
            raise BadInput(f"run {run_id} is being trained by {process_of(held)}: stop it first")

    def sweep(self) -> list[str]:
        """Mark runs left alive by a dead process as interrupted; their ids."""
        with self.database.reading() as connection:
            rows = connection.execute(
                f"SELECT id, owner, last_epoch FROM runs WHERE status IN {ALIVE}"
            ).fetchall()
        living = {owner: is_alive(self.folder / "owners", owner) for owner in {r[1] for r in rows}}
        return [
            run_id
            for run_id, owner, epoch in rows
            if not living[owner]
            and self._update(
                run_id,
                f"AND owner = '{owner}' AND status IN {ALIVE}",
                status="interrupted",
                message=f"{process_of(owner)} ended after epoch {epoch}: resume to go on",
                owner="",
                heartbeat=None,
            )
        ]
