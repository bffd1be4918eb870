"""How long forms and starts wait for training: ``python -m benchmarks.waiting``.

Prints milliseconds, median and 95th percentile: of resolving a spec that was not asked for before,
and of a whole run of Watch's script after a change in the set-up; idle, and beside runs of
ResNet-18 on the CPU with one thread and with two. Then how long it waited for the lock around new
weights, how long a start of 24 runs takes to return, and how much longer an epoch takes beside
another worker's.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from lnl import catalogue
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore
from lnl.training import prepare, randomness
from lnl.training.resolve import resolve

TURNS = 40
HEAVY = RunSpec(method="ce", network="resnet18", precision="float32", epochs=5000)
SMALL = RunSpec(method="ce", network="resnet14", precision="float32", threads=1)


class Timed:
    """A lock that tells how long it was waited for, by threads other than the trainer's."""

    def __init__(self) -> None:
        self.lock, self.waited = threading.Lock(), 0.0

    def __enter__(self) -> None:
        started = time.perf_counter()
        self.lock.acquire()
        if not threading.current_thread().name.startswith("train-"):
            self.waited += time.perf_counter() - started

    def __exit__(self, *error: object) -> None:
        self.lock.release()


def times(act: Callable[[int], object]) -> list[float]:
    """Milliseconds of each turn."""
    found = []
    for turn in range(TURNS):
        started = time.perf_counter()
        act(turn)
        found.append(1000 * (time.perf_counter() - started))
    return found


def told(what: str, found: list[float]) -> None:
    rank = sorted(found)[round(0.95 * (len(found) - 1))]
    print(f"{what:44}{statistics.median(found):8.0f}{rank:8.0f} ms", flush=True)


def forms(where: str, seed: int) -> None:
    told(
        f"a new spec resolved, {where}",
        times(lambda turn: catalogue.resolve(RunSpec(method="fine", seed=seed + turn))),
    )
    at = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=120).run()

    def change(turn: int) -> None:
        at.query_params["rate"] = str(seed // 1000 + turn)
        at.run()

    told(f"the set-up after a change, {where}", times(change))


def beside(spec: RunSpec, act: Callable[[], None]) -> None:
    """While a run of this process trains."""
    manager = RunManager(RunStore())
    (run_id,) = manager.start([spec])
    while manager.store.run(run_id).last_epoch < 1:
        time.sleep(0.2)
    act()
    manager.close(60)


def starts() -> None:
    manager = RunManager(RunStore())
    specs = [replace(SMALL, seed=seed) for seed in range(24)]
    started = time.perf_counter()
    manager.start(specs)
    print(f"{'start of 24 runs':44}{1000 * (time.perf_counter() - started):8.0f} ms")
    manager.close(60)


def workers() -> None:
    """Epochs of one worker alone, and of two side by side, one thread each."""

    def epochs(found: list[float]) -> None:
        _, trainer = prepare(replace(SMALL, epochs=7))
        next(trainer)
        started = time.perf_counter()
        for _ in range(5):
            next(trainer)
        found.append((time.perf_counter() - started) / 5)

    ratios = []
    for _ in range(3):
        alone: list[float] = []
        epochs(alone)
        both: list[float] = []
        threads = [threading.Thread(target=epochs, args=(both,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ratios.append(statistics.mean(both) / alone[0])
    print(
        f"an epoch beside another worker's: {min(ratios):.2f} to {max(ratios):.2f} times one alone"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LNL_CACHE"] = folder
        lock = Timed()
        randomness._weights = lock
        catalogue.warm_up()
        resolve(RunSpec())
        forms("idle", 1000)
        lock.waited = 0.0
        beside(replace(HEAVY, threads=1), lambda: forms("beside one thread", 2000))
        beside(replace(HEAVY, threads=2), lambda: forms("beside two threads", 3000))
        print(f"{'waited for the lock meanwhile':44}{1000 * lock.waited:8.1f} ms")
        starts()
        workers()
        sys.stdout.flush()
        os._exit(0)  # without waiting for what the start has queued
