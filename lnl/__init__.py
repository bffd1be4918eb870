"""Learning with noisy labels: methods, exact to their papers, and what they do to a network.

The names below are loaded on demand, so ``import lnl`` costs nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "BadInput": "lnl.errors",
    "LnlError": "lnl.errors",
    "RunFailed": "lnl.errors",
    "StoreError": "lnl.errors",
    "load_data": "lnl.data",
    "make_method": "lnl.training",
    "train": "lnl.training",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lnl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
