"""Record the comparison that ships with the app anew: minutes of training and of maps."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import lnl
from lnl.maps.making import make_all
from lnl.recorded import FOLDER
from lnl.records import RunSpec
from lnl.runs.exchange.exporting import export_slim
from lnl.runs.running.training_here import train_here
from lnl.runs.store import RunStore

SPECS = (RunSpec(method="ce", threads=1), RunSpec(method="selnlpl", threads=1))


def record(folder: Path = FOLDER, specs: Sequence[RunSpec] = SPECS) -> None:
    """Train each spec and write it to one slim file, replacing the one of its method."""
    with tempfile.TemporaryDirectory() as cache:
        store = RunStore(cache)
        for spec in specs:
            path = folder / f"{spec.method}.zip"
            path.unlink(missing_ok=True)
            run_id = train_here(store, spec, _provenance())
            for _ in make_all(store, run_id):
                continue
            export_slim(store, run_id, path)
            print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")  # noqa: T201
        store.close()


def _provenance() -> str:
    day = f"{time.localtime().tm_mday} {time.strftime('%B %Y')}"
    return f"Recorded with LNL Explorer {lnl.__version__} on {day}"


if __name__ == "__main__":
    record()
