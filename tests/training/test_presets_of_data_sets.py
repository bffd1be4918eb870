"""Presets by data set: each names one that there is, and holds the values of its source."""

import numpy as np
import pytest

from lnl.data.source import is_registered, registered
from lnl.data.sources import source_of  # noqa: F401  # registers them all
from lnl.methods.registry import all_methods
from lnl.methods.schedule import value_at
from lnl.records import RunSpec
from lnl.training.resolve import resolve

NAMED = [
    (entry.name, dataset)
    for entry in all_methods()
    for preset in entry.cls.presets.values()
    for dataset in preset.datasets
]


def resolved(method, dataset):
    noise = "none" if not registered(dataset).labels_are_true else "symmetric"
    return resolve(RunSpec(dataset=dataset, method=method, noise=noise), data_must_be_there=False)


def test_presets_name_data_sets_that_there_are():
    assert all(is_registered(dataset) for _, dataset in NAMED)


def test_own_data_take_the_preset_for_them(tmp_path):
    path = tmp_path / "mine.npz"
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8)
    np.savez(path, images=images, labels=np.arange(40) % 2)
    spec = resolve(RunSpec(str(path), "none", method="selnlpl")).spec
    assert (spec.preset, spec.settings["complementary_labels"]) == ("own", -5)
    assert resolve(RunSpec(method="selnlpl")).spec.preset == "digits"
    said = RunSpec(str(path), "none", method="selnlpl", settings={"complementary_labels": 0})
    assert resolve(said).spec.settings["complementary_labels"] == 0


@pytest.mark.parametrize(
    ("method", "dataset", "epochs", "batch", "rates"),
    [
        ("act", "web-car", 110, 32, {}),
        ("co-teaching-plus", "tiny-imagenet", 200, 128, {0: 1e-3}),
        ("disc", "tiny-imagenet", 200, 128, {0: 0.1, 79: 0.1, 80: 0.01, 160: 0.001}),
        ("disc", "clothing1m", 100, 32, {0: 0.01, 49: 0.01, 50: 1e-3, 80: 1e-4}),
        ("disc", "food-101n", 100, 32, {0: 0.01, 49: 0.01, 50: 1e-3, 80: 1e-4}),
        ("disc", "animal-10n", 120, 64, {0: 0.05, 49: 0.05, 50: 5e-3, 80: 5e-4}),
        ("disc", "mini-webvision", 100, 32, {0: 0.1, 59: 0.1, 60: 0.01, 80: 1e-3}),
        ("dividemix", "mini-webvision", 80, 32, {0: 0.01, 39: 0.01, 40: 1e-3}),
        ("elr-plus", "mini-webvision", 100, 128, {0: 0.02, 49: 0.02, 50: 2e-3}),
        ("nct", "tiny-imagenet", 200, 128, {0: 0.1, 60: 0.02}),
        ("pencil", "clothing1m", 25, 32, {0: 1.6e-3}),
        ("pmnar", "mini-webvision", 120, 128, {0: 0.02, 60: 2e-3, 90: 2e-4}),
        ("rfl", "clothing1m", 50, 32, {0: 0.1, 25: 0.01}),
        ("unicon", "tiny-imagenet", 500, 128, {0: 0.005}),
    ],
)
def test_schedules_of_the_sources(method, dataset, epochs, batch, rates):
    run = resolved(method, dataset)
    assert sum(stage.epochs for stage in run.plan) == epochs
    assert run.recipe.batch_size == batch
    for epoch, expected in rates.items():
        start = 0
        for stage in run.plan:
            if epoch < start + stage.epochs:
                break
            start += stage.epochs
        plan = next(iter(stage.optimisers.values()))
        found = value_at(plan.learning_rate, (epoch + 0.5 - start) / stage.epochs)
        assert found == pytest.approx(expected, rel=0.01), epoch
