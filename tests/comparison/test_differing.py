"""What differs between runs, and whether they compare at all."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.comparison import by_seeds, differences, mismatches, one_each
from lnl.records import RunSpec, StageSpan
from tests.support import made_up


def run(fingerprint="f", method="ce", **spec):
    facts = made_up.facts(fingerprint=fingerprint)
    return made_up.info(method, data=facts, spec=RunSpec(method=method, **spec))


def told(*runs):
    return {d.name: d.values for d in differences(runs)}


def test_only_what_differs_is_told():
    one = run(settings={"learning_rate": 0.1, "momentum": 0.9, "nesterov": True})
    other = run(seed=2, settings={"learning_rate": 0.02, "momentum": 0.9, "nesterov": False})
    assert told(one, other) == {
        "seed": ("0", "2"),
        "learning rate": ("0.1", "0.02"),
        "nesterov": ("on", "off"),
    }


def test_a_setting_that_one_method_alone_has_is_no_difference():
    ce = run(settings={"learning_rate": 0.1})
    nl = run(method="nl", settings={"learning_rate": 0.1, "threshold": 0.5})
    more = run(method="nl", settings={"learning_rate": 0.1, "threshold": 0.7})
    assert told(ce, nl) == {"method": ("ce", "nl")}
    assert told(ce, nl, more)["threshold"] == ("–", "0.5", "0.7")


def test_settings_of_a_base_and_options_of_the_noise_are_told_by_path():
    one = run(settings={"base_settings": {"alpha": 1.0}}, noise_options={"map": "pair"})
    other = run(settings={"base_settings": {"alpha": 0.5}}, noise_options={"map": "nlnl"})
    assert told(one, other) == {"base.alpha": ("1", "0.5"), "noise: map": ("pair", "nlnl")}


def test_stages_are_told_as_long_as_they_were_trained():
    """Of 12 epochs in all, the 8 of warm-up that the settings name are a share."""
    settings = {"warm_up_epochs": 8, "selection_epochs": 32}
    short = (StageSpan("warm_up", 1, 2), StageSpan("selection", 3, 12))
    long = (StageSpan("warm_up", 1, 8), StageSpan("selection", 9, 40))
    one = replace(run(epochs=12, settings=settings), stages=short)
    other = replace(run(settings=settings | {"warm_up_epochs": 9}), stages=long)
    assert told(one, other) == {
        "epochs": ("12", "default"),
        "stages": ("warm up 2, selection 10", "warm up 8, selection 32"),
    }
    waiting = replace(other, stages=())
    assert told(waiting, replace(one, stages=()))["warm up epochs"] == ("9", "8")


def test_what_is_not_said_is_the_default_and_where_files_lie_is_nothing():
    one, other = run(data_dir="/a"), run(data_dir="/b", limit=100, epochs=3)
    assert told(one, other) == {"limit": ("all", "100"), "epochs": ("default", "3")}


values = st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.text(max_size=3))
specs = st.builds(
    RunSpec,
    seed=st.integers(0, 2),
    rate=st.sampled_from([0.2, 0.4]),
    settings=st.dictionaries(st.sampled_from(["a", "b", "c"]), values),
)


@given(st.lists(specs, min_size=1, max_size=4))
def test_equal_runs_have_no_difference_and_each_difference_is_real(drawn):
    runs = [made_up.info(spec=spec) for spec in drawn]
    assert differences([runs[0]] * 3) == []
    for difference in differences(runs):
        assert len(difference.values) == len(runs)
        held = [value for value in difference.values if value != "–"]
        assert len(held) > 1


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (run("g", dataset="mnist"), "different data"),
        (run("g", limit=100), "different data"),
        (run("g", rate=0.2), "noise type or rate"),
        (run("g", noise_options={"map": "x"}), "noise type or rate"),
        (run("g", noise_seed=1), "another noise seed"),
        (run("g"), "has a file changed"),
    ],
)
def test_what_does_not_compare_is_told(other, word):
    (sentence,) = mismatches(one_each([run(), other]))
    assert word in sentence


def test_runs_on_one_draw_compare_and_so_do_settings_over_the_same_draws():
    assert mismatches(one_each([run(), run(method="nl", seed=3)])) == []
    runs = [
        replace(run(print_, method, noise_seed=seed), id=f"{method}{seed}")
        for method in ("ce", "nl")
        for seed, print_ in enumerate("fg")
    ]
    assert mismatches(by_seeds(runs)) == []
    assert mismatches(one_each(runs)) != []
    assert mismatches(by_seeds(runs[:3])) != [], "one draw is missing"


def test_a_run_whose_data_are_not_loaded_yet_is_left_out():
    assert mismatches(one_each([run(), run("", noise_seed=1)])) == []
