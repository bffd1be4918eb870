"""What a run can do without: where it fails, the run goes on and its log says so once."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from lnl.errors import LnlError
from lnl.training.memory import shortage

Value = TypeVar("Value")


@dataclass
class Extras:
    """The diagnostics of one run."""

    _failed: set[str] = field(default_factory=set)

    def attempt(self, what: str, compute: Callable[[], Value]) -> Value | None:
        """What ``compute`` returns, or None where it fails.

        Errors raised on purpose and memory that ran out are passed on: they concern the whole run.
        """
        try:
            return compute()
        except LnlError:
            raise
        except Exception as error:
            if isinstance(error, RuntimeError | MemoryError) and shortage(error):
                raise
            self._warn_once(what, error)
            return None

    def _warn_once(self, what: str, error: Exception) -> None:
        if what in self._failed:
            return
        self._failed.add(what)
        message = f"{what} left out where it fails: {type(error).__name__}: {error}"
        place = traceback.extract_tb(error.__traceback__)[-1]
        # without a registry: Python would show it for the first run of this process alone
        warnings.warn_explicit(message, RuntimeWarning, place.filename, place.lineno or 1)
