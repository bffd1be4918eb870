"""Estimated matrices beside the true one: the right epoch, the truth as counted, differences."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.samples.transition import counted, transition_at
from tests.runs.conftest import make_kept

GIVEN, TRUE = np.array([0, 0, 1, 1, 2, 0]), np.array([0, 0, 0, 0, 2, -1])
MATRIX = np.array([[0.75, 0.25, 0], [0, 1, 0], [0, 0, 1]], np.float32)


@pytest.fixture
def run(store, new_run, snapshot):
    """Matrices from epoch 2 on; of class 0 half the labels are wrong, of class 1 nobody is."""
    store.keep_data("abc6", make_kept(6, given_labels=GIVEN, true_labels=TRUE))
    run_id = new_run(num_train=6)
    for epoch in range(1, 4):
        matrix = None if epoch == 1 else MATRIX
        store.append(run_id, replace(snapshot(epoch, num_train=6), transition=matrix))
    return run_id


def test_the_truth_is_counted_and_open_set_samples_are_left_out(store, run):
    found = counted(store.data("abc6"))
    assert found[[0, 2]].tolist() == [[0.5, 0.5, 0], [0, 0, 1]]
    assert np.isnan(found[1]).all()


def test_the_newest_estimate_and_how_far_it_is_off(store, run):
    found = transition_at(store, run)
    assert found.epoch == 3
    assert np.array_equal(found.estimated, MATRIX)
    assert found.difference == pytest.approx(0.5 / 6)
    assert found.of_diagonal == pytest.approx(0.25 / 2)


@pytest.mark.parametrize(("asked", "given"), [(1, None), (2, 2), (9, 3)])
def test_at_an_epoch_the_estimate_is_that_of_then(store, run, asked, given):
    found = transition_at(store, run, asked)
    assert (found and found.epoch) == given


def test_without_the_truth_there_is_the_estimate_alone(store, run):
    found = transition_at(store, run, truth=False)
    assert found.true is found.difference is found.of_diagonal is None
    assert np.array_equal(found.estimated, MATRIX)
