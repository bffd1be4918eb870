"""Shared by all tests: those on real data run only where the data are, and are named elsewhere."""

import gc
import os
import sys
from pathlib import Path

# before torch: tests run side by side, and must neither take all cores nor wait by spinning
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import jaxtyping
import numpy as np
import pytest
import torch
from hypothesis import settings
from torch import nn

from lnl.data import ImageSet, LabelSet, NoiseApplied, NoisyData, Split
from lnl.networks import Dropout, Network
from lnl.networks.network import register
from lnl.runs.store import RunStore
from lnl.shapes import Recipe

settings.load_profile("ci")  # equal examples each time; no deadline, machines may be busy

collect_ignore = [] if os.environ.get("LNL_SOAK") else ["soak"]

SHARED = Path(__file__).parents[2] / "shared" / "data"
_not_run: list[str] = []
_internal_errors: list[str] = []


def pytest_collection_modifyitems(config, items):
    missing = [
        *["benchmark_data"] * (not os.environ.get("LNL_DATA")),
        *["shared_data"] * (not SHARED.is_dir()),
    ]
    left_out = [item for item in items if any(map(item.get_closest_marker, missing))]
    if left_out:
        _not_run.extend(item.nodeid for item in left_out)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter):
    if _not_run:
        terminalreporter.section(
            "not run: LNL_DATA does not name the real data sets, or ../shared/data is not there"
        )
        for name in _not_run:
            terminalreporter.line(name)


def pytest_collection_finish():
    """What is imported stays: collecting garbage need not go through all objects of torch."""
    gc.collect()
    gc.freeze()


def pytest_internalerror(excrepr):
    _internal_errors.append(str(excrepr))


def pytest_unconfigure(config):
    """The first error of pytest's own is the cause, and what follows hides it: it is told last."""
    gc.unfreeze()
    if _internal_errors and not hasattr(config, "workerinput"):
        end = _internal_errors[0].splitlines()[-30:]
        print("The first internal error ended with:", *end, sep="\n", file=sys.stderr)  # noqa: T201


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    """No test touches the user's runs."""
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def unchecked_shapes():
    """For long training of what others check: checking takes a quarter of it."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def store():
    """The store that the app and the commands of this test open: that of LNL_CACHE."""
    opened = RunStore()
    yield opened
    opened.close()


class Tiny(Network):
    """A convolution, batch norm, dropout: all that an engine can get wrong, in 500 weights."""

    def __init__(self, image_shape, num_classes):
        super().__init__(32, num_classes)
        self.layers = nn.Sequential(
            nn.Conv2d(image_shape[0], 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.pool = nn.AdaptiveAvgPool2d(2)
        self.dropout = Dropout(0.1)

    @property
    def last_block(self):
        return self.layers

    def body(self, images):
        feature_map = self.pool(self.layers(images))
        return self.dropout(feature_map.flatten(1)), feature_map


register("tiny", title="Tiny", source="tests", summary="For tests.")(Tiny)


def make_blobs(num_train=96, rate=0.4, seed=0):
    """Four classes of bright quadrants, [1, 8, 8], with symmetric noise: learnt in a few steps."""
    random = np.random.default_rng(seed)

    def images(labels):
        pictures = random.integers(0, 60, (len(labels), 1, 8, 8))
        for picture, label in zip(pictures, labels, strict=True):
            row, column = 4 * (label // 2), 4 * (label % 2)
            picture[0, row : row + 4, column : column + 4] += 150
        return torch.from_numpy(pictures.astype(np.uint8))

    true = np.arange(num_train) % 4
    wrong = random.permutation(num_train) < round(rate * num_train)
    given = np.where(wrong, (true + random.integers(1, 4, num_train)) % 4, true)
    test = np.arange(48) % 4
    noise = NoiseApplied("symmetric", rate, seed, {}, float(wrong.mean()), 0.0, torch.eye(4))
    return NoisyData(
        name="blobs",
        title="Blobs",
        images=ImageSet.of((images(true), images(test))),
        train_rows=range(num_train),
        test=Split(range(num_train, num_train + 48), torch.from_numpy(test)),
        labels=LabelSet(
            torch.from_numpy(given), torch.from_numpy(true), ("a", "b", "c", "d"), noise
        ),
        recipe=Recipe("tiny", epochs=4, batch_size=32, learning_rate=0.05, crop=1, cutout=3),
    )


@pytest.fixture(scope="session")
def blobs():
    return make_blobs()


@pytest.fixture(scope="session")
def clean_blobs():
    return make_blobs(num_train=64, rate=0.0)
