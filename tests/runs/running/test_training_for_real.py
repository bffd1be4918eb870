"""The manager with the real engine: what it refuses, and how a process ends while it trains."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from lnl.data import data_of
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from lnl.runs.running.training_here import train_here
from lnl.runs.store import RunStore
from lnl.runs.store.run_rows import default_name
from lnl.training.resolve import resolve

QUICK = {"limit": 64, "threads": 1}


@pytest.fixture
def manager(store):
    manager = RunManager(store)
    yield manager
    manager.close()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (RunSpec(method="selnlp"), "Did you mean 'selnlpl'"),
        (RunSpec(dataset="digit"), "Did you mean 'digits'"),
        (RunSpec(dataset="mnist", data_dir="/nowhere"), "was not found in '/nowhere'"),
        (RunSpec(noise="human"), "cannot be used here"),
        (RunSpec(rate=1.5), "must lie in"),
        (RunSpec(network="lenet"), "unknown network"),
        (RunSpec(settings={"colour": 1}), "unknown setting 'colour'"),
        (RunSpec(epochs=0), "at least 1"),
        (RunSpec(method="selnlpl", epochs=1), "one for each stage"),
        (RunSpec(device="cuda:77"), "is not there"),
    ],
)
def test_bad_input_is_refused_before_anything_starts(manager, store, spec, said):
    with pytest.raises(BadInput, match=said):
        manager.start([RunSpec(**QUICK), spec])
    assert store.runs() == []


def test_training_and_pages_map_the_same_images(store):
    def numbers(run):
        clock = {"seconds": 0, "evaluation_seconds": 0, "images_per_second": 0}
        return [{**record.scalars(), **clock} for record in store.records(run)]

    spec = RunSpec(network="small-cnn", epochs=2, threads=1)
    images = data_of(spec).images
    images.file, images.pixels = None, images.pixels.clone()  # nobody has mapped them
    seen = images.pixels.clone()
    first, second = train_here(store, spec), train_here(store, spec)
    kept = store.data(store.run(first).data.fingerprint)
    assert images.file == kept.images.filename
    assert torch.equal(images.pixels, seen)
    assert np.array_equal(kept.images, images.pixels[:1437])
    assert numbers(first) == numbers(second)


def test_names_say_method_data_noise_and_seed():
    assert default_name(RunSpec(seed=3), "CE") == "CE · digits · symmetric 40 % · seed 3"
    spec = RunSpec(dataset="my/own.npz", noise="none", rate=0.0)
    assert default_name(spec, "CE") == "CE · own · no added noise · seed 0"


@pytest.mark.parametrize(
    ("spec", "title"),
    [
        (RunSpec(method="fine"), "FINE over SED"),
        (RunSpec(method="afmu"), "AFMU over SED"),
        (RunSpec(method="nsnl", settings={"base": "gmm"}), "NSNL over Small loss (GMM)"),
        (RunSpec(method="fine", preset="released-cifar80n"), "FINE over SED"),
        (RunSpec(method="sed"), "SED"),
    ],
)
def test_a_run_of_a_wrapper_says_over_which_base_by_its_title(manager, spec, title):
    whole = f"{title} · digits · symmetric 40 % · seed 0"
    (run_id,) = manager.start([replace(spec, limit=64, threads=1)])
    run = manager.store.run(run_id)
    assert run.name == whole
    assert resolve(run.spec).method_title == title, "also once it is resolved"


def test_a_run_trained_here_is_named_alike(store):
    spec = RunSpec(method="fine", settings={"base": "ce"}, limit=64, threads=1, epochs=1)
    assert store.run(train_here(store, spec)).name.startswith("FINE over CE · digits")


CHILD = """
import sys
from lnl.records import RunSpec
from lnl.runs.running.drive import Watcher
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore
import threading

begun = threading.Event()
manager = RunManager(RunStore(), watcher=Watcher(on_epoch=lambda *_: begun.set()))
manager.start([RunSpec(limit=256, threads=1, epochs=1000)])
assert begun.wait(100)
"""


def test_a_process_that_ends_while_it_trains_ends_well_and_can_be_resumed():
    """The trainer's thread is a daemon: without the manager's atexit torch aborts the process."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    child = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, env=environment, timeout=120
    )
    assert (child.returncode, child.stderr) == (0, "")
    store = RunStore()
    (run,) = store.runs()
    assert run.status == "interrupted"
    assert run.message == f"closed after epoch {run.last_epoch}: resume to go on"
    assert run.last_epoch >= 1
    assert store.checkpoint(run.id)["epoch"] == run.last_epoch
    store.close()
