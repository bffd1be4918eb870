"""Puts plotly.js where the server can serve it: whole for the app, smaller for what is saved."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from lnl.charts.offline import LIBRARY

FOLDER = Path(__file__).parents[3] / "static"
WHOLE = "plotly.min.js"


def bundled() -> Path:
    """The script inside the installed plotly package, found without importing plotly."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("plotly is not installed; run `make setup`")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def install(folder: Path = FOLDER) -> list[str]:
    """Copy the scripts that are missing or other ones; the names of those copied."""
    sources = {WHOLE: bundled(), LIBRARY.name: LIBRARY}
    return [name for name, source in sources.items() if _copied(source, folder / name)]


def _copied(source: Path, target: Path) -> bool:
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    shutil.copyfile(source, part)
    part.replace(target)
    return True


if __name__ == "__main__":
    install()
