from dataclasses import replace

import numpy as np
import pytest

from lnl.errors import StoreError
from lnl.records import RunSpec
from lnl.runs.inferred import sample_labels
from lnl.runs.kept_data import DataToKeep
from tests import made_up

COUNT = made_up.CLEAN + made_up.MISLABELLED
GIVEN = np.arange(COUNT) % 10
TRUE = np.where(np.arange(COUNT) < made_up.MISLABELLED, (GIVEN + 3) % 10, GIVEN)


@pytest.fixture
def run(store):
    """A run whose labels are kept, without an epoch."""
    store.keep_data(
        "f" * 16,
        DataToKeep(
            given_labels=GIVEN,
            true_labels=TRUE,
            groups=(GIVEN != TRUE).astype(np.int8),
            class_names=tuple("0123456789"),
            probe=np.arange(10),
            images=np.zeros((COUNT, 1, 8, 8), np.uint8),
        ),
    )
    return store.create(RunSpec(), made_up.facts(), made_up.info().stages, "CPU")


def predicting(epoch, labels, **values):
    snapshot = made_up.snapshot(epoch)
    samples = replace(snapshot.samples, prediction=labels.astype(np.uint16), values=values)
    return replace(snapshot, samples=samples)


def test_before_the_first_epoch_there_is_nothing(store, run):
    assert sample_labels(store, run.id) is None


def test_labels_of_the_epoch_asked_for_or_the_newest(store, run):
    store.append(run.id, predicting(1, GIVEN))
    store.append(run.id, predicting(2, TRUE))
    first, newest = sample_labels(store, run.id, 1), sample_labels(store, run.id)
    assert (first.epoch, newest.epoch) == (1, 2)
    assert (first.found == GIVEN).all()
    assert (newest.found == TRUE).all()
    assert (newest.given == GIVEN).all()
    assert (newest.true == TRUE).all()
    assert newest.source == "predicted"


def test_a_method_that_keeps_labels_of_its_own_is_asked_for_these(store, run):
    store.append(run.id, predicting(1, GIVEN, inferred_label=TRUE.astype(np.float16)))
    told = sample_labels(store, run.id)
    assert (told.found == TRUE).all()
    assert told.source == "inferred"


def test_labels_that_are_not_there_yet_are_predicted(store, run):
    nothing = np.full(COUNT, np.nan, np.float16)
    store.append(run.id, predicting(1, GIVEN, inferred_label=nothing))
    assert sample_labels(store, run.id).source == "predicted"


def test_damaged_labels_are_told(store, run):
    store.append(run.id, predicting(1, GIVEN))
    (store.folder / "data" / f"{'f' * 16}.npz").write_bytes(b"no zip")
    with pytest.raises(StoreError, match="cannot be read"):
        sample_labels(store, run.id)
