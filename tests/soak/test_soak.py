"""The contract's long form: every method with every preset, more samples and epochs, resumed late.

``make soak`` runs it, and nothing else does: it takes an hour or so.
"""

import copy

import numpy as np
import pytest
import torch

from lnl.methods.registry import all_methods, registered
from tests.conftest import make_blobs
from tests.methods.test_contract import numbers, same, state
from tests.support import trainers

PER_STAGE, SAMPLES = 4, 480
CASES = [(entry.name, preset) for entry in all_methods() for preset in ("", *entry.cls.presets)]


@pytest.fixture(scope="module")
def many_blobs():
    return make_blobs(num_train=SAMPLES)


@pytest.mark.parametrize(("name", "preset"), CASES)
def test_a_long_run_is_sound_and_goes_on_exactly_from_any_epoch(name, preset, many_blobs):
    """With the settings of the preset; its network and batch size would only take longer."""
    presets = registered(name).cls.presets
    chosen = dict(presets[preset].settings) if preset else {}

    def trainer():
        return trainers.trainer_of(name, many_blobs, per_stage=PER_STAGE, **chosen)

    whole, before = trainer(), torch.get_rng_state()
    expected, saved = [], []
    for snapshot in whole:
        record = snapshot.record
        assert all(map(np.isfinite, record.losses.values())), record.losses
        assert all(map(np.isfinite, record.extra.values())), record.extra
        scores = snapshot.samples.clean_score
        assert ((scores >= 0) & (scores <= 1)).all()
        expected.append(numbers(snapshot))
        saved.append(copy.deepcopy(whole.checkpoint()))
    assert torch.equal(before, torch.get_rng_state())
    for at in {1, len(saved) // 2, len(saved) - 1}:
        again = trainer()
        again.restore(saved[at - 1])
        assert [numbers(snapshot) for snapshot in again] == expected[at:]
        assert same(state(again), state(whole))
