"""Every error that a caller may want to catch.

LnlError
├── BadInput      what was asked for cannot be done; the message says what to do (exit code 2)
├── RunFailed     a run started and broke: a loss that is not finite, no memory left (exit code 1)
├── MapFailed     UMAP could not make a map of features; PCA can still be looked at
└── StoreError    the run store cannot be read or written
    └── Unwritable    it can be read, but not be written: a full disk, a read-only folder
"""

from collections.abc import Iterable
from difflib import get_close_matches


class LnlError(Exception):
    """Base of all errors raised on purpose by lnl."""


class BadInput(LnlError, ValueError):
    """A value, name or file from outside is wrong; nothing was started."""


class RunFailed(LnlError):
    """A run broke while it was training; its last good checkpoint is kept."""


class MapFailed(LnlError):
    """UMAP broke, or cannot be loaded; nothing is kept in its place."""


class StoreError(LnlError):
    """The run store is damaged, missing or held by another process."""


class Unwritable(StoreError):
    """A full disk, or a file or folder that is read-only: what is stored can still be read."""


def unknown(kind: str, name: str, known: Iterable[str], like: str = "") -> BadInput:
    """The error for a name that is not registered: says the nearest, in any case, and all known.

    ``like``: what it is compared as, where that is not the name itself.
    """
    names = sorted(known)
    by_fold = {each.casefold(): each for each in names}
    near = get_close_matches((like or name).casefold(), by_fold, n=1)
    hint = f" Did you mean {by_fold[near[0]]!r}?" if near else ""
    return BadInput(f"unknown {kind} {name!r}.{hint} Known: {', '.join(names)}")
