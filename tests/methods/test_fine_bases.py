"""FINE over every real base: with no weight it is the base, with one it is not."""

import math

import pytest

from lnl.catalogue import resolve
from lnl.methods.fine.method import FINE
from lnl.methods.registry import all_methods
from lnl.records import RunSpec
from lnl.training.placement import place
from tests.support.trainers import own_stages, trainer_of

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
CPU = place("cpu", "float32", threads=1)
BASES = [e.name for e in all_methods() if not issubclass(e.cls, FINE)]
every_base = pytest.mark.parametrize("base", BASES)


def trained(name, data, epochs, **chosen):
    trainer = trainer_of(name, data, epochs, **chosen)
    list(trainer)
    return trainer.method


def same(a, b):
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(a[k].equal(b[k]) for k in a)


def stages_of(base, data):
    return len(own_stages(base, data))


@every_base
def test_without_weights_it_is_its_base_bit_for_bit(base, blobs):
    epochs = 2 * stages_of(base, blobs)
    alone = trained(base, blobs, epochs)
    assert same(trained("fine", blobs, epochs, base=base, beta=0.0, gamma=0.0).base, alone)


@every_base
@pytest.mark.parametrize("part", ["afmu", "nsnl"])
def test_with_weights_it_is_not_its_base(base, part, blobs):
    weight = {"afmu": {"beta": 1.0}, "nsnl": {"gamma": 1.0}}[part]
    alone, wrapped = side_by_side(base, blobs, part, reading="as-written", **weight)
    assert any(differs for _, differs in steps_apart(alone, wrapped))


@pytest.mark.parametrize("base", ["sed", "act", "gmm", "selnlpl", "pmnar"])
def test_it_rests_while_the_base_warms_up(base, blobs):
    alone, wrapped = side_by_side(base, blobs, "fine", beta=1.0, gamma=1.0)
    warm_up = alone.stages[0].last
    for record, differs in steps_apart(alone, wrapped):
        if record.epoch <= warm_up:
            assert record.extra["n_forget"] == 0
            assert not differs
        elif differs:
            return
    pytest.fail("FINE never did anything")


def side_by_side(base, data, wrapper, **chosen):
    epochs = 12 * stages_of(base, data)
    alone = trainer_of(base, data, epochs, batch_size=8)
    return alone, trainer_of(wrapper, data, epochs, batch_size=8, base=base, **chosen)


def steps_apart(alone, wrapped):
    """The wrapped run's records, and whether it has left its base's path."""
    for _, snapshot in zip(alone, wrapped, strict=True):
        yield snapshot.record, not same(wrapped.method.base, alone.method)


def test_a_longer_warm_up_of_its_own(blobs):
    alone = trained("gmm", blobs, 4, warm_up_epochs=1, selection_epochs=3)
    base = {"warm_up_epochs": 1, "selection_epochs": 3}
    chosen = {"base": "gmm", "base_settings": base, "beta": 1.0, "gamma": 1.0}
    assert same(trained("fine", blobs, 4, warm_up_epochs=4, **chosen).base, alone)
    assert not same(trained("fine", blobs, 4, warm_up_epochs=2, **chosen).base, alone)


def test_terms_of_several_networks_are_told_apart(blobs):
    trainer = trainer_of("fine", blobs, 4, base="act")
    records = [snapshot.record for snapshot in trainer]
    assert {"network_1.forget", "network_1.suppress"} <= set(records[-1].losses)
    assert not any(name.startswith("network_2.forget") for name in records[-1].losses)
    assert math.isfinite(records[-1].extra["forgotten_confidence"])


def test_the_base_has_its_own_preset_for_the_data_set():
    for base in ("sed", "act", "gmm"):
        alone = resolve(RunSpec(method=base, dataset="digits"))
        wrapped = resolve(RunSpec(method="fine", dataset="digits", settings={"base": base}))
        assert wrapped.stages == alone.stages
        assert wrapped.spec.settings["base_settings"] == alone.spec.settings
    cifar = resolve(
        RunSpec(method="fine", dataset="cifar100"),
    )
    assert cifar.spec.network == "cnn7"
    assert cifar.spec.epochs == 100


def test_the_choice_of_bases_is_in_the_schema():
    schema = FINE.Settings.model_json_schema()["properties"]["base"]
    assert set(BASES) <= set(schema["enum"])
    assert not {"fine", "afmu", "nsnl"} & set(schema["enum"])
