"""Output whose reader may leave: ``... | head``, a closed terminal, a dropped connection."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

UNREAD = 128 + 13  # SIGPIPE: what a shell says of a command whose reader left


class _Forgiving:
    """A stream that falls silent when it can no longer be written to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            _silence(self._stream)
            return len(text)

    def flush(self) -> None:
        settle(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def nobody_need_listen() -> Iterator[None]:
    """For work whose result is kept: it goes on when output or terminal are gone."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast(TextIO, _Forgiving(stream)) for stream in before)
    hangup = getattr(signal, "SIGHUP", None)  # not on Windows
    handler = hangup and signal.signal(hangup, signal.SIG_IGN)
    try:
        yield
    finally:
        if hangup:
            signal.signal(hangup, handler)
        sys.stdout, sys.stderr = before


def settle(stream: TextIO) -> None:
    """Write what is left, or drop it: Python would complain when it closes the stream."""
    try:
        stream.flush()
    except OSError:
        _silence(stream)


def _silence(stream: TextIO) -> None:
    """Let the stream's file be the null device, so that not even closing it fails."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def open_closed_streams() -> None:
    """Started with ``>&-`` a process has no stdout: Python calls it None, and prints nothing."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
