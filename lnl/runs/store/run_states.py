"""Where runs stand, what is wanted of them, and who trains them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from typing import Any, get_args

from lnl.errors import BadInput
from lnl.records import Heartbeat, Status, Wanted
from lnl.runs.store.owners import Owner, is_alive, process_of
from lnl.runs.store.run_queries import ALIVE, RunQueries
from lnl.runs.store.run_rows import why_not_trained_here


class RunStates(RunQueries):
    """All that can be asked and said about runs without looking at their epochs."""

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

    # --- owners ---------------------------------------------------------------------------------

    def own(self) -> Owner:
        """A new owner; runs named after it count as alive until it is released or dies."""
        return Owner(self.folder / "owners")

    def claim(self, run_id: str, owner: str, wanted: Wanted = "run") -> None:
        """Queue a run that is not alive for ``owner``.

        Raises BadInput if it is done, if a living owner has it, or if a newer version made it.
        """
        refused = why_not_trained_here(self.run(run_id))
        if refused:
            raise BadInput(refused)
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
