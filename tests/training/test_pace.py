"""What a few steps on made-up images tell; how fast this machine is, no test asserts."""

import pytest
import torch

from lnl.networks.frozen import PREFIX
from lnl.shapes import Recipe
from lnl.training import pace
from lnl.training.pace import Pace, pace_of
from lnl.training.placement import place
from tests.support.trainers import CPU

SHAPE = (3, 8, 8)
RECIPE = Recipe("small-cnn", 60, batch_size=32, mean=(0.5,) * 3, std=(0.5,) * 3)


@pytest.fixture
def epochs(monkeypatch):
    """Seconds an image, pretended; and the sizes of the epochs that were tried."""
    tried = []

    def epoch(data, placement):
        sizes = len(data.given_labels), len(data.test_labels)
        tried.append(sizes)
        return 1e-3 * sizes[0], 1e-4 * sum(sizes)

    monkeypatch.setattr(pace, "_epoch", epoch)
    pace_of.cache_clear()
    yield tried
    pace_of.cache_clear()


def test_more_images_are_tried_until_the_epoch_is_long_enough(epochs):
    found = pace_of(SHAPE, 10, RECIPE, CPU, (5000, 1000))
    assert found == Pace(pytest.approx(1e-3), pytest.approx(1e-4), 0.0)
    assert epochs[0] == (32, 32)
    assert 1e-3 * epochs[-1][0] + 1e-4 * sum(epochs[-1]) >= pace.ENOUGH
    assert epochs[-1][0] < 5000


def test_of_few_images_the_whole_epoch_is_tried(epochs):
    pace_of(SHAPE, 10, RECIPE, CPU, (100, 20))
    assert epochs == [(32, 20), (100, 20)]


def test_the_rows_of_a_table_have_a_pace_too():
    found = pace_of((1, 20, 20), 3, Recipe("mlp", 0, batch_size=16), place("cpu"), (40, 10), 5)
    assert min(found.training, found.evaluation) > 0


def test_a_pace_is_measured_once(epochs):
    assert pace_of(SHAPE, 10, RECIPE, CPU, (32, 20)) is pace_of(SHAPE, 10, RECIPE, CPU, (32, 20))
    assert len(epochs) == 1


@pytest.mark.parametrize("network", ["small-cnn", f"{PREFIX}efficientnet-lite0"])
def test_a_real_epoch_takes_time_and_moves_no_global_generator(network):
    before = torch.random.get_rng_state()
    found = pace_of((3, 16, 16), 3, Recipe(network, 0, batch_size=16), place("cpu"), (40, 10))
    assert min(found.training, found.evaluation) > 0
    assert (found.features > 0) == network.startswith(PREFIX)
    assert torch.equal(torch.random.get_rng_state(), before)
