"""The scripts and styles of components: files of this folder."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__)


def text(*names: str) -> str:
    """The files of these names, one behind the other: a module of several parts."""
    return "\n".join(_HERE.with_name(name).read_text(encoding="utf-8") for name in names)
