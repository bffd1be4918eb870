"""Puts plotly.js where the server can serve it."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

TARGET = Path(__file__).parents[3] / "static" / "plotly.min.js"


def bundled() -> Path:
    """The script inside the installed plotly package, found without importing plotly."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("plotly is not installed; run `make setup`")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def install(target: Path = TARGET) -> bool:
    """Copy the script if it is missing or another one; says whether it copied."""
    source = bundled()
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    shutil.copyfile(source, part)
    part.replace(target)
    return True


if __name__ == "__main__":
    install()
