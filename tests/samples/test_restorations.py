"""Restored images: the right samples, the right epoch, errors in closed form."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.records import EpochSnapshot, Previews
from lnl.samples.restorations import course, error, has_restorations, restorations_at, spread
from lnl.training.previewing import PREVIEWS
from tests.runs.conftest import make_kept


def previews(level):
    """Two black originals, shown at 51 (0.2), restored as 51 * level in the first image."""
    images = [np.zeros((2, 1, 4, 4), np.uint8) for _ in range(3)]
    images[1][:] = 51
    images[2][0] = 51 * level
    return Previews(*images)


@pytest.fixture
def run(store, new_run, snapshot):
    """Restorations at epochs 1, 2 and 4; the error of the first image is (epoch / 5) ** 2."""
    run_id = new_run(num_train=50)
    store.keep_data("abc50", make_kept())
    for epoch in range(1, 5):
        made = snapshot(epoch)
        shown = None if epoch == 3 else previews(epoch)
        store.append(run_id, EpochSnapshot(made.record, made.samples, made.probe_features, shown))
    return run_id


def test_the_newest_restorations_and_their_errors(store, run):
    found = restorations_at(store, run)
    assert found.epoch == 4
    assert found.ids.tolist() == [0, 3]
    assert found.errors == pytest.approx([0.64, 0])
    assert found.augmented_errors == pytest.approx([0.04, 0.04])


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (2, 2), (3, 2), (9, 4)])
def test_an_epoch_without_restorations_shows_those_before_it(store, run, asked, given):
    found = restorations_at(store, run, asked)
    assert found.epoch == given
    assert found.errors[0] == pytest.approx((given / 5) ** 2)


def test_one_image_through_the_epochs(store, run):
    over = course(store, run, 0, most=10)
    assert over.epochs.tolist() == [1, 2, 4]
    assert over.errors == pytest.approx([0.04, 0.16, 0.64])
    assert over.restored[:, 0, 0, 0].tolist() == [51, 102, 204]
    few = course(store, run, 0, most=2)
    assert few.epochs.tolist() == [1, 4]


def test_a_run_that_restores_nothing(store, new_run, snapshot):
    run_id = new_run(num_train=50)
    assert not has_restorations(store, run_id)
    store.append(run_id, snapshot(1))
    assert not has_restorations(store, run_id)
    assert restorations_at(store, run_id) is None


def test_runs_with_restorations_are_found(store, run):
    assert has_restorations(store, run)


def test_errors_neither_wrap_nor_depend_on_the_sign():
    dark, light = np.zeros((1, 1, 2, 2), np.uint8), np.full((1, 1, 2, 2), 255, np.uint8)
    assert error(dark, light) == error(light, dark) == 1


@given(st.integers(1, 2000))
def test_the_samples_are_those_that_the_trainer_restores(size):
    probe = np.arange(size) * 3
    restored = probe[:: max(1, size // PREVIEWS)][:PREVIEWS]
    assert (spread(probe, len(restored)) == restored).all()
