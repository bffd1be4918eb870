"""Validation while training, and the early stop that follows it."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.data import load_data
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.training import prepare, train
from lnl.training.early_stop import EarlyStop
from lnl.training.resolve import resolve
from tests.support.trainers import numbers

SPEC = RunSpec(limit=300, validation=0.2, epochs=12, threads=1)


def seen_all(patience, accuracies, first=1):
    """The epoch that ends a run of these validation accuracies; None: none does."""
    watch = EarlyStop(patience, first)
    for epoch, accuracy in enumerate(accuracies, start=1):
        watch.see(epoch, accuracy)
        if watch.ended:
            return epoch
    return None


@pytest.mark.parametrize(
    ("patience", "accuracies", "ends"),
    [
        (2, [0.5, 0.6, 0.6, 0.6, 0.9], 4),  # equal is no better
        (2, [0.5, 0.4, 0.6, 0.5, 0.4], 5),
        (1, [0.1, 0.2, 0.3, 0.4], None),
        (0, [0.9, 0.1, 0.1, 0.1], None),
        (2, [0.5, None, 0.4, 0.4], 3),  # epochs, evaluated or not
    ],
)
def test_the_epoch_that_ends_it(patience, accuracies, ends):
    assert seen_all(patience, accuracies) == ends


def test_stages_before_the_last_run_whole_and_do_not_count():
    falling = [0.9, 0.8, 0.7, 0.1, 0.2, 0.2, 0.2]
    assert seen_all(2, falling) == 3
    assert seen_all(2, falling, first=4) == 7


@given(accuracies=st.lists(st.floats(0, 1), min_size=1, max_size=30), patience=st.integers(1, 5))
def test_as_the_words_say(accuracies, patience):
    ends = seen_all(patience, accuracies)
    until = accuracies[: ends or len(accuracies)]
    waited = len(until) - 1 - until.index(max(until))
    assert waited == patience if ends else waited < patience


def test_the_accuracy_is_that_on_the_given_labels_of_the_validation_images():
    _, trainer = prepare(SPEC)
    record = next(trainer).record
    data, network = trainer.data, trainer.method.network.eval()
    scale = (data.images.read(data.validation.rows).float() / 255).float()
    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (data.recipe.mean, data.recipe.std))
    with torch.no_grad():
        predicted = network((scale - mean) / std).logits.argmax(1)
    hits = (predicted == data.validation.labels).double().mean().item()
    assert record.validation_accuracy == pytest.approx(hits, abs=1e-9)
    assert len(data.validation.labels) == 60


def test_without_validation_images_there_is_none():
    _, trainer = prepare(RunSpec(limit=100, epochs=1))
    assert next(trainer).record.validation_accuracy is None


@pytest.mark.parametrize("method", ["ce", "selnlpl"])
def test_a_run_ends_early_and_a_resumed_one_at_the_same_epoch(method):
    spec = RunSpec(
        limit=300, validation=0.2, epochs=14, patience=1, threads=1, method=method, seed=1
    )
    whole, trainer = numbers(prepare(spec)[1]), prepare(spec)[1]
    last = trainer.stages[-1]
    assert last.first < len(whole) < last.last
    kept = [copy.deepcopy(trainer.checkpoint()) for _ in trainer]
    for epoch, checkpoint in enumerate(kept, start=1):
        resumed = prepare(spec)[1]
        resumed.restore(checkpoint)
        assert resumed.ended == (epoch == len(whole))
        assert numbers(resumed) == whole[epoch:]


def test_a_checkpoint_of_an_earlier_version_goes_on():
    trainer = prepare(SPEC)[1]
    next(trainer)
    checkpoint = copy.deepcopy(trainer.checkpoint())
    del checkpoint["early_stop"]
    resumed = prepare(SPEC)[1]
    resumed.restore(checkpoint)
    assert numbers(resumed) == numbers(trainer)


def test_in_the_library():
    from lnl.training import make_method

    data = load_data("digits", noise="symmetric", rate=0.4, limit=300, validation=0.2)
    method = make_method("ce", data, epochs=30)
    result = train(method, data, patience=2)
    accuracies = [record.validation_accuracy for record in result.records]
    assert seen_all(2, accuracies) == len(accuracies) < 30


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"patience": -1}, "patience must be at least 1 epoch, or 0 for no early stop, got -1"),
        ({"patience": 3}, "an early stop needs validation images, and there are none"),
        ({"validation": 0.9}, "the share to validate on must lie in"),
    ],
)
def test_what_cannot_be(changes, told):
    with pytest.raises(BadInput, match=told):
        resolve(RunSpec(**changes))
    if "patience" in changes:
        data = load_data("digits", limit=50)
        with pytest.raises(BadInput, match=told):
            train(None, data, **changes)
