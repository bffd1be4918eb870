"""Which map is made next and from which it begins; UMAP itself is replaced."""

import numpy as np
import pytest

from lnl.errors import StoreError
from lnl.maps import making
from lnl.maps.making import Wishes, instant, make, make_all, missing, start_of
from lnl.maps.process import serve
from lnl.records import FeatureMap
from tests.maps.conftest import PROBE, features_at


def some_map(epoch, seed=0, count=PROBE):
    places = np.random.default_rng(seed).normal(0, 3, (count, 2)).astype(np.float16)
    return FeatureMap(epoch, "umap", places, 0.5)


@pytest.fixture
def starts(monkeypatch):
    """From which start each map was made, by epoch; the map itself is made up."""
    seen = []

    def fake(epoch, features, start=None):
        seen.append((epoch, start))
        return some_map(epoch, seed=epoch, count=len(features))

    monkeypatch.setattr(making, "make_map", fake)
    return seen


def test_a_map_begins_at_the_nearest_epoch_of_its_run(store, make_run):
    run, other = make_run(5), make_run(5)
    store.keep_map(run, some_map(1, 1))
    store.keep_map(run, some_map(5, 5))
    store.keep_map(other, some_map(2, 2))
    assert np.array_equal(start_of(store, run, 2, PROBE), some_map(1, 1).places)
    assert np.array_equal(start_of(store, run, 4, PROBE), some_map(5, 5).places)


def test_a_first_map_begins_at_that_of_another_run_on_the_same_data(store, make_run):
    run, other, foreign = make_run(2), make_run(2), make_run(2, fingerprint="e" * 16)
    assert start_of(store, run, 1, PROBE) is None
    store.keep_map(foreign, some_map(1, 9))
    assert start_of(store, run, 1, PROBE) is None
    store.keep_map(other, some_map(2, 2))
    assert np.array_equal(start_of(store, run, 1, PROBE), some_map(2, 2).places)


def test_runs_with_other_labels_on_the_same_images_start_alike(store, make_run):
    """But not those on fewer of them: their probe is of other samples."""
    run = make_run(2, images_fingerprint="a" * 16)
    noisier = make_run(2, fingerprint="e" * 16, images_fingerprint="a" * 16)
    fewer = make_run(2, fingerprint="d" * 16, images_fingerprint="a" * 16, num_train=500)
    first_scheme = make_run(2, fingerprint="c" * 16)
    store.keep_map(fewer, some_map(1, 9))
    store.keep_map(first_scheme, some_map(1, 8))
    assert start_of(store, run, 1, PROBE) is None
    store.keep_map(noisier, some_map(2, 2))
    assert np.array_equal(start_of(store, run, 1, PROBE), some_map(2, 2).places)


def test_a_map_of_nothing_or_of_others_is_no_start(store, make_run):
    run = make_run(3)
    store.keep_map(run, FeatureMap(1, "pca", np.zeros((PROBE, 2), np.float16)))
    store.keep_map(run, some_map(2, count=PROBE + 1))
    assert start_of(store, run, 3, PROBE) is None


def test_all_maps_of_a_run_in_the_order_of_its_epochs(store, make_run, starts):
    run = make_run(4)
    store.keep_map(run, some_map(2, 77))
    assert [found.epoch for found in make_all(store, run)] == [1, 3, 4]
    assert list(store.mapped(run)) == [1, 2, 3, 4]
    assert np.array_equal(starts[0][1], some_map(2, 77).places)
    assert np.array_equal(starts[2][1], some_map(3, 3).places), "4 begins at the map of 3"
    assert list(make_all(store, run)) == []


def test_an_epoch_without_features_has_no_map(store, make_run, starts):
    run = make_run(2, change=lambda epoch, features: None)
    assert make(store, run, 1) is None
    assert missing(store, run) == []
    assert instant(store, run, 1) is None


def test_what_is_missing_begins_beside_what_is_there(store, make_run):
    run = make_run(9)
    assert missing(store, run)[0] == 9, "with no map yet: the newest"
    store.keep_map(run, some_map(6))
    assert missing(store, run) == [7, 5, 8, 4, 9, 3, 2, 1]


def test_pca_is_there_at_once_and_lies_on_the_maps_there_are(store, make_run):
    run = make_run(6)
    one, two = instant(store, run, 5), instant(store, run, 6)
    assert one.kind == "pca"
    assert np.sum(one.places.astype(float) * two.places) > 0
    assert store.mapped(run) == {}, "it is not kept"
    mirrored = FeatureMap(6, "umap", -two.places, 0.5)
    store.keep_map(run, mirrored)
    assert np.allclose(instant(store, run, 6).places, mirrored.places, atol=0.05)


def test_the_newest_wish_comes_first_then_the_gaps(store, make_run, starts):
    run, other = make_run(3), make_run(2)
    wishes, news = Wishes(), []
    wishes.add(run, 1)
    wishes.add(other, 1)
    wishes.add(run, 3)
    wishes.add(run, 1)
    for _ in range(5):
        serve(store, wishes, news.append)
    made = [(said["run"], said["epoch"]) for said in news if said["news"] == "made"]
    assert made == [(run, 1), (run, 3), (other, 1), (run, 2), (other, 2)]
    assert wishes.to_fill(store) is None


def test_a_wish_that_is_fulfilled_already_is_passed_over(store, make_run, starts):
    run = make_run(1)
    store.keep_map(run, some_map(1))
    wishes = Wishes()
    wishes.add(run, 1)
    serve(store, wishes, pytest.fail)
    assert starts == []


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (StoreError("arrays are damaged"), "arrays are damaged"),
        (np.linalg.LinAlgError("did not converge"), "LinAlgError: did not converge"),
    ],
)
def test_what_cannot_be_made_is_said_once_and_given_up(store, make_run, monkeypatch, error, why):
    run = make_run(2)

    def damaged(store, run_id, epoch):
        raise error

    monkeypatch.setattr("lnl.maps.process.make", damaged)
    wishes, news = Wishes(), []
    wishes.add(run, 2)
    serve(store, wishes, news.append)
    serve(store, wishes, news.append)  # fills: epoch 1
    assert [(said["news"], said["epoch"]) for said in news] == [("refused", 2), ("refused", 1)]
    assert {said["why"] for said in news} == {why}
    assert wishes.to_fill(store) is None


def test_a_deleted_run_is_given_up(store, make_run, starts):
    run = make_run(1)
    wishes, news = Wishes(), []
    wishes.add(run, 1)
    wishes.add("nothing", 1)
    store.trash(run)
    store.purge()
    serve(store, wishes, news.append)
    serve(store, wishes, news.append)
    assert {said["news"] for said in news} <= {"refused"}
    assert starts == []


def test_equal_features_give_a_map_that_is_not_asked_for_again(store, make_run):
    run = make_run(2, change=lambda epoch, features: np.zeros_like(features))
    assert [found.kind for found in make_all(store, run)] == ["pca", "pca"]
    assert missing(store, run) == []
    assert np.isfinite(instant(store, run, 1).places).all()


def test_features_are_what_the_run_kept(store, make_run, starts):
    run = make_run(2)
    assert np.array_equal(store.probe_features(run, 2), features_at(2))
