"""Own images on their way into the cache: looked at first, prepared when a user says so."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Literal

from lnl.data.own import prepared, told
from lnl.data.own.finding import find_files
from lnl.data.own.listing import Reading
from lnl.data.own.of_arrays import survey_arrays
from lnl.data.own.preparing import plan_of, prepare_images
from lnl.data.own.survey import Survey, survey
from lnl.data.own.tree import Stopped
from lnl.data.sources import is_read_at_once
from lnl.data.tables.label_column import columns_of, with_labels_from
from lnl.errors import LnlError
from lnl.paths import cache_of_own

__all__ = ["Import", "Reading", "Survey", "columns_of", "forget_images", "told", "with_labels_from"]

log = logging.getLogger(__name__)
State = Literal["looking", "found", "importing", "done", "failed", "stopped"]


class Import:
    """One source, in a thread of its own: nothing of a page waits for it.

    ``state`` says how far it is; ``share`` in [0, 1] and ``what``, what it does; ``found`` is the
    dry run; ``error`` why it failed; ``name`` that of the prepared images; ``tables`` the column
    names of each table among the files.
    """

    def __init__(self, path: Path, reading: Reading = Reading()) -> None:
        self.path, self.reading = path, reading
        self.state: State = "looking"
        self.share, self.what = 0.0, ""
        self.tables: dict[str, list[str]] = {}
        self.found: Survey | None = None
        self.error: LnlError | None = None
        self.name = ""
        self._stop = threading.Event()
        self._start(self._look)

    @property
    def busy(self) -> bool:
        """Whether it works."""
        return self.state in ("looking", "importing")

    def take(self) -> None:
        """Import what was found; what is prepared already is not done again, nor are arrays."""
        if self.found is not None and not self.found.prepared:
            self.name, self.state = str(self.path), "done"
        elif self.found is not None and self.state in ("found", "stopped"):
            self.state, self.share = "importing", 0.0
            self._stop.clear()
            self._start(self._prepare)

    def stop(self) -> None:
        """End what it does; an import goes on from there when it is taken again."""
        self._stop.set()

    def _start(self, work: object) -> None:
        threading.Thread(target=self._guarded, args=(work,), name="own-images", daemon=True).start()

    def _guarded(self, work: object) -> None:
        try:
            assert callable(work)
            work()
        except Stopped:
            self.state = "stopped"
        except LnlError as error:
            self.error, self.state = error, "failed"
        except Exception as error:
            log.exception("own images at %s", self.path)
            self.error = LnlError(f"{self.path.name} could not be read ({type(error).__name__})")
            self.state = "failed"

    def _look(self) -> None:
        if is_read_at_once(self.path):
            self.found = survey_arrays(self.path, self._progress, self._stop.is_set)
        else:
            self._look_at_files()
        self.state = "found" if self.found else "stopped"

    def _look_at_files(self) -> None:
        files = find_files(self.path, self._stop.is_set)
        self._tree, self.tables = files.tree, files.headers
        listing = files.listing(self.reading)
        self.name = prepared.known(cache_of_own(), plan_of(listing))
        self.found = survey(self._tree, listing, cache_of_own(), self._progress, self._stop.is_set)

    def _prepare(self) -> None:
        assert self.found is not None
        self.name = prepare_images(
            self._tree, self.found, cache_of_own(), self._progress, self._stop.is_set
        )
        self.state = "done"

    def _progress(self, share: float, what: str) -> None:
        self.share, self.what = share, what


def forget_images(name: str) -> None:
    """Remove prepared images; runs on them can still be looked at, not resumed. Raises BadInput."""
    prepared.remove(cache_of_own(), name)
