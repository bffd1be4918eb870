"""What a watching browser costs the training of the app: MNIST, LeNet-5, CE.

    LNL_DATA=... python -m benchmarks.streaming [ROUNDS]

Prints, for a page that is closed and one that is open, in turns: the seconds of each whole epoch,
and of every second how much the training thread computed, waited for a core, and how much the rest
of the server and the browser computed. Seconds vary with the machine, the shares hardly. Linux; the
browser draws in software on the cores that train, as a user's own would on a laptop.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lnl.runs.store import RunStore
from tests.browser.conftest import FLAGS, find_chromium
from tests.support.servers import Server, free_port

EPOCHS = 4  # of each turn
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Clock:
    """Seconds so far."""

    wall: float
    training: float
    waited: float
    server: float
    browser: float


def clock(server: int) -> Clock:
    threads = list(Path(f"/proc/{server}/task").iterdir())
    training = max(threads, key=computed)
    waited = int((training / "schedstat").read_text().split()[1]) / 1e9
    own = computed(training)
    rest = computed(Path(f"/proc/{server}")) - own
    return Clock(time.perf_counter(), own, waited, rest, sum(map(computed, browsers())))


def computed(place: Path) -> float:
    """CPU seconds of a process or a thread."""
    fields = (place / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def browsers() -> Iterator[Path]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if "chrom" in (place / "comm").read_text():
                yield place


@contextmanager
def opened() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser.new_page(viewport={"width": 1440, "height": 1000})
        browser.close()


def turn(server: Server, store: RunStore, run: str) -> tuple[list[float], Clock, Clock]:
    """Seconds of each epoch, from the next but one on, and the clocks around them."""
    ends = []
    first = store.run(run).last_epoch + 2
    for epoch in range(first, first + EPOCHS + 1):
        while store.run(run).last_epoch < epoch:
            time.sleep(0.02)
        ends.append(clock(server.process.pid))
    lasted = [after.wall - before.wall for before, after in pairwise(ends)]
    return lasted, ends[0], ends[-1]


def main(rounds: int) -> None:
    cache = Path(tempfile.mkdtemp())
    server = Server(cache, None, free_port())
    server.start()
    try:
        watch(server, cache, rounds)
    finally:
        server.stop()


def watch(server: Server, cache: Path, rounds: int) -> None:
    seconds: dict[str, list[float]] = {"closed": [], "open": []}
    with opened() as page:
        epochs = 2 * rounds * (EPOCHS + 3)
        page.goto(f"{server.url}/?data=mnist&methods=ce&epochs={epochs}")
        page.get_by_role("button", name="Start", exact=True).click(timeout=90_000)
        page.wait_for_url("**runs=**")
        store = RunStore(cache)
        run = store.runs()[0].id
        for _ in range(rounds):
            for way in seconds:
                page.goto("about:blank" if way == "closed" else f"{server.url}/?runs={run}")
                lasted, before, after = turn(server, store, run)
                seconds[way] += lasted
                print(f"{way:7}", *(f"{s:6.2f}" for s in lasted), f"s  {shares(before, after)}")
        store.close()
    for name, of in (("medians", statistics.median), ("means", statistics.mean)):
        print(f"{name}: open {of(seconds['open']) / of(seconds['closed']):.3f} of closed")


def shares(before: Clock, after: Clock) -> str:
    wall = after.wall - before.wall
    parts = ("training", "waited", "server", "browser")
    each = (1000 * (getattr(after, p) - getattr(before, p)) / wall for p in parts)
    return ", ".join(f"{part} {ms:.0f}" for part, ms in zip(parts, each, strict=True)) + " ms/s"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
