"""What each epoch keeps of the test images: their own features, on the axes of the samples'."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from lnl.data import loader
from lnl.training import evaluation
from tests.conftest import make_blobs
from tests.training.test_trainer import Probe, reloaded, trainer_of


def arrays(snapshot):
    unseen = snapshot.unseen
    return snapshot.probe_features, unseen.features, unseen.prediction, unseen.confidence


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(arrays(a), arrays(b), strict=True))


@pytest.fixture
def few(monkeypatch):
    """Ten of the 48 test images, evaluated 20 at a time."""
    monkeypatch.setattr(evaluation, "TEST_PROBE_SIZE", 10)
    monkeypatch.setattr(evaluation, "ROWS", 20)


def test_they_are_what_the_networks_make_of_the_test_images(blobs, few):
    trainer = trainer_of(Probe, blobs)
    snapshot = next(trainer)
    chosen = trainer.test_probe
    assert len(chosen) == 10
    images = next(trainer._evaluator.test.in_order([range(48)]))[torch.from_numpy(chosen)]
    samples = next(trainer._evaluator.train.in_order([range(96)]))
    networks = trainer.method.predictors()
    with evaluation.evaluating(trainer.method):
        both = [[network(batch) for network in networks] for batch in (images, samples)]
    of_images, of_samples = (torch.cat([o.features for o in out], 1) for out in both)
    mean = torch.stack([o.logits.softmax(1) for o in both[0]]).mean(0)
    classes = blobs.test_labels[torch.from_numpy(chosen)]
    kept = snapshot.unseen
    assert kept.prediction.tolist() == mean.argmax(1).tolist()
    expected = mean.gather(1, classes[:, None])[:, 0].numpy()
    assert kept.confidence == pytest.approx(expected, abs=1e-3)
    # distances to the samples: reduced features are turned and scaled, nothing else
    apart = torch.cdist(of_images, of_samples).numpy()
    reduced = torch.cdist(*(torch.from_numpy(a).float() for a in arrays(snapshot)[1::-1])).numpy()
    assert np.std(reduced / apart) / np.mean(reduced / apart) < 0.01


def test_they_are_kept_where_the_features_of_samples_are(blobs):
    third = list(trainer_of(Probe, blobs, every=3))
    assert [s.unseen is not None for s in third] == [s.record.evaluated for s in third]
    for snapshot in third:
        assert (snapshot.unseen is None) == (snapshot.probe_features is None)


def test_a_resumed_run_keeps_the_same(blobs):
    whole = list(trainer_of(Probe, blobs))
    first = trainer_of(Probe, blobs)
    for _ in range(3):
        next(first)
    second = trainer_of(Probe, blobs)
    second.restore(reloaded(first))
    assert all(same(a, b) for a, b in zip(second, whole[3:], strict=True))


def test_streamed_data_give_the_same(blobs, monkeypatch):
    whole = list(trainer_of(Probe, blobs))
    monkeypatch.setattr(loader, "fits", lambda images, device: False)
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda images: images)
    streamed = trainer_of(Probe, blobs)
    assert not streamed._evaluator.test.resident
    assert all(same(a, b) for a, b in zip(streamed, whole, strict=True))


def test_which_test_images_follows_from_the_data_alone(blobs, few):
    same_data = replace(make_blobs(), labels=make_blobs(rate=0.1).labels)
    others = make_blobs(seed=1)
    chosen = [
        trainer_of(Probe, data, seed=seed).test_probe.tolist()
        for seed, data in enumerate((blobs, same_data, others))
    ]
    assert chosen[0] == chosen[1] != chosen[2]
