"""What all methods are for: on digits with 40 % wrong labels, each ends above cross entropy.

Few images and the shortest schedules that leave no doubt: CE memorises its wrong labels, and no
method needs luck. Judged by the last epoch, as a user without clean labels would have to.
"""

from functools import cache

import pytest

from lnl.records import RunSpec
from lnl.training import prepare

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SEEDS = (0, 1, 2)
CLEAR = 0.05  # of test accuracy; a difference below it could be the draw of the test images
FEW = 700  # images
SCHEDULES = {  # epochs, images; a mixture of losses needs all of them
    "selnlpl": (100, FEW),
    "gmm": (30, None),
    "sed": (20, FEW),
    "fine": (20, FEW),
    "act": (20, FEW),
    "pmnar": (14, FEW),
    "rfl": (14, FEW),
    "jocor": (20, FEW),
}


@cache
def last_record(method, epochs, limit, seed):
    """Of a run whose network and wrong labels are drawn by ``seed``."""
    spec = RunSpec(
        method=method,
        epochs=epochs,
        seed=seed,
        noise_seed=seed,
        limit=limit,
        threads=1,
        evaluate_every=epochs,
    )
    _, trainer = prepare(spec)
    return list(trainer)[-1].record


def memorising(limit, seed):
    """CE on the same images with the same wrong labels."""
    return last_record("ce", 40, limit, seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("limit", [FEW, None])
def test_ce_memorises(limit, seed):
    record = memorising(limit, seed)
    assert record.train_accuracy_given > 0.8, "far above the clean rate of 0.6"
    assert record.memorised > 0.7


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", SCHEDULES)
def test_it_ends_above_ce(method, seed):
    epochs, limit = SCHEDULES[method]
    mine, ce = last_record(method, epochs, limit, seed), memorising(limit, seed)
    assert mine.test_accuracy > ce.test_accuracy + CLEAR
    assert mine.memorised < ce.memorised / 2
