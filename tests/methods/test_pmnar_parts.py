"""PMNAR's parts: which are cross entropy, their networks, schedules and settings."""

from dataclasses import replace

import pytest
import torch

from lnl.errors import BadInput
from lnl.methods.registry import registered
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place

CPU = place("cpu", "float32", threads=1)


def make(name, data, **chosen):
    return make_method(name, data, network="small-cnn", **chosen)  # has no dropout


def run(method, data):
    trainer = Trainer(method, data, Plan(0, 32, CPU))
    list(trainer)
    return trainer.method


def test_all_but_the_whole_have_one_network():
    assert [registered(name).card.networks for name in ("ml", "pm", "ce-ar", "pm-ar")] == [1] * 4
    assert registered("pmnar").card.networks == 2


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("pm", {"warm_up_epochs": 9, "main_epochs": 0}),  # with an empty complementary set
        ("ce-ar", {"warm_up_epochs": 9, "main_epochs": 0}),
        ("ce-ar", {"reweighting": False, "warm_up_epochs": 0}),
    ],
)
def test_parts_that_are_cross_entropy_train_as_cross_entropy_does(blobs, name, chosen):
    method = make(name, blobs, epochs=2, **chosen)
    method.negatives.fill_(False)
    plain = run(make("ce", blobs, epochs=2), blobs)
    for key, value in run(method, blobs).network.state_dict().items():
        assert torch.equal(value, plain.network.state_dict()[key])


def test_one_network_with_its_own_weights_is_not_cross_entropy(blobs):
    plain = run(make("ce", blobs, epochs=3), blobs)
    found = run(make("ce-ar", blobs, epochs=3, warm_up_epochs=1, main_epochs=2), blobs)
    assert not torch.equal(found.network.head.weight, plain.network.head.weight)


def test_learning_rate_falls_at_120_and_240_of_300_whatever_the_warm_up(blobs):
    recipe = replace(blobs.recipe, milestones=(0.4, 0.8), decay=0.1)
    data = replace(blobs, recipe=recipe)
    for warm in (0, 7, 10, 30):
        method = make(
            "pmnar",
            data,
            epochs=300,
            warm_up_epochs=warm,
            main_epochs=300 - warm,
            learning_rate=0.02,
        )
        rates = []
        for part in method.plan:
            value = part.optimisers["network_1"].learning_rate
            rates += [value(e / part.epochs) for e in range(part.epochs)]
        expected = [0.02] * 120 + [0.002] * 120 + [0.0002] * 60
        assert rates == pytest.approx(expected)


def test_no_part_at_all_is_refused(blobs):
    with pytest.raises(BadInput, match="positive and negative are both off"):
        make("ml", blobs, negative=False)


def test_prediction_by_the_first_network_or_by_both(blobs):
    assert len(make("pmnar", blobs).predictors()) == 1
    both = make("pmnar", blobs, predict_with="both")
    assert both.predictors() == [both.network_1, both.network_2]


def test_papers_schedules_are_presets():
    entry = registered("pmnar")
    for dataset, warm, strength in (
        ("cifar10", 10, 1.0),
        ("cifar100", 30, 0.5),
        ("tiny-imagenet", 30, 0.5),
        ("mini-webvision", 10, 0.5),
    ):
        preset = entry.preset(dataset, None)
        found = entry.cls.Settings(**preset.settings)
        assert (found.learning_rate, found.weight_decay) == (0.02, 5e-4)
        total = 120 if dataset == "mini-webvision" else 300
        assert (found.warm_up_epochs, found.main_epochs) == (warm, total - warm)
        assert found.consistency_weight == strength
        expected = (0.5, 0.75) if dataset == "mini-webvision" else (0.4, 0.8)
        assert preset.recipe["milestones"] == expected
        assert preset.recipe["network"] == "preact-resnet18"
