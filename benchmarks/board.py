"""What a refresh of the board costs the server: six runs of ten classes over 100 epochs.

    python -m benchmarks.board

Prints bytes and milliseconds of CPU, the least of several turns: of each figure, built and made
ready to be sent, once a record for all viewers; and of a whole run of the page's script, which does
more than a refresh, both after a new record of each run and with nothing new: with the panels that
are open at first, and with all of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from lnl import charts
from lnl.charts import LabelTable
from lnl.findings import RunRecords
from lnl.records import RunSpec
from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import DataToKeep
from pages.ui.board import panels
from pages.ui.components import figure
from tests.support import made_up

METHODS = ("ce", "nl", "selnlpl", "pmnar", "rfl", "sed")
EPOCHS, TURNS = 100, 5


def figures() -> None:
    """Each figure of the panels, from records in memory."""
    runs = [
        RunRecords(
            made_up.info(m, last_epoch=EPOCHS), [made_up.record(e, m) for e in range(1, 101)]
        )
        for m in METHODS
    ]
    tables = [LabelTable(run, "predicted", np.full((10, 10), 14), EPOCHS) for run in runs]
    each: dict[str, Callable[[], figure.go.Figure]] = {
        "confidence": lambda: charts.histograms(runs),
        "fitting": lambda: charts.fitting_curves(runs),
        "mislabelled": lambda: charts.mislabelled_split(runs),
        "detection": lambda: charts.detection_curves(runs),
        "precision and recall": lambda: charts.precision_recall(runs),
        "F1 by threshold": lambda: charts.f1_by_threshold(runs),
        "overlap": lambda: charts.overlap_curves(runs),
        "confusion": lambda: charts.confusion(tables, "0123456789"),
        "losses": lambda: charts.loss_curves(runs),
    }
    for name, build in each.items():
        drawing = figure.prepared(build(), name, name)
        told = f"{len(drawing.payload) / 1000:6.0f} kB"
        print(f"{name:24}{told}{least(lambda b=build: figure.prepared(b(), 'x', 'x')):8.0f} ms")


def page() -> None:
    """The whole script of Watch, on a store of six runs."""
    ids = stored(RunStore())
    opened = {"first panels": None, "all panels": [panel.label for panel in panels.PANELS]}
    newest = EPOCHS
    for name, labels in opened.items():
        at = AppTest.from_file(str(Path(__file__).parents[1] / "app.py"), default_timeout=120)
        if labels:
            at.query_params["panels"] = labels
        at.run()
        idle, fresh = least(at.run), []
        for _ in range(TURNS):
            newest += 1
            for run_id, method in ids.items():
                RunStore().append(run_id, made_up.snapshot(newest, method))
            fresh.append(least(at.run, 1))
        print(f"{name + ', new records':33}{min(fresh):8.0f} ms")
        print(f"{name + ', nothing new':33}{idle:8.0f} ms")


def stored(store: RunStore) -> dict[str, str]:
    """Six runs of ten classes with their images: method by id."""
    labels = np.arange(made_up.CLEAN + made_up.MISLABELLED) % 10
    data = DataToKeep(
        given_labels=labels,
        true_labels=(labels + (labels < 3)) % 10,
        groups=(labels < 3).astype(np.int8),
        class_names=made_up.facts().class_names,
        probe=np.arange(10),
        images=np.zeros((len(labels), 1, 8, 8), np.uint8),
    )
    store.keep_data(made_up.facts().fingerprint, data)
    ids = {}
    for method in METHODS:
        info = made_up.info(method)
        spec = RunSpec(method=method, epochs=EPOCHS + 2 * TURNS)
        run = store.create(spec, info.data, info.stages, info.device, name=info.name, group="six")
        ids[run.id] = method
        for epoch in range(1, EPOCHS + 1):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")
    return ids


def least(work: Callable[[], object], turns: int = TURNS) -> float:
    """Milliseconds of this process's CPU."""
    seconds = []
    for _ in range(turns):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return 1000 * min(seconds)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LNL_CACHE"] = folder
        figures()
        page()
