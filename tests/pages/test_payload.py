"""What a refresh of the board sends: six runs of ten classes over 100 epochs, in bytes."""

import numpy as np
import pytest

from lnl.records import RunSpec
from lnl.runs.store.kept_data import DataToKeep
from pages.ui.board import panels
from tests.support import made_up

METHODS = ("ce", "nl", "selnlpl", "pmnar", "rfl", "sed")
EPOCHS = 100
MOST = 300_000  # bytes a refresh


@pytest.fixture
def six_runs(store):
    """Six runs of 100 epochs on data of ten classes."""
    labels = np.arange(made_up.CLEAN + made_up.MISLABELLED) % 10
    store.keep_data(
        made_up.facts().fingerprint,
        DataToKeep(
            given_labels=labels,
            true_labels=labels,
            groups=np.zeros(len(labels), np.int8),
            class_names=made_up.facts().class_names,
            probe=np.arange(10),
            images=np.zeros((len(labels), 1, 8, 8), np.uint8),
        ),
    )
    for method in METHODS:
        info = made_up.info(method)
        run = store.create(
            RunSpec(method=method, epochs=EPOCHS),
            info.data,
            info.stages,
            info.device,
            name=f"{info.name} · digits · symmetric 40 % · seed 0",
            group="six",
        )
        for epoch in range(1, EPOCHS + 1):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")


def sent(at):
    """Bytes of everything on the page: a refresh sends the live part of it."""
    protos = (getattr(element, "proto", None) for element in at.main)
    return sum(proto.ByteSize() for proto in protos if proto is not None)


def test_a_refresh_of_six_runs_is_small(app, six_runs, healthy, figures):
    at = healthy(app())
    assert set(figures(at)) == {"confidence", "training-accuracy"}
    assert 50_000 < sent(at) < MOST
    for panel in panels.PANELS:
        at = healthy(app(panels=panel.label))
        assert sent(at) < MOST, panel.label
    everything = healthy(app(panels=[panel.label for panel in panels.PANELS]))
    assert len(figures(everything)) > 4
    assert sent(everything) < 1.1 * MOST, "with what moves and widens eight panels"
