"""What pages cost the server with many runs in the store.

    python -m benchmarks.many_runs [COUNT ...]

For each store of so many made-up runs (1,000 and 5,000 if none is named), in starts of one to nine:
milliseconds of CPU of a page's whole script, first as a new session opens it, then the least of
several turns; and how many runs its chooser sends to the browser.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from pages.ui.shell import state
from tests.support import made_up

TURNS = 5
METHODS = ("ce", "nl", "selnlpl", "pmnar", "rfl", "sed")
VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "Runs": ("pages/runs.py", {}),
    "Runs, page 20": ("pages/runs.py", {"page": "20"}),
    "Runs, two words": ("pages/runs.py", {"find": "selnlpl 0"}),
    "Runs, by name": ("pages/runs.py", {"order": "name"}),
    "Runs, by method": ("pages/runs.py", {"order": "method"}),
    "Runs, more columns": (
        "pages/runs.py",
        {"columns": "progress,last,best,duration,size,started,data,noise,device"},
    ),
    "Watch": ("pages/watch.py", {}),
    "Compare": ("pages/compare.py", {}),
    "Compare, seeds": ("pages/compare.py", {"seeds": "true"}),
    "Samples": ("pages/samples.py", {}),
    "Methods": ("pages/methods.py", {}),
}


def fill(store: RunStore, count: int) -> None:
    """So many runs; those of the newest start have three records, all others one."""
    draw = random.Random(0)
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    made = 0
    while made < count:
        size = min(draw.randint(1, 9), count - made) if made else 2
        for number in range(size):
            _run(store, made + number, f"start {made}", draw)
        made += size
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET created = ? - 600.0 * rowid", (time.time(),))
        connection.execute(
            "INSERT INTO records SELECT runs.id, 1, NULL, NULL, scalars, histograms FROM runs,"
            " (SELECT * FROM records LIMIT 1) WHERE group_id != 'start 0'"
        )


def _run(store: RunStore, number: int, group: str, draw: random.Random) -> None:
    method = METHODS[number % len(METHODS)]
    info, rate = made_up.info(method), number // 40 % 40 / 50
    spec = RunSpec(method=method, epochs=20, rate=rate, seed=number)
    run = store.create(spec, info.data, info.stages, info.device, group=group)
    folder = store.folder / "runs" / run.id
    if group == "start 0":
        for epoch in range(1, 4):
            store.append(run.id, made_up.snapshot(epoch, method))
    else:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("arrays-0.bin", "samples-20.npz", "checkpoint-20.pt"):
            (folder / name).write_bytes(b"0" * 100)
    status = draw.choice(("done", "done", "done", "stopped", "interrupted"))
    best = draw.random()
    with store.database.writing() as connection:
        connection.execute(
            "UPDATE runs SET status = ?, last_epoch = max(last_epoch, 1), seconds = 60,"
            " best_accuracy = ?, last_accuracy = ? WHERE id = ?",
            (status, best, 0.9 * best, run.id),
        )


def measure(count: int) -> None:
    """Each view of a store of ``count`` runs."""
    for name in VIEWS:
        st.cache_data.clear()
        at = opened(name)
        first = cpu(at)
        again = min(cpu(at) for _ in range(TURNS))
        if at.exception:
            raise RuntimeError(at.exception[0].value)
        told = f"{count:6,} runs  {name:18}{first:8.0f} ms first{again:8.0f} ms again"
        print(told, *(f"{len(box.options):8,} offered" for box in choosers(at)), flush=True)


def opened(name: str) -> AppTest:
    """A new session that has not run yet."""
    page, query = VIEWS[name]
    at = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=300)
    if page != "pages/watch.py":
        at.switch_page(page)
    for word, value in query.items():
        at.query_params[word] = value
    return at


def choosers(at: AppTest) -> list:
    """Widgets that offer runs."""
    known = ("Runs shown side by side", "Run")
    return [box for box in (*at.multiselect, *at.selectbox) if box.label in known]


def cpu(at: AppTest) -> float:
    """Milliseconds of this process's CPU that one run of the script takes."""
    started = time.process_time()
    at.run()
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    for count in map(int, sys.argv[1:] or ("1000", "5000")):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["LNL_CACHE"] = folder
            st.cache_resource.clear()
            store = RunStore()
            fill(store, count)
            for name in VIEWS:  # imports, and torch in a thread of its own
                opened(name).run()
            state.wait_for_catalogue()
            time.sleep(3)
            measure(count)
            store.close()
