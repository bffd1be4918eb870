"""Where runs stand, what is wanted of them, and who trains them."""

from __future__ import annotations

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, get_args

from lnl.errors import BadInput, Unwritable
from lnl.records import Heartbeat, Status, Wanted
from lnl.runs.store.owners import Owner, is_alive, process_of
from lnl.runs.store.run_queries import ALIVE, RunQueries
from lnl.runs.store.run_rows import why_not_trained_here
from lnl.unwritable import told_if_unwritable


@dataclass(frozen=True)
class Unclaimed:
    """What a claim changes of a run, as it is before."""

    status: Status
    message: str
    wanted: Wanted
    owner: str


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
        """A new owner; runs named after it count as alive until it is released or dies.

        Raises Unwritable.
        """
        with told_if_unwritable(self.folder):
            return Owner(self.folder / "owners")

    def claimable(self, run_id: str) -> Unclaimed:
        """How a run stands that may be claimed.

        Raises BadInput if it is done, if a living owner has it, or if a newer version made it.
        """
        run = self.run(run_id)
        refused = why_not_trained_here(run)
        if refused:
            raise BadInput(refused)
        status, wanted, owner = self.standing(run_id)
        if status == "done":
            raise BadInput(f"run {run_id} has finished all its epochs: nothing is left to resume")
        if status in ALIVE and is_alive(self.folder / "owners", owner):
            raise self._taken(run_id)
        return Unclaimed(status, run.message, wanted, owner)

    def claim(self, run_id: str, owner: str, wanted: Wanted = "run") -> Unclaimed:
        """Queue a run that is not alive for ``owner``; how it stood until then.

        Raises BadInput as ``claimable`` does.
        """
        before = self.claimable(run_id)
        if not self._update(
            run_id,
            f"AND owner = '{before.owner}' AND status = '{before.status}'",
            owner=owner,
            status="queued",
            wanted=wanted,
            message="",
            heartbeat=None,
        ):
            raise self._taken(run_id)
        return before

    def unclaim(self, run_id: str, owner: str, before: Unclaimed) -> None:
        """Undo a claim: nothing came of it."""
        self._update(run_id, f"AND owner = '{owner}'", **asdict(before), heartbeat=None)

    def _taken(self, run_id: str) -> BadInput:
        by = process_of(self.standing(run_id)[2])
        return BadInput(f"run {run_id} is being trained by {by}: stop it first")

    def sweep(self) -> list[str]:
        """Mark runs left alive by a dead process as interrupted; their ids.

        None in a store that cannot be written: they stay as they are.
        """
        with suppress(Unwritable):
            return self._swept()
        return []

    def _swept(self) -> list[str]:
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
