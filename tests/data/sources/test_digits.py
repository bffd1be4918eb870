"""The embedded digits and their split."""

import numpy as np
import torch
from sklearn.datasets import load_digits

from lnl.data.sources.digits import digits
from lnl.data.split import stratified


def test_the_split_is_fixed_and_stratified():
    data = digits()
    assert (len(data.train.labels), len(data.test.labels)) == (1437, 360)
    sizes = np.bincount(load_digits().target)
    shares = np.bincount(data.test.labels.numpy()) / sizes
    assert (abs(shares - 360 / 1797) < 0.005).all()
    assert data.train.labels[:12].tolist() == [1, 4, 3, 3, 5, 7, 1, 1, 4, 5, 7, 8]
    assert data.test.labels[:12].tolist() == [1, 5, 2, 2, 2, 0, 9, 6, 4, 5, 7, 6]


def test_each_image_is_there_once():
    raw = load_digits()
    train, test = stratified(raw.target, 360, seed=0)
    assert sorted([*train, *test]) == list(range(1797))
    pixels = digits().train_images[0, 0].float() / 255 * 16
    assert torch.allclose(pixels, torch.from_numpy(raw.images[train[0]]).float(), atol=0.04)


def test_the_order_is_shuffled():
    # Any first so many samples (limit) hold every class.
    assert len(digits().train.labels[:60].unique()) == 10


def test_normalisation_is_that_of_the_data():
    from lnl.data.source import registered

    recipe = registered("digits").recipe
    assert digits().channel_statistics() == (recipe.mean, recipe.std)
