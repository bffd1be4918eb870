"""The scripts and styles of components: files beside their Python."""

from __future__ import annotations

from pathlib import Path


def text(module: str, *names: str) -> str:
    """Files beside ``module`` (its ``__file__``), one behind the other, as one script."""
    return "\n".join(Path(module).with_name(name).read_text(encoding="utf-8") for name in names)
