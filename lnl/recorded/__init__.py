"""The comparison that ships with the app: real runs of ours, so that no first screen is empty.

``python -m lnl.recorded`` trains and exports them again.
"""

from __future__ import annotations

from pathlib import Path

from lnl.records import RunInfo
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore

FOLDER = Path(__file__).parent
GROUP = "recorded"
_MARK = "recorded.given"  # in the store's folder: what was deleted must not come back


def is_recorded(run: RunInfo) -> bool:
    """Whether the run came with the app."""
    return run.group == GROUP


def give(store: RunStore) -> list[str]:
    """Add the recorded runs to a store that never held any run; their ids. At most once a store."""
    if not store.is_empty() or not withhold(store):
        return []
    ids = [import_run(store, path) for path in sorted(FOLDER.glob("*.zip"))]
    with store.database.writing() as connection:
        for run_id in ids:
            connection.execute("UPDATE runs SET group_id = ? WHERE id = ?", (GROUP, run_id))
    return ids


def withhold(store: RunStore) -> bool:
    """From now on the store gets no recorded runs; False if that was so, or it takes nothing."""
    try:
        (store.folder / _MARK).touch(exist_ok=False)
    except OSError:
        return False
    return True
