"""Models of timm as networks of runs: exact resume, several networks, features by a frozen one."""

from dataclasses import replace

import pytest
import timm
import torch

from lnl.paths import cache_of_features
from lnl.records import RunSpec
from lnl.training import prepare
from lnl.training.resolve import resolve
from tests.support.trainers import numbers

NAME = "timm:test_resnet"
SPEC = RunSpec("digits", "symmetric", network=NAME, epochs=3, limit=48, batch_size=16, threads=1)


def test_a_resumed_run_gives_the_same_numbers():
    whole = numbers(prepare(SPEC)[1])
    _, begun = prepare(SPEC)
    first = next(begun)
    assert len(first.probe_features) == 48  # the map of features has something to show
    state = begun.checkpoint()
    _, again = prepare(SPEC)
    again.restore(state)
    assert numbers(again) == whole[1:]


@pytest.mark.parametrize("method", ["dividemix", "rfl"])
def test_methods_with_two_networks_and_with_a_decoder_train(method):
    spec = replace(SPEC, method=method, epochs=4, evaluate_every=4, rate=0.4)
    assert list(prepare(spec)[1])[-1].record.evaluated  # losses that are not finite end a run


def test_it_learns():
    spec = replace(SPEC, noise="none", epochs=12, limit=40, batch_size=10, evaluate_every=12)
    losses = [sum(snapshot.record.losses.values()) for snapshot in prepare(spec)[1]]
    assert losses[-1] < losses[0] - 0.3


def test_a_frozen_one_gives_features_on_its_own_scale(tmp_path, monkeypatch):
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    torch.manual_seed(0)
    weights = timm.create_model("test_resnet").state_dict()
    torch.save(weights, tmp_path / "checkpoints" / "test_resnet.pth")
    spec = RunSpec("digits", network=f"frozen:{NAME}", epochs=1, limit=32, threads=1)
    assert resolve(spec).recipe.learning_rate == 0.02
    _, trainer = prepare(spec)
    assert len(next(trainer).probe_features) == 32
    assert len(list(cache_of_features().glob("*.there.npy"))) == 1
    file = tmp_path / "checkpoints" / "test_resnet.pth"
    file.write_bytes(file.read_bytes() + b"other")  # other weights under this name
    next(prepare(spec)[1])
    assert len(list(cache_of_features().glob("*.there.npy"))) == 2


def test_resnet_50_goes_on_from_torchvision_s_file(tmp_path, monkeypatch):
    from torchvision.models import resnet50

    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    file = resnet50()
    torch.save(file.state_dict(), tmp_path / "checkpoints" / "resnet50-11ad3fa6.pth")
    spec = RunSpec(
        "digits", network="pretrained:resnet50", epochs=1, limit=2, batch_size=2, threads=1
    )
    resolved, trainer = prepare(spec)
    assert resolved.network == "pretrained:resnet50"
    assert trainer.method.spec.recipe.mean == pytest.approx((0.449,), abs=1e-4)
    network = trainer.method.network
    assert torch.equal(network.trunk.conv1.weight, file.conv1.weight)
    assert network.eval()(torch.zeros(1, 1, 8, 8)).feature_map.shape == (1, 2048, 7, 7)


def test_large_images_are_evaluated_in_small_batches(monkeypatch):
    monkeypatch.setattr("lnl.training.evaluation.PIXELS", 10 * 160**2)
    _, trainer = prepare(replace(SPEC, epochs=1))
    sizes = []
    trainer.method.network.register_forward_hook(
        lambda network, given, output: None if network.training else sizes.append(len(given[0]))
    )
    next(trainer)
    assert max(sizes) == 10
    assert sum(sizes) == 48 + 360
