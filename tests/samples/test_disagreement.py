"""Samples on which runs part, against labels and predictions written by hand."""

import numpy as np
import pytest

from lnl.errors import BadInput
from lnl.records import EpochSnapshot, RunSpec, SampleRow, StageSpan
from lnl.samples.disagreement import disagreed, right_and_memorised
from tests.runs.conftest import make_kept
from tests.support import made_up

GIVEN = [0, 1, 2, 0, 1, 2]
TRUE = [0, 2, 1, 1, -1, 0]  # samples 1, 2, 3, 5 are mislabelled, 4 is of no class


@pytest.fixture
def trained(store):
    """Puts a run of these predictions, one list an epoch, into the store."""

    def make(*predictions, fingerprint="print", confidence=(0.5,) * 6, true=TRUE):
        facts = made_up.facts(fingerprint=fingerprint, num_train=6, class_names=tuple("abc"))
        run = store.create(RunSpec(), facts, (StageSpan("train", 1, 5),), "CPU")
        labels = None if true is None else np.array(true)
        store.keep_data(fingerprint, make_kept(6, given_labels=np.array(GIVEN), true_labels=labels))
        for epoch, row in enumerate(predictions, 1):
            samples = SampleRow(
                confidence=np.asarray(confidence, np.float16),
                clean_score=np.full(6, 0.5, np.float16),
                prediction=np.asarray(row, np.uint16),
                selected=np.ones(6, bool),
            )
            store.append(run.id, EpochSnapshot(made_up.record(epoch), samples=samples))
        return run.id

    return make


def test_only_mislabelled_samples_that_one_gets_right_and_the_other_repeats(store, trained):
    a = trained([0, 2, 1, 1, 1, 1], confidence=[0.9, 0.2, 0.3, 0.1, 0.9, 0.1])
    b = trained([0, 1, 0, 0, 1, 2], confidence=[0.9, 0.6, 0.3, 0.9, 0.9, 0.9])
    found = right_and_memorised(store, a, b)
    # 0 is clean; 2: b predicts neither; 4 has no true class; 5: a predicts neither
    assert found.ids.tolist() == [3, 1], "the surer the other is, the earlier"
    assert found.predictions.tolist() == [[1, 2], [0, 1]]
    assert (found.given.tolist(), found.true.tolist()) == ([0, 1], [1, 2])
    assert found.among == 4
    assert right_and_memorised(store, b, a).ids.tolist() == []


def test_the_epoch_looked_at_counts(store, trained):
    a = trained(GIVEN, [0, 2, 1, 1, 1, 0])
    b = trained(GIVEN, GIVEN, GIVEN)
    assert right_and_memorised(store, a, b, epoch=1).ids.tolist() == []
    late = right_and_memorised(store, a, b)
    assert sorted(late.ids.tolist()) == [1, 2, 3, 5]
    assert late.epochs == (2, 3)


def test_disagreement_needs_no_truth_and_tells_none(store, trained):
    a = trained([0, 2, 1, 0, 1, 2], true=TRUE)
    b = trained([0, 1, 1, 0, 1, 0], confidence=[0.5, 0.5, 0.5, 0.5, 0.5, 0.9])
    c = trained([0, 0, 1, 0, 1, 2])
    found = disagreed(store, [a, b, c])
    assert found.ids.tolist() == [1, 5], "three answers before two"
    assert (found.true, found.among) == (None, 6)
    two = disagreed(store, [a, b])
    assert two.ids.tolist() == [5, 1], "the further apart in confidence first"


def test_what_cannot_be_compared_says_why(store, trained):
    a, other = trained(GIVEN), trained(GIVEN, fingerprint="other")
    with pytest.raises(BadInput, match="same data and noise seed"):
        right_and_memorised(store, a, other)
    with pytest.raises(BadInput, match="not kept any samples"):
        disagreed(store, [a, trained()])


def test_unknown_true_labels(store, trained):
    a, b = (trained(GIVEN, fingerprint="unknown", true=None) for _ in "ab")
    with pytest.raises(BadInput, match="unknown"):
        right_and_memorised(store, a, b)
    assert disagreed(store, [a, b]).ids.tolist() == []
