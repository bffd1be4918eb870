"""The machine that trains, for people: its device, its versions."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("torch", "torchvision", "numpy", "streamlit", "plotly", "umap-learn")


@dataclass(frozen=True)
class Machine:
    """What a bug report should name."""

    device: str  # where a run trains by itself
    system: str
    versions: dict[str, str]


def machine() -> Machine:
    """This machine; loads torch."""
    from lnl.training.placement import place

    found = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # an extra that is not installed
            continue
    return Machine(place().title, f"{platform.system()} {platform.release()}", found)
