"""The generated shapes."""

import hashlib

import numpy as np
import pytest
import torch

from lnl.data import dataset_cards
from lnl.data.sources.shapes import INSIDE, shapes


def test_classes_are_balanced_and_shuffled():
    data = shapes()
    assert data.train_images.shape == (4000, 3, 32, 32)
    assert data.images.read(data.test.rows).shape == (1000, 3, 32, 32)
    every = torch.cat([data.train.labels, data.test.labels])
    assert torch.bincount(every).tolist() == [500] * 10
    assert len(data.train.labels[:100].unique()) == 10
    assert data.class_names == tuple(INSIDE)


def test_they_are_always_the_same():
    first = shapes()
    shapes.cache_clear()
    assert torch.equal(shapes().train_images, first.train_images)
    digest = hashlib.sha256(first.train.labels.numpy().tobytes()).hexdigest()
    assert digest.startswith("ef476c35a57640fa")


def test_they_say_that_they_are_synthetic():
    card = next(c for c in dataset_cards() if c.name == "shapes")
    assert card.synthetic
    assert "synthetic" in card.title.lower()


@pytest.mark.parametrize("name", INSIDE)
def test_each_shape_covers_a_part_of_its_square(name):
    u, v = np.meshgrid(np.linspace(-1, 1, 101), np.linspace(-1, 1, 101))
    share = (INSIDE[name](u[None], v[None]) < 0).mean()
    assert 0.1 < share < 0.85


def test_pairs_look_alike_but_differ():
    u, v = np.meshgrid(np.linspace(-1, 1, 101), np.linspace(-1, 1, 101))
    inside = [shape(u[None], v[None]) < 0 for shape in INSIDE.values()]
    for first, second in zip(inside[::2], inside[1::2], strict=True):
        assert (first != second).mean() > 0.03
