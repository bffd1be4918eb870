"""Batches are read in a thread before they are asked for, in the order that was said."""

import threading

import pytest
import torch

from lnl.data.reading_ahead import DEPTH, ReadingAhead


class Disk:
    """Says what was read; each read waits until it may."""

    def __init__(self):
        self.reads, self.may = [], threading.Semaphore(0)

    def read(self, rows):
        assert self.may.acquire(timeout=30)
        self.reads.append(rows.start)
        if rows.start == 66:
            raise OSError("gone")
        return torch.tensor([rows.start])


@pytest.fixture
def disk():
    return Disk()


def coming(*starts):
    rows = [range(start, start + 1) for start in starts]
    return rows, list(zip(rows, rows, strict=True))


def test_what_comes_is_taken_in_order(disk):
    rows, pairs = coming(5, 3, 9, 1, 4)
    ahead = ReadingAhead(disk.read)
    ahead.expect(pairs)
    disk.may.release(5)
    assert [ahead.take(each).item() for each in rows] == [5, 3, 9, 1, 4]
    assert disk.reads == [5, 3, 9, 1, 4]
    assert ahead.take(rows[0]) is None


def test_only_a_few_are_read_ahead(disk):
    rows, pairs = coming(*range(10))
    ahead = ReadingAhead(disk.read)
    ahead.expect(pairs)
    disk.may.release(DEPTH)
    ahead._thread.submit(lambda: None).result(timeout=30)  # all that was begun is done
    assert disk.reads == list(range(DEPTH))
    disk.may.release(1)
    ahead.take(rows[0])
    ahead._thread.submit(lambda: None).result(timeout=30)
    assert disk.reads == list(range(DEPTH + 1))


def test_another_is_not_what_was_expected(disk):
    rows, pairs = coming(1, 2)
    ahead = ReadingAhead(disk.read)
    ahead.expect(pairs)
    assert ahead.take(range(1, 2)) is None  # an equal one, but not that one
    assert ahead.take(rows[1]) is None
    disk.may.release(2)
    assert ahead.take(rows[0]).item() == 1


def test_what_was_expected_before_is_forgotten(disk):
    ahead = ReadingAhead(disk.read)
    old, pairs = coming(1, 2, 3, 4)
    ahead.expect(pairs)
    new, pairs = coming(7, 8)
    ahead.expect(pairs)
    disk.may.release(10)
    assert ahead.take(old[0]) is None
    assert [ahead.take(each).item() for each in new] == [7, 8]
    assert set(disk.reads) <= {1, 7, 8}


def test_an_error_comes_with_the_batch_that_had_it(disk):
    rows, pairs = coming(1, 66, 2)
    ahead = ReadingAhead(disk.read)
    ahead.expect(pairs)
    disk.may.release(3)
    assert ahead.take(rows[0]).item() == 1
    with pytest.raises(OSError, match="gone"):
        ahead.take(rows[1])
    assert ahead.take(rows[2]).item() == 2
