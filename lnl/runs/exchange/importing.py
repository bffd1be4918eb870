"""An exported run into the store: checked value by value, and nothing in it is executed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from lnl.errors import BadInput, StoreError
from lnl.records import EpochRecord, FeatureMap
from lnl.runs.exchange.adopting import (
    adopt_data,
    adopt_maps,
    adopt_unseen,
    check_samples,
    check_transitions,
)
from lnl.runs.exchange.manifest import (
    MAX_MESSAGE,
    Manifest,
    StoredFile,
    StoredLog,
    StoredRecord,
    read_manifest,
    read_record,
)
from lnl.runs.store import RunStore
from lnl.runs.store.database import insert
from lnl.runs.store.files import IMPORT
from lnl.runs.store.kept_maps import insert_maps
from lnl.runs.store.record_format import Format, with_note
from lnl.runs.store.record_rows import record_columns
from lnl.runs.store.run_rows import described, new_id
from lnl.runs.store.search_columns import refresh
from lnl.unwritable import told_if_unwritable

MAX_BYTES = 5_000_000_000  # of all files, unpacked
MAX_FILES = 1_000
_RUN_FILE = re.compile(r"arrays-\d{1,4}\.bin|samples-\d{1,6}\.npz|checkpoint-\d{1,6}\.pt")
_EXTRA = re.compile(r"(?i)^__MACOSX/|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$")
_OTHER_FILES = ("records.jsonl", "labels.npz", "images.npy", "maps.npz", "test.npz")
_CHUNK = 1 << 20
_COLUMNS = (
    "status",
    "message",
    "created",
    "last_epoch",
    "checkpoint_epoch",
    "best_epoch",
    "best_accuracy",
)


def import_run(store: RunStore, path: Path) -> str:
    """Add an exported run to the store, under a new id, which is returned.

    Raises BadInput if the file is no export, or any value in it is not what it must be, Unwritable
    where the store takes nothing.
    """
    with told_if_unwritable(store.folder):
        target = Path(tempfile.mkdtemp(prefix=IMPORT, dir=store.folder))
    try:
        manifest, left_out = _unpack(path, target)
        records, of_records = _records(target / "records.jsonl", manifest)
        check_samples(target, manifest.logs, manifest.data)
        check_transitions(target, manifest.logs, manifest.data)
        adopt_data(store.folder / "data", manifest.data, target)
        adopt_unseen(store.folder / "data", manifest.data, target, manifest.logs)
        probe = store.data(manifest.data.fingerprint).probe
        maps = adopt_maps(target / "maps.npz", len(probe), manifest.last_epoch)
        format = Format.read(manifest.format)
        message = with_note(manifest.message, format, left_out + of_records)[:MAX_MESSAGE]
        manifest = manifest.model_copy(update={"message": message})
        return _insert(store, manifest, records, maps, target)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise BadInput(f"{path.name} cannot be imported: {place}: {first['msg']}") from None
    except (OSError, ValueError, KeyError, StoreError, zipfile.BadZipFile, MemoryError) as error:
        raise BadInput(f"{path.name} cannot be imported: {error}") from None
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _unpack(path: Path, target: Path) -> tuple[Manifest, list[str]]:
    """Unpack exactly the files that the manifest names, with exactly the content it says."""
    with zipfile.ZipFile(path) as archive:
        files = _files(archive)
        if "manifest.json" not in files:
            raise ValueError("it holds no manifest.json, so it is no exported run")
        with archive.open(files["manifest.json"]) as file:
            manifest, left_out = read_manifest(_read(file, 100 * _CHUNK))
        odd = {*files} ^ {*manifest.files, "manifest.json"}
        odd |= {n for n in manifest.files if n not in _OTHER_FILES and not _RUN_FILE.fullmatch(n)}
        if odd:
            raise ValueError(f"file {min(odd)[:80]!r} does not belong to a run")
        if sum(file.size for file in manifest.files.values()) > MAX_BYTES:
            raise ValueError(f"its files take more than {MAX_BYTES / 1e9:g} GB")
        for name, stored in manifest.files.items():
            with archive.open(files[name]) as source, (target / name).open("wb") as file:
                _copy(name, source, file, stored)
    return manifest, left_out


def _files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files by name; as they were also where somebody has unpacked and packed them again.

    Then they may stand in one folder, beside what the system of that person adds.
    """
    entries = archive.infolist()
    found = {e.filename: e for e in entries if not e.is_dir() and not _EXTRA.search(e.filename)}
    if len(entries) > MAX_FILES or len({e.filename for e in entries}) < len(entries):
        raise ValueError(f"{len(entries)} files are too many, or two have one name")
    folders = {name.partition("/")[0] for name in found}
    if len(folders) == 1 and all("/" in name for name in found):
        return {name.partition("/")[2]: entry for name, entry in found.items()}
    return found


def _read(file: IO[bytes], limit: int) -> bytes:
    content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("its manifest is too long")
    return content


def _copy(name: str, source: IO[bytes], target: IO[bytes], stored: StoredFile) -> None:
    left, digest = stored.size, hashlib.sha256()
    # one byte more than it may have: what the zip says of its sizes is not believed
    while chunk := source.read(min(_CHUNK, left + 1)):
        left -= len(chunk)
        if left < 0:
            break
        digest.update(chunk)
        target.write(chunk)
    if left or digest.hexdigest() != stored.sha256:
        raise ValueError(f"{name} is not the file that the manifest describes")
    target.flush()
    os.fsync(target.fileno())


def _records(path: Path, manifest: Manifest) -> tuple[list[StoredRecord], list[str]]:
    format = Format.read(manifest.format)
    read = [read_record(line, format) for line in path.read_bytes().splitlines()]
    records = [record for record, _ in read]
    if [record.epoch for record in records] != list(range(1, manifest.last_epoch + 1)):
        raise ValueError(f"its records are not those of epochs 1 to {manifest.last_epoch}")
    for log in manifest.logs:
        rows = [record.row for record in records if record.log == log.number]
        if rows != list(range(log.rows)):
            raise ValueError(f"its records do not name the {log.rows} rows of file {log.number}")
    return records, [name for _, names in read for name in names]


def _insert(
    store: RunStore,
    manifest: Manifest,
    records: list[StoredRecord],
    maps: list[FeatureMap],
    source: Path,
) -> str:
    spec = replace(manifest.spec, data_dir=None)  # a folder of another machine
    run_id = new_id(spec)
    folder = store.folder / "runs" / run_id
    folder.mkdir(parents=True)
    for path in source.iterdir():
        if _RUN_FILE.fullmatch(path.name):
            os.replace(path, folder / path.name)
    run = {
        "id": run_id,
        "name": manifest.name,
        **described(spec, manifest.data, manifest.stages, manifest.device, manifest.unknown),
        "group_id": run_id,
        "note": manifest.note,
        "tags": json.dumps(manifest.tags),
        **_results([stored.record for stored in records]),
        **{name: getattr(manifest, name) for name in _COLUMNS},
    }
    with store.database.writing() as connection:
        insert(connection, "runs", run)
        refresh(connection, run_id)
        for log in manifest.logs:
            insert(connection, "logs", _log_row(run_id, log))
        for record in records:
            insert(connection, "records", _record_row(run_id, record))
        insert_maps(connection, run_id, maps)
    return run_id


def _results(records: list[EpochRecord]) -> dict[str, Any]:
    tests = [record.test_accuracy for record in records if record.test_accuracy is not None]
    seconds = sum(record.seconds + record.evaluation_seconds for record in records)
    return {"last_accuracy": tests[-1] if tests else None, "seconds": seconds}


def _log_row(run_id: str, log: StoredLog) -> dict[str, Any]:
    layout = log.parsed.to_json()
    return {"run_id": run_id, **log.model_dump(exclude={"layout"}), "layout": layout}


def _record_row(run_id: str, stored: StoredRecord) -> dict[str, Any]:
    where = {"run_id": run_id, "epoch": stored.epoch, "log": stored.log, "row": stored.row}
    return where | record_columns(stored.record)
