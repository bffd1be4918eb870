"""Runs of one setting, and the mean and spread over them."""

from dataclasses import replace
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.comparison import by_seeds, grouped, siblings, spread
from lnl.records import RunSpec
from tests.support import made_up


def run(name, seed=0, method="ce", **spec):
    return made_up.info(method, name, spec=RunSpec(method=method, seed=seed, **spec))


def ids(groups):
    return [[run.id for run in group.runs] for group in groups]


def test_the_mean_and_the_deviation_of_a_sample():
    found = spread([0.90, 0.92, 0.97])
    assert found.mean == pytest.approx(0.93)
    assert found.deviation == pytest.approx(((0.03**2 + 0.01**2 + 0.04**2) / 2) ** 0.5)
    assert found.count == 3


def test_one_seed_has_no_spread_and_none_has_nothing():
    assert (spread([0.5]).mean, spread([0.5]).deviation) == (0.5, None)
    assert spread([None, nan]) is None
    assert spread([None, 0.5, nan]).count == 1


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9), st.floats(-1, 1))
def test_a_shift_moves_the_mean_and_not_the_spread(values, shift):
    here, there = spread(values), spread([value + shift for value in values])
    assert there.mean == pytest.approx(here.mean + shift, abs=1e-9)
    assert there.deviation == pytest.approx(here.deviation, abs=1e-9)


def test_seeds_of_a_setting_are_found_whatever_machine_trained_them():
    runs = [
        run("a"),
        run("b", method="selnlpl"),
        run("c", seed=1, device="cuda:0", precision="bfloat16", threads=4),
        run("d", noise_seed=5),
        run("e", epochs=3),
        run("f", settings={"learning_rate": 0.2}),
    ]
    assert ids(by_seeds(runs)) == [["a", "c", "d"], ["b"], ["e"], ["f"]]


def test_the_order_of_settings_is_of_no_matter():
    one = run("a", settings={"x": 1, "y": {"p": 1, "q": 2}})
    other = run("b", settings={"y": {"q": 2, "p": 1}, "x": 1})
    assert len(by_seeds([one, other])) == 1


def test_stored_seeds_of_the_chosen_settings_join_once_each():
    chosen = [run("a")]
    known = [
        run("a"),
        run("again"),
        run("b", seed=1),
        run("b again", seed=1),
        replace(run("failed", seed=2), status="failed"),
        replace(run("waits", seed=3), last_epoch=0),
        run("other", seed=4, rate=0.2),
    ]
    assert [r.id for r in siblings(chosen, known)] == ["a", "b"]


def test_a_run_that_was_chosen_stays_whatever_it_is():
    chosen = [replace(run("failed"), status="failed"), replace(run("twin"), last_epoch=0)]
    assert siblings(chosen, chosen) == chosen


def test_settings_are_named_by_what_their_seeds_share():
    runs = [
        replace(run(f"{method}{seed}", seed, method), name=f"{method} · digits · seed {seed}")
        for method in ("ce", "nl")
        for seed in (0, 1)
    ]
    assert [g.name for g in grouped(runs[:1] + runs[2:], runs, seeds=True)] == [
        "ce (2 seeds)",
        "nl (2 seeds)",
    ]
    assert [g.name for g in grouped(runs[:1] + runs[2:3], runs, seeds=False)] == ["ce", "nl"]
    assert grouped([], runs, seeds=True) == []
