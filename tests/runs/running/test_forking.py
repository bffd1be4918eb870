"""A fork is the same run but for the one change, and can be trained."""

from dataclasses import replace

import pytest

from lnl import catalogue
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.running.forking import current, fork, fork_name
from lnl.training import prepare

KEPT = RunSpec(
    method="sed",
    settings={"alpha": 1.0, "nesterov": True},
    preset="p",
    network="small-cnn",
    epochs=20,
    device="cuda:0",
    precision="bfloat16",
    threads=3,
)


@pytest.mark.parametrize(
    ("name", "value"), [("seed", 7), ("noise_seed", 2), ("rate", 0.6), ("epochs", 5)]
)
def test_one_field_changes(name, value):
    assert fork(KEPT, name, value) == replace(KEPT, **{name: value})


def test_one_setting_changes_and_the_original_stays():
    assert fork(KEPT, "alpha", 0.5) == replace(KEPT, settings={"alpha": 0.5, "nesterov": True})
    assert KEPT.settings["alpha"] == 1.0


def test_another_method_has_settings_of_its_own():
    assert fork(KEPT, "method", "ce") == replace(KEPT, method="ce", settings={}, preset=None)


def test_another_device_chooses_its_own_precision():
    found = fork(KEPT, "device", "auto")
    assert found == replace(KEPT, device="auto", precision="auto", threads=None)


def test_another_base_has_settings_of_its_own():
    settings = {"base": "sed", "base_settings": {"alpha": 1.0}, "base_preset": "p", "beta": 0.1}
    found = fork(RunSpec(method="fine", settings=settings), "base", "act").settings
    assert found == {"base": "act", "base_settings": {}, "base_preset": "", "beta": 0.1}


def test_no_change_and_no_such_setting_are_refused():
    with pytest.raises(BadInput, match="seed 0 already"):
        fork(KEPT, "seed", 0)
    with pytest.raises(BadInput, match="sed has no setting 'threshold'"):
        fork(KEPT, "threshold", 1)


def test_the_change_stands_in_the_name():
    told = {
        "seed": "SED · digits · symmetric 40 % · seed 5",
        "epochs": "SED · digits · symmetric 40 % · seed 0 · epochs 5",
        "alpha": "SED · digits · symmetric 40 % · seed 0 · alpha 5",
    }
    for name, words in told.items():
        assert fork_name(fork(KEPT, name, 5), name, "SED") == words
    over = fork(RunSpec(method="fine", settings={"base": "sed"}), "base", "act")
    told = fork_name(over, "base", catalogue.resolve(over).method_title)
    assert told == "FINE over ACT · digits · symmetric 40 % · seed 0"
    assert fork_name(fork(KEPT, "nesterov", False), "nesterov", "SED").endswith("nesterov False")


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("selnlpl", "method", "ce"),
        ("ce", "method", "selnlpl"),
        ("fine", "base", "gmm"),
        ("selnlpl", "epochs", 3),
        ("sed", "alpha", 0.25),
        ("ce", "device", "auto"),
    ],
)
def test_a_resolved_run_can_be_trained_with_the_change(method, name, value):
    kept, _ = prepare(RunSpec(method=method, limit=64, epochs=6, device="cpu"))
    found, _ = prepare(fork(kept, name, value))
    if name != "device":
        assert current(found, name) == value
    assert (found.limit, found.network, found.batch_size) == (64, kept.network, kept.batch_size)
