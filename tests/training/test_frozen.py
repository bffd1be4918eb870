"""Features of a frozen backbone: computed once, kept, gone on with; methods train on them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from lnl.data import load_data
from lnl.data.features import strong, weak
from lnl.errors import BadInput, Unwritable
from lnl.networks import backbones, trains_on_one
from lnl.networks.backbones import Backbone, backbone
from lnl.paths import cache_of_features
from lnl.records import RunSpec
from lnl.training import make_method, prepare, train
from lnl.training.frozen import features_of
from lnl.training.passes import Stopped
from lnl.training.placement import place
from lnl.training.resolve import resolve
from tests.support.trainers import numbers

NAME = "efficientnet-lite0"
SPEC = RunSpec(
    "digits", "symmetric", network=f"frozen:{NAME}", epochs=3, limit=200, batch_size=32, threads=1
)


class Corners(nn.Module):
    """Stands for a backbone: 1,280 pixels of an image, each with a weight."""

    calls = 0

    def forward(self, images):
        type(self).calls += len(images)
        flat = images[:, 0, ::2, ::2].flatten(1)[:, :1280]
        return flat * torch.linspace(0.5, 1.5, 1280)


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    """A backbone that takes no seconds."""
    light = Backbone(NAME, "Corners", "", 1280, lambda: "", Corners)
    monkeypatch.setitem(backbones.BACKBONES, NAME, light)
    Corners.calls = 0


def compute(images, rows, told=lambda done, total: None):
    return features_of(images, rows, NAME, place("cpu", "float32", 1), told)


def test_features_are_those_of_each_image():
    images = load_data("digits", limit=70).images
    found = compute(images, (range(70), range(1437, 1500)))
    with torch.inference_mode():
        expected = Corners()(backbone(NAME).form.normalised(images.read(range(70))))
    assert torch.allclose(found.read(range(70)).float(), expected, atol=2e-3)
    assert found.read(range(70, 1437)).abs().max() == 0
    assert found.shape == (1280, 1, 1)


def test_nothing_is_computed_twice():
    images = load_data("digits").images
    compute(images, (range(100),))
    compute(images, (range(50, 150), range(100)))
    assert Corners.calls == 150


def test_a_stop_keeps_what_is_done_and_the_result_is_the_same(monkeypatch):
    monkeypatch.setattr("lnl.training.frozen.SYNCED", 1)
    images = load_data("digits").images

    def stop(done, total):
        if done == 3:
            raise Stopped

    with pytest.raises(Stopped):
        compute(images, (range(600),), stop)
    assert Corners.calls == 3 * 60
    gone_on = compute(images, (range(600),)).read(range(600)).clone()
    assert Corners.calls == 600
    for path in cache_of_features().iterdir():
        path.unlink()
    at_once = compute(images, (torch.arange(600),)).read(range(600))
    assert torch.equal(gone_on, at_once)


def test_a_full_disk_is_told(monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np.memmap, "flush", full)
    with pytest.raises(Unwritable, match="the disk is full"):
        compute(load_data("digits").images, (range(10),))


def test_a_method_trains_on_features_and_says_what_it_does():
    _, trainer = prepare(SPEC)
    beats = []
    trainer.on_batch = beats.append
    first = next(trainer)
    assert {beat.stage for beat in beats[:3]} == {"features"}
    assert beats[0].batch == 0
    last = list(trainer)[-1]
    assert last.record.train_accuracy_given > first.record.train_accuracy_given
    assert first.probe_features is not None


def test_a_stop_before_the_first_epoch_is_heard():
    _, trainer = prepare(SPEC)
    trainer.should_stop = lambda: True
    with pytest.raises(Stopped):
        next(trainer)


def test_a_resumed_run_gives_the_same_numbers():
    whole = numbers(prepare(SPEC)[1])
    _, begun = prepare(SPEC)
    next(begun)
    state = begun.checkpoint()
    _, again = prepare(SPEC)
    again.restore(state)
    assert numbers(again) == whole[1:]


@pytest.mark.parametrize(
    "method", ["promix", "nlnl", "pmnar", "fine", "dividemix", "elr-plus", "co-teaching"]
)
def test_methods_with_views_and_two_networks_train_too(method):
    data = load_data("digits", noise="symmetric", rate=0.4, limit=128)
    made = make_method(method, data, epochs=8, network=f"frozen:{NAME}", batch_size=32)
    result = train(made, data, device="cpu")
    assert all(np.isfinite(list(r.losses.values())).all() for r in result.records)


def test_what_restores_images_is_refused_by_name():
    data = load_data("digits", noise="symmetric", rate=0.4, limit=128)
    with pytest.raises(BadInput, match="has no feature map, so nothing can be restored"):
        make_method("rfl", data, network=f"frozen:{NAME}")
    made = make_method("rfl", data, epochs=4, network=f"frozen:{NAME}", restore=False)
    assert len(train(made, data, device="cpu").records) == 4


def test_batches_of_one_are_refused_as_everywhere_with_batch_norm():
    assert not trains_on_one(f"frozen:{NAME}", (3, 128, 128))


def test_views_change_vectors_a_little_and_a_lot():
    vectors = torch.randn(50, 400) * 3
    generator = torch.Generator().manual_seed(0)
    little, lot = weak(vectors, generator), strong(vectors, generator)
    assert (little - vectors).std() == pytest.approx(0.05 * 3, rel=0.1)
    assert (lot == 0).float().mean() == pytest.approx(0.2, abs=0.02)
    again = torch.Generator().manual_seed(0)
    assert torch.equal(weak(vectors, again), little)


def test_the_head_has_rates_of_its_own():
    found = resolve(RunSpec("digits", network=f"frozen:{NAME}"))
    assert (found.recipe.learning_rate, found.recipe.batch_size) == (0.02, 64)
    said = resolve(RunSpec("digits", network=f"frozen:{NAME}", batch_size=8, epochs=5))
    assert (said.recipe.batch_size, said.spec.epochs) == (8, 5)


def test_validation_images_are_seen_through_the_backbone_too():
    spec = replace(SPEC, validation=0.2, epochs=1)
    _, trainer = prepare(spec)
    record = next(trainer).record
    features = next(trainer._evaluator.validation.in_order([range(40)]))
    assert features.shape == (40, 1280)
    assert features.abs().amax(1).min() > 0
    assert 0 <= record.validation_accuracy <= 1
