"""The next batches are read in a thread while the device works on the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

from torch import Tensor

from lnl.data.images import Rows

DEPTH = 3  # batches

Key = TypeVar("Key")


class ReadingAhead(Generic[Key]):
    """Reads what is coming, in the order in which it will be asked for."""

    def __init__(self, read: Callable[[Rows], Tensor]) -> None:
        self._read = read
        self._thread = ThreadPoolExecutor(1, "read-ahead")
        self._coming: deque[tuple[Key, Rows]] = deque()
        self._begun: deque[tuple[Key, Future[Tensor]]] = deque()

    def expect(self, coming: Iterable[tuple[Key, Rows]]) -> None:
        """What will be asked for next, under which keys; nothing else is expected any more."""
        for _, future in self._begun:
            future.cancel()
        self._begun.clear()
        self._coming = deque(coming)
        self._go_on()

    def take(self, key: Key) -> Tensor | None:
        """What was read for it, if it was the next that was expected."""
        if not self._begun or self._begun[0][0] is not key:
            return None
        _, future = self._begun.popleft()
        self._go_on()
        return future.result()

    def _go_on(self) -> None:
        while self._coming and len(self._begun) < DEPTH:
            key, rows = self._coming.popleft()
            self._begun.append((key, self._thread.submit(self._read, rows)))


def read_in_order(read: Callable[[Rows], Tensor], rows: Sequence[Rows]) -> Iterator[Tensor]:
    """What is read at each of the rows, the next while one is worked on."""
    ahead: ReadingAhead[Rows] = ReadingAhead(read)
    ahead.expect(zip(rows, rows, strict=True))
    for each in rows:
        found = ahead.take(each)
        assert found is not None
        yield found
