"""Estimated matrices beside the true one: the right epoch, the truth as counted, differences."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.samples.transition import of_labels, transition_at
from tests.runs.conftest import make_kept

GIVEN, TRUE = np.array([0, 0, 1, 1, 2, 0]), np.array([0, 0, 0, 0, 2, -1])
MATRIX = np.array([[0.75, 0.25, 0], [0, 1, 0], [0, 0, 1]], np.float32)

JOINT = np.array([[0.5, 0, 0], [0.25, 0.25, 0], [0, 0, 0]], np.float32)  # row = given label


@pytest.fixture
def run(store, new_run, snapshot):
    """Estimates from epoch 2 on; of class 0 half the labels are wrong, of class 1 nobody is."""
    store.keep_data("abc6", make_kept(6, given_labels=GIVEN, true_labels=TRUE))
    run_id = new_run(num_train=6)
    for epoch in range(1, 4):
        own, joint = (None, None) if epoch == 1 else (MATRIX, JOINT)
        made = replace(snapshot(epoch, num_train=6), transition=own, joint=joint)
        store.append(run_id, made)
    return run_id


def test_the_truth_is_counted_and_open_set_samples_are_left_out(store, run):
    found = of_labels(store.data("abc6"))
    assert found[[0, 2]].tolist() == [[0.5, 0.5, 0], [0, 0, 1]]
    assert np.isnan(found[1]).all()


def test_the_newest_estimate_and_how_far_it_is_off(store, run):
    found = transition_at(store, run)
    assert found.epoch == 3
    assert np.array_equal(found.estimated, MATRIX)
    assert found.difference(found.estimated) == pytest.approx(0.5 / 6)
    assert found.of_diagonal(found.estimated) == pytest.approx(0.25 / 2)


def test_the_confident_joint_by_true_class(store, run):
    found = transition_at(store, run)
    assert found.counted == pytest.approx(np.array([[2 / 3, 1 / 3, 0], [0, 1, 0], [0, 0, 0]]))
    assert found.counted_noise_rate == pytest.approx(0.25)
    assert found.difference(found.counted) == pytest.approx((1 / 6 + 1 / 6 + 1) / 6)


def test_a_run_without_an_estimate_of_its_own(store, new_run, snapshot):
    store.keep_data("abc6", make_kept(6, given_labels=GIVEN, true_labels=TRUE))
    run_id = new_run(num_train=6)
    store.append(run_id, replace(snapshot(1, num_train=6), joint=JOINT))
    found = transition_at(store, run_id)
    assert found.estimated is None
    assert found.counted is not None


@pytest.mark.parametrize(("asked", "given"), [(1, None), (2, 2), (9, 3)])
def test_at_an_epoch_the_estimate_is_that_of_then(store, run, asked, given):
    found = transition_at(store, run, asked)
    assert (found and found.epoch) == given


def test_without_the_truth_there_is_the_estimate_alone(store, run):
    found = transition_at(store, run, truth=False)
    assert found.true is None
    assert found.difference(found.estimated) is found.of_diagonal(found.estimated) is None
    assert np.array_equal(found.estimated, MATRIX)
