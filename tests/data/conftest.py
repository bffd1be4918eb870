"""Labels to put noise on, and small data sets on disk."""

import numpy as np
import pytest
import torch

from lnl.data.noise.model import NoiseInput, Sample, registered, resolve_options
from lnl.data.source import LabelledImages, Source
from lnl.shapes import Recipe
from tests.support.serving import served


def make_source(num_classes, load=lambda folder: None, **more):
    return Source(
        name="made",
        title="Made",
        summary="",
        recipe=Recipe("small-cnn", epochs=1),
        load=load,
        num_train=0,
        num_test=0,
        num_classes=num_classes,
        image_shape=(1, 4, 4),
        **more,
    )


@pytest.fixture
def draw(tmp_path):
    """draw(model, labels, rate, ...) -> NoiseOutput, without loading a data set."""

    def run(
        model,
        labels,
        rate=0.0,
        seed=0,
        source=None,
        images=None,
        tests=None,
        sample=Sample(),
        **options,
    ):
        labels = np.asarray(labels)
        source = source or make_source(int(labels.max()) + 1)
        if images is None:
            images = torch.zeros(len(labels), 1, 4, 4, dtype=torch.uint8)
        tests = torch.from_numpy(np.asarray(labels if tests is None else tests))
        data = LabelledImages.of(
            images,
            torch.from_numpy(labels),
            torch.zeros(len(tests), *images.shape[1:], dtype=torch.uint8),
            tests,
            tuple(str(c) for c in range(source.num_classes)),
        )
        resolved = resolve_options(registered(model), source, options)
        random = np.random.RandomState(seed)
        drawn = NoiseInput(data, source, tmp_path, rate, resolved, random, sample)
        return registered(model).draw(drawn)

    return run


@pytest.fixture
def server():
    """A web server on this machine."""
    with served() as server:
        yield server


@pytest.fixture
def write_npz(tmp_path):
    """Write an .npz of small valid arrays, with some replaced or (None) left out."""

    def write(**changes):
        random = np.random.RandomState(0)
        arrays = {
            "x_train": random.randint(0, 256, (12, 8, 8, 3)).astype(np.uint8),
            "y_train": np.arange(12) % 3,
            "x_test": random.randint(0, 256, (6, 8, 8, 3)).astype(np.uint8),
            "y_test": np.arange(6) % 3,
            **changes,
        }
        path = tmp_path / "own.npz"
        np.savez(path, **{k: v for k, v in arrays.items() if v is not None})
        return path

    return write
