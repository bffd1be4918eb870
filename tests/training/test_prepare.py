"""From a spec to a trainer: what is resolved, and what is refused before anything is trained."""

import os

import numpy as np
import pytest

import lnl
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.training import prepare
from lnl.training.resolve import resolve

SMALL = RunSpec(limit=100, device="cpu", epochs=3)


def spec(**changes):
    return RunSpec(**{**SMALL.__dict__, **changes})


def test_everything_is_resolved_and_trains_the_same_again():
    resolved, trainer = prepare(spec(method="selnlpl"))
    assert resolved.network == "small-cnn"
    assert resolved.batch_size > 0
    assert resolved.settings["threshold"] == 0.5
    assert resolved.precision in ("float32", "bfloat16")
    again, twin = prepare(resolved)
    assert again == resolved
    for one, two in zip(trainer, twin, strict=True):
        assert one.record.losses == two.record.losses


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"method": "selnlpl", "settings": {"threshold": 0.4}, "noise": "asymmetric"},
        {"method": "pmnar", "batch_size": 16, "noise": "none"},
        {"method": "fine", "settings": {"base": "act"}, "noise": "open-set", "epochs": 4},
        {"method": "ce", "network": "resnet14", "precision": "float32", "threads": 1},
        {"noise": "matrix", "noise_options": {"matrix": [[0.1] * 10] * 10}},
    ],
    ids=str,
)
def test_a_spec_is_resolved_as_its_run_will_be(changes):
    asked = spec(**changes)
    kept, trainer = prepare(asked)
    told = resolve(asked)
    assert told.spec == kept
    assert told.stages == trainer.stages
    assert told.plan == trainer.method.plan
    assert resolve(kept).spec == kept, "a resume reads only what was kept"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "selnpl"}, "Did you mean 'selnlpl'"),
        ({"dataset": "digit"}, "Did you mean 'digits'"),
        ({"noise": "symetric"}, "Did you mean 'symmetric'"),
        ({"rate": 40}, "write 0.4 for 40 %"),
        ({"settings": {"learning_rat": 1}}, "Did you mean 'learning_rate'"),
        ({"settings": {"learning_rate": -1}}, "'learning_rate'.*greater than 0, got -1"),
        ({"network": "lenet"}, "Did you mean 'lenet5'"),
        ({"preset": "nonsense"}, "has no preset 'nonsense'"),
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"method": "selnlpl", "epochs": 2}, "at least 3, one for each stage"),
        ({"limit": 0}, "limit"),
        ({"threads": 0}, "threads must be at least 1, got 0"),
        ({"threads": 5000}, r"threads must be 1 to \d+ on this machine of \d+ cores, got 5000"),
        ({"network": "cnn7", "batch_size": 1}, "'cnn7' cannot train on one image of 8 x 8"),
        ({"network": "resnet18", "limit": 1}, "number of training images of 2 or more"),
        ({"seed": -1}, "seed must be at least 0 and less than"),
        ({"noise_seed": 10**20}, "noise_seed must be at least 0 and less than"),
    ],
)
def test_bad_input_is_refused_by_name(changes, message):
    for look in (prepare, resolve):
        with pytest.raises(BadInput, match=message):
            look(spec(**changes))


def test_one_image_at_a_time_where_the_network_can():
    assert resolve(spec(network="small-cnn", batch_size=1)).spec.batch_size == 1
    _, trainer = prepare(spec(network="small-cnn", batch_size=1, limit=4, epochs=1))
    assert next(trainer).record.epoch == 1


def test_library_use():
    data = lnl.load_data("digits", noise="symmetric", rate=0.4, limit=200)
    seen = []
    result = lnl.train(
        lnl.make_method("ce", data, epochs=2), data, device="cpu", on_epoch=seen.append
    )
    assert [r.epoch for r in seen] == [1, 2]
    assert result.test_accuracy == seen[-1].test_accuracy


def test_a_run_keeps_the_rate_of_its_noise_and_none_where_it_has_none():
    assert prepare(spec(noise="symmetric", rate=0.3))[0].rate == 0.3
    assert prepare(spec(noise="none", rate=0.4))[0].rate == 0.0


def test_stages_of_another_length_than_their_own_are_called_scaled():
    def scaled(**changes):
        return resolve(spec(**changes)).scaled

    assert scaled(method="selnlpl", epochs=30)
    assert not scaled(method="pmnar", epochs=None), "on digits it has its own schedule"
    assert scaled(method="pmnar", epochs=12)


@pytest.mark.parametrize(("network", "threads"), [("small-cnn", 1), ("resnet18", 2)])
def test_a_small_network_takes_one_thread_and_others_all_cores(monkeypatch, network, threads):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1}, raising=False)
    assert prepare(spec(network=network))[0].threads == threads
    assert resolve(spec(network=network)).spec.threads == threads
    assert prepare(spec(network=network, threads=3))[0].threads == 3


def test_what_nobody_knows_of_own_labels_is_refused_before_anything_is_read(tmp_path):
    file = tmp_path / "own.npz"
    images = np.zeros((12, 8, 8), np.uint8)
    labels = np.arange(12) % 3
    np.savez(file, x_train=images, y_train=labels, x_test=images, y_test=labels)
    own = {"dataset": str(file), "noise": "none", "rate": 0.0, "limit": None}
    refused = "must be told the noise rate, which nobody knows of the labels of own"
    with pytest.raises(BadInput, match=f"Co-teaching {refused}"):
        resolve(spec(**own, method="co-teaching"))
    with pytest.raises(BadInput, match=f"FINE over Co-teaching {refused}"):
        resolve(spec(**own, method="fine", settings={"base": "co-teaching"}))
    with pytest.raises(BadInput, match="Forward must be told the transition matrix"):
        resolve(spec(**own, method="forward"))
    estimated = {"rate_from": "estimated"}
    assert resolve(spec(**own, method="co-teaching", settings=estimated))
    assert resolve(spec(**own, method="forward-estimated"))
    added = {**own, "noise": "symmetric", "rate": 0.2}
    assert resolve(spec(**added, method="co-teaching")), "what we add is known"
