"""What the store takes on the disk, and what of it can go without losing any result."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from lnl.errors import BadInput
from lnl.paths import cache_of_features, cache_of_named, cache_of_own
from lnl.runs.store import RunStore
from lnl.runs.store.run_queries import ENDED
from lnl.unwritable import told_if_unwritable

Remade = Literal["features", "sets"]  # made again when a run needs them


@dataclass(frozen=True)
class RunSize:
    """Bytes of one run's files."""

    checkpoints: int = 0
    rest: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.checkpoints + self.rest


@dataclass(frozen=True)
class DiskUse:
    """Bytes of the whole store, and of the images and features beside it."""

    folder: str
    runs: dict[str, RunSize] = field(default_factory=dict)  # by id, deleted ones too
    database: int = 0  # records and histograms of all runs
    data: int = 0  # labels and images, uploaded files
    own: int = 0  # a user's own images, prepared
    remade: dict[Remade, int] = field(default_factory=dict)
    free: int = 0  # on that disk

    @property
    def total(self) -> int:
        """All that is counted here."""
        runs = sum(size.total for size in self.runs.values())
        return runs + self.database + self.data + self.own + sum(self.remade.values())

    def of(self, run_id: str) -> RunSize:
        """One run; zero before its first file."""
        return self.runs.get(run_id, RunSize())


@dataclass(frozen=True)
class CleanUp:
    """What could go: bytes by run."""

    checkpoints: dict[str, int]  # of finished runs
    deleted: dict[str, int]  # runs in the trash

    @property
    def checkpoint_bytes(self) -> int:
        """What removing the checkpoints frees."""
        return sum(self.checkpoints.values())

    @property
    def deleted_bytes(self) -> int:
        """What emptying the trash frees, files alone."""
        return sum(self.deleted.values())


def disk_use(store: RunStore) -> DiskUse:
    """Look at every file once; milliseconds for hundreds of runs."""
    runs = store.folder / "runs"
    sizes = {path.name: _run_size(path) for path in runs.iterdir()} if runs.exists() else {}
    database = sum(size for _, size in _files(store.folder, "runs.sqlite"))
    data = sum(size for _, size in _files(store.folder / "data"))
    for part in ("images", "test"):
        data += sum(size for _, size in _files(store.folder / "data" / part))
    for folder in (store.folder / "uploads").glob("*"):
        data += sum(size for _, size in _files(folder))
    own = _below(cache_of_own())
    remade = {kind: _below(folder) for kind, folder in _remade().items()}
    free = shutil.disk_usage(store.folder).free
    return DiskUse(str(store.folder), sizes, database, data, own, remade, free)


def _remade() -> dict[Remade, Path]:
    return {"features": cache_of_features(), "sets": cache_of_named()}


def _below(folder: Path) -> int:
    return sum(size for place, _, _ in os.walk(folder) for _, size in _files(Path(place)))


def run_size(store: RunStore, run_id: str) -> RunSize:
    """What one run takes."""
    return _run_size(store.folder / "runs" / run_id)


def _run_size(folder: Path) -> RunSize:
    files = list(_files(folder))
    checkpoints = sum(size for name, size in files if name.startswith("checkpoint-"))
    return RunSize(checkpoints, sum(size for _, size in files) - checkpoints)


def _files(folder: Path, prefix: str = "") -> Iterable[tuple[str, int]]:
    """Names and sizes; a file that goes meanwhile is left out."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.name.startswith(prefix) and entry.is_file():
                yield entry.name, entry.stat().st_size
        except OSError:
            continue


def can_go(store: RunStore, use: DiskUse | None = None) -> CleanUp:
    """Checkpoints of runs that have finished, and deleted runs that nobody trains any more."""
    use = use or disk_use(store)
    checkpoints = {run_id: use.of(run_id).checkpoints for run_id in store.ids_of(["done"])}
    deleted = {run_id: use.of(run_id).total for run_id in store.ids_of(ENDED, trashed=True)}
    return CleanUp({run_id: size for run_id, size in checkpoints.items() if size}, deleted)


def drop_checkpoints(store: RunStore, run_ids: Iterable[str]) -> int:
    """Remove the networks of finished runs; the bytes freed. Their records and arrays stay.

    Raises BadInput for a run that has not finished: it could not be resumed any more.
    """
    freed = 0
    for run_id in run_ids:
        if not store.forget_checkpoint(run_id):
            raise BadInput(f"run {run_id} has not finished: resuming it needs its checkpoint")
        for path in (store.folder / "runs" / run_id).glob("checkpoint-*.pt"):
            size = path.stat().st_size
            path.unlink(missing_ok=True)
            freed += size
    return freed


def drop_remade(store: RunStore, kind: Remade) -> int:
    """Remove what is made again when a run needs it; the bytes freed.

    Raises BadInput while a run is alive, which may be reading them, Unwritable.
    """
    if store.alive():
        raise BadInput("a run is under way and may need them: wait for its end, or stop it")
    folder = _remade()[kind]
    freed = _below(folder)
    with told_if_unwritable(folder):
        if folder.exists():
            shutil.rmtree(folder)
    return freed
