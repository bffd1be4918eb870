"""One run as one file: a zip of ``manifest.json``, ``records.jsonl``, the run's files, its data.

The run's files are as the store has them; ``labels.npz``, ``images.npy`` and ``test.npz`` are of
its data.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from lnl.errors import BadInput, StoreError
from lnl.records import RunInfo
from lnl.runs.exchange.manifest import StoredFile, manifest_of
from lnl.runs.exchange.slimming import ROWS, kept_epochs, slim
from lnl.runs.store import RunStore
from lnl.runs.store.files import EXPORT, read_arrays, write_arrays, write_whole
from lnl.runs.store.kept_data import data_files, reduced
from lnl.runs.store.kept_maps import read_maps, write_maps
from lnl.runs.store.kept_test_images import write_unseen
from lnl.runs.store.record_rows import record_of

SLIM_MAPS = 8  # of a slim file
_CHUNK = 1 << 20


def export_run(
    store: RunStore, run_id: str, path: Path, *, checkpoints: bool = True, images: bool = True
) -> None:
    """Write a run to one file; without checkpoints it can be looked at but not resumed.

    Raises BadInput if there is no such run, nothing to export yet, or if the file exists.
    """
    run = _to_export(store, run_id, path)
    rows = _rows(store, run_id)
    if not checkpoints:
        rows["run"]["checkpoint_epoch"] = None
    files = _files_of(store, run, rows, checkpoints)
    with tempfile.TemporaryDirectory(dir=store.scratch, prefix=EXPORT) as folder:
        files |= _data_files(store, run, Path(folder), images)
        files |= _maps_file(store, run, Path(folder))
        files |= _unseen_file(store, run, Path(folder), images)
        write_whole(path, lambda file: _write_archive(file, run, rows, files))


def export_slim(
    store: RunStore, run_id: str, path: Path, *, most: int = ROWS, images: bool = True
) -> None:
    """Write a run to a small file, to be looked at only: ``most`` epochs keep their samples.

    Raises BadInput as ``export_run`` does.
    """
    run = _to_export(store, run_id, path)
    with tempfile.TemporaryDirectory(dir=store.scratch, prefix=EXPORT) as folder:
        rows = slim(_rows(store, run_id), _folder(store, run), Path(folder), most)
        files = {file.name: file for file in sorted(Path(folder).iterdir())}
        files |= _maps_file(store, run, Path(folder), SLIM_MAPS)
        files |= _data_files(store, run, Path(folder), images)
        write_whole(path, lambda file: _write_archive(file, run, rows, files))


def _maps_file(
    store: RunStore, run: RunInfo, folder: Path, most: int | None = None
) -> dict[str, Path]:
    """The run's maps, or ``most`` of them, as a file in ``folder``."""
    epochs = list(store.mapped(run.id))
    chosen = kept_epochs(epochs, most) if most is not None and epochs else set(epochs)
    # a run that trains may have maps of epochs that came after the moment of its rows
    found = read_maps(store.database, run.id, {e for e in chosen if e <= run.last_epoch})
    if not found:
        return {}
    write_maps(folder / "maps.npz", found)
    return {"maps.npz": folder / "maps.npz"}


def _unseen_file(store: RunStore, run: RunInfo, folder: Path, images: bool) -> dict[str, Path]:
    """The test images whose features the run has kept, as a file in ``folder``."""
    if not store.unseen_epochs(run.id):
        return {}
    found = store.unseen_images(run.data.fingerprint)
    write_unseen(folder / "test.npz", found if images else found.without_images)
    return {"test.npz": folder / "test.npz"}


def _to_export(store: RunStore, run_id: str, path: Path) -> RunInfo:
    run = store.run(run_id)
    if not run.last_epoch:
        raise BadInput(f"run {run_id} has no finished epoch: there is nothing to export yet")
    if path.exists():
        raise BadInput(f"{path} exists already: name another file, or remove it first")
    return run


def _folder(store: RunStore, run: RunInfo) -> Path:
    return store.folder / "runs" / run.id


def _rows(store: RunStore, run_id: str) -> dict[str, Any]:
    """What the database has of a run, at one moment: it may be training."""
    with store.database.snapshot() as connection:
        found = {
            table: [dict(row) for row in connection.execute(query, (run_id,))]
            for table, query in (
                ("run", "SELECT * FROM runs WHERE id = ?"),
                ("logs", "SELECT * FROM logs WHERE run_id = ? ORDER BY number"),
                ("records", "SELECT * FROM records WHERE run_id = ? ORDER BY epoch"),
            )
        }
    for row in found["records"]:
        record = record_of(row["scalars"], row["histograms"])
        row |= {"scalars": record.scalars(), "histograms": record.histograms()}
    return {**found, "run": found["run"][0]}


def _files_of(
    store: RunStore, run: RunInfo, rows: Mapping[str, Any], checkpoints: bool
) -> dict[str, Path]:
    folder = _folder(store, run)
    names = [f"arrays-{log['number']}.bin" for log in rows["logs"]]
    names += [path.name for path in sorted(folder.glob("samples-*.npz"))]
    if checkpoints:
        names += [path.name for path in sorted(folder.glob("checkpoint-*.pt"))]
    return {name: folder / name for name in names}


def _data_files(store: RunStore, run: RunInfo, folder: Path, images: bool) -> dict[str, Path]:
    """The labels, and the images of the training samples, as a file in ``folder``."""
    labels, pictures = data_files(store.folder / "data", run.data.fingerprint)
    found = {"labels.npz": labels}
    if images and pictures is not None:
        arrays = read_arrays(labels)
        pictures, ids = reduced(pictures, arrays["image_ids"], arrays["history_ids"])
        if len(ids) < len(arrays["image_ids"]):  # a large set: not all of them go along
            found["labels.npz"] = folder / "labels.npz"
            write_arrays(found["labels.npz"], arrays | {"image_ids": ids})
        found["images.npy"] = folder / "images.npy"
        np.save(found["images.npy"], pictures, allow_pickle=False)
    return found


def _write_archive(
    file: IO[bytes], run: RunInfo, rows: Mapping[str, Any], files: Mapping[str, Path]
) -> None:
    manifest = manifest_of(run, rows["run"], rows["logs"])
    sizes = {f"arrays-{log.number}.bin": log.rows * log.parsed.row_bytes for log in manifest.logs}
    records = "\n".join(
        json.dumps({k: v for k, v in row.items() if k != "run_id"}) for row in rows["records"]
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        stored = {"records.jsonl": _add(archive, "records.jsonl", records.encode())}
        for name, path in files.items():
            stored[name] = _add_file(archive, name, path, sizes.get(name))
        whole = manifest.model_copy(update={"files": stored})
        archive.writestr("manifest.json", whole.model_dump_json(indent=1))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> StoredFile:
    archive.writestr(name, content)
    return StoredFile(size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _add_file(archive: zipfile.ZipFile, name: str, path: Path, size: int | None) -> StoredFile:
    """The first ``size`` bytes, or all: behind the rows that have records one may be growing."""
    left = path.stat().st_size if size is None else size
    total, digest = left, hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while left and (chunk := source.read(min(_CHUNK, left))):
            digest.update(chunk)
            target.write(chunk)
            left -= len(chunk)
    if left:
        raise StoreError(f"{path.name} is {left} bytes shorter than its records say: it is damaged")
    return StoredFile(size=total, sha256=digest.hexdigest())
