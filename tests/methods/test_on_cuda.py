"""Every method on a GPU: no tensor on the wrong device, and nothing in a pass waits for the device.

The GPU is a pretended one, so each run must also give the numbers of the CPU, digit by digit.
"""

import numpy as np
import pytest

from lnl.methods.registry import all_methods, registered
from lnl.records import RunSpec
from lnl.runs.running.training_here import train_here
from lnl.runs.store import RunStore
from lnl.runs.store.files import read_checkpoint, write_checkpoint
from lnl.training.passes import Passes
from lnl.training.placement import place
from tests.support import trainers
from tests.support.pretended_cuda import pretended
from tests.support.trainers import own_stages, scalars

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
NAMES = [entry.name for entry in all_methods()]
FAMILIES = list({entry.cls: entry.name for entry in all_methods()}.values())
VARIANTS = [
    ("nlnl", {"class_weight": True, "soft_labels": "released"}),
    ("pmnar", {"record": "train", "history_from": "both", "predict_with": "first"}),
    ("act", {"gap_from": "epoch", "believe_network_1": True}),
    ("sed", {"level_from": "mean", "weight_from": "network", "averages": "apart"}),
    ("rfl", {"cls_view": "strong", "detach": False, "schedule": "step"}),
    ("dividemix", {"threshold": 0.5}),  # at 0 nobody is unlabelled
    ("promix", {"threshold": 0.5, "agree_from": 0.0}),
    ("disc", {"warm_up_epochs": 0}),
    ("co-teaching", {"rate_from": "estimated"}),
    ("o2u", {"rate_from": "estimated"}),
    ("mentornet-pd", {"burn_in": 0.0, "softer_from": 0.5}),
    ("peer", {"rise": "none", "peers": "separate"}),
    ("npn", {"targets": "soft"}),
    ("m-correction", {"replaced_by": "soft"}),
    ("jo", {"average": "running", "hard_labels": True, "update_from": 0.0}),
    ("pes", {"freeze_refined": False}),
    ("fine", {"base": "ce", "reading": "as-written", "reduce": "batch"}),
    ("fine", {"base": "gmm"}),
    ("fine", {"base": "rfl"}),
    ("fine", {"base": "pmnar", "reading": "as-written"}),
]


def trainer_of(name, settings, data, placement):
    own = dict(settings)
    if "threshold" in registered(name).cls.Settings.model_fields:
        own.setdefault(
            "threshold", 0.0
        )  # so soon nothing is believed: an empty selection trains nothing
    epochs = max(2, len(own_stages(name, data, **own)))
    return trainers.trainer_of(name, data, epochs, placement=placement, **own)


def numbers(snapshot):
    """Everything but the clock."""
    arrays = [snapshot.samples.clean_score, snapshot.probe_features, snapshot.samples.prediction]
    arrays += snapshot.samples.values.values()
    shown = snapshot.previews and snapshot.previews.restored.tobytes()
    return scalars(snapshot), snapshot.record.histograms(), [a.tobytes() for a in arrays], shown


def on_the_device(name, settings, data, file):
    """Its records; after the first epoch another trainer goes on from the checkpoint's file."""
    placement = place("auto", "float32", threads=1)
    assert placement.device.type == "cuda"
    first = trainer_of(name, settings, data, placement)
    yield next(first)
    write_checkpoint(file, first.checkpoint())
    second = trainer_of(name, settings, data, placement)
    second.restore(read_checkpoint(file))
    yield from second


@pytest.mark.parametrize(("name", "settings"), [(name, {}) for name in NAMES] + VARIANTS)
def test_it_runs_and_resumes_on_the_device_as_on_the_cpu(
    name, settings, blobs, tmp_path, monkeypatch
):
    cpu = place("cpu", "float32", threads=1)
    expected = [numbers(snapshot) for snapshot in trainer_of(name, settings, blobs, cpu)]
    with pretended() as machine:
        monkeypatch.setattr(Passes, "_sweep", machine.steadily(Passes._sweep))
        run = on_the_device(name, settings, blobs, tmp_path / "checkpoint.pt")
        assert [numbers(snapshot) for snapshot in run] == expected


@pytest.mark.parametrize("name", FAMILIES)
def test_it_runs_in_bfloat16_and_channels_last(name, blobs, monkeypatch):
    with pretended() as machine:
        monkeypatch.setattr(Passes, "_sweep", machine.steadily(Passes._sweep))
        placement = place(threads=1)
        assert placement.title == "Pretended GPU, bfloat16"
        for snapshot in trainer_of(name, {}, blobs, placement):
            assert snapshot.record.losses
            assert np.isfinite(list(snapshot.record.losses.values())).all()


def test_a_run_on_the_device_is_kept_like_any_other(tmp_path):
    store = RunStore(tmp_path)
    with pretended():
        run = train_here(store, RunSpec(method="rfl", dataset="digits", limit=64, epochs=2))
    info = store.run(run)
    assert info.device == "Pretended GPU, bfloat16"
    assert info.spec.device == "cuda:0"
    assert store.checkpoint(run)["epoch"] == info.last_epoch == 2
    assert store.probe_features(run, 2).shape == (64, 50)
    store.close()


def test_an_evaluation_waits_no_oftener_for_more_batches(blobs, monkeypatch):
    waits = []
    for rows in (96, 8):
        monkeypatch.setattr("lnl.training.evaluation.ROWS", rows)
        with pretended() as machine:
            trainer = trainer_of("act", {}, blobs, place(threads=1))
            before = machine.waits  # the first trainer of a process brings the images over
            list(trainer)
        waits.append(machine.waits - before)
    assert waits[0] == waits[1]
