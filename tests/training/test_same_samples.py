"""Runs on the same images keep the same samples, whatever their labels: they can be compared."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.records import RunSpec
from lnl.training import prepare

SPEC = RunSpec("shapes", "symmetric", device="cpu", threads=1)  # 4,000: more than a probe


def probe(scheme=None, **changes):
    trainer = prepare(replace(SPEC, **changes), scheme)[1]
    return [trainer.probe, trainer.test_probe]


def same(one, two):
    return all(map(np.array_equal, one, two))


@pytest.mark.parametrize(
    "changes", [{"noise_seed": 1}, {"rate": 0.2}, {"noise": "pair"}, {"method": "gmm"}]
)
def test_the_probe_follows_the_images(changes):
    assert same(probe(), probe(**changes))


def test_the_probe_of_a_run_of_the_first_scheme_follows_all_its_data():
    assert same(probe(1), probe(1))
    assert not same(probe(1), probe(1, noise_seed=1))
    assert not same(probe(1), probe())
