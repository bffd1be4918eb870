"""Several runs as one file: a zip that holds the zip of each."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from lnl.errors import BadInput
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore
from lnl.runs.store.files import IMPORT

MAX_RUNS = 100
_RUN = re.compile(r"[a-z0-9-]{1,80}\.zip")

Export = Callable[[RunStore, str, Path], None]


def export_bundle(store: RunStore, run_ids: Iterable[str], path: Path, export: Export) -> None:
    """Write runs to one file, each as ``export`` writes it. Raises what that raises."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w") as bundle:
        for run_id in run_ids:
            packed = Path(folder) / f"{run_id}.zip"
            export(store, run_id, packed)
            bundle.write(packed, packed.name)  # as it is: it is packed already
            packed.unlink()


def import_runs(store: RunStore, path: Path) -> list[str]:
    """Add the run of a file, or all of a bundle; their new ids. Raises BadInput as ``import_run``.

    What was imported before the run that was refused stays.
    """
    names = _bundled(path)
    if not names:
        return [import_run(store, path)]
    found: list[str] = []
    with (
        tempfile.TemporaryDirectory(dir=store.folder, prefix=IMPORT) as folder,
        zipfile.ZipFile(path) as bundle,
    ):
        for name in names:
            try:
                packed = Path(bundle.extract(name, folder))
                found.append(import_run(store, packed))
                packed.unlink()
            except (BadInput, OSError, zipfile.BadZipFile) as error:
                told = f"{len(found)} of {len(names)} runs imported, then: {error}"
                raise BadInput(told) from None
    return found


def _bundled(path: Path) -> list[str]:
    """The files of a bundle; none if it is not one as ``export_bundle`` writes it."""
    try:
        with zipfile.ZipFile(path) as bundle:
            files = bundle.infolist()
    except (OSError, zipfile.BadZipFile):
        return []
    names = sorted({file.filename for file in files if _is_run(file)})
    return names if len(names) == len(files) <= MAX_RUNS else []


def _is_run(file: zipfile.ZipInfo) -> bool:
    """Stored as it is, so that it takes no more room than in the bundle."""
    return file.compress_type == zipfile.ZIP_STORED and bool(_RUN.fullmatch(file.filename))
