"""Schedules as data: curves, scaling, the schedule of a method inside another."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.errors import BadInput
from lnl.methods.schedule import (
    Cosine,
    Levels,
    Linear,
    OptimiserPlan,
    PartOf,
    Repeated,
    StagePlan,
    Steps,
    inside,
    part_of,
    scale,
    spans,
    value_at,
)
from lnl.methods.settings import Preset

EPOCHS = st.lists(st.integers(0, 1000), min_size=1, max_size=6)
SHARES = st.floats(0, 1, exclude_max=True)


def stages(epochs):
    return [StagePlan(f"s{i}", count) for i, count in enumerate(epochs)]


@given(epochs=EPOCHS, wanted=st.integers(1, 500))
def test_scaling_keeps_proportions(epochs, wanted):
    live = [count for count in epochs if count]
    if not live or wanted < len(live):
        with pytest.raises(BadInput):
            scale(stages(epochs), wanted)
        return
    counts = [stage.epochs for stage in scale(stages(epochs), wanted)]
    assert sum(counts) == wanted
    assert min(counts) >= 1
    for count, share in zip(counts, live, strict=True):
        ideal = share * wanted / sum(live)
        assert count <= max(1, ideal + 1)
        assert count >= 1 if ideal < len(live) + 1 else count > ideal - len(live)


def test_without_a_number_the_schedule_is_the_methods_own():
    assert [stage.epochs for stage in scale(stages([3, 0, 5]), None)] == [3, 5]


def test_too_few_epochs_names_the_stages():
    with pytest.raises(BadInput, match=r"at least 2, one for each stage \(s0, s1\), got 1"):
        scale(stages([1, 1]), 1)


def test_spans_count_from_one():
    found = [(s.name, s.first, s.last) for s in spans(stages([2, 3]))]
    assert found == [("s0", 1, 2), ("s1", 3, 5)]


def test_curves_say_absolute_values():
    steps = Steps(0.1, (0.4, 0.8), 0.1)
    assert [steps(p) for p in (0.0, 0.4, 0.8)] == pytest.approx([0.1, 0.01, 0.001])
    assert Cosine(1.0, 0.2)(0.5) == pytest.approx(0.6)
    assert Cosine(1.0, 0.2, since=0.5)(0.5) == Cosine(1.0, 0.2, since=0.5)(0.1) == 1.0
    assert Cosine(1.0, 0.2, since=0.5)(0.75) == pytest.approx(0.6)
    assert Linear(0.9, 0.1, since=0.5)(0.25) == 0.9
    assert Linear(0.9, 0.1, since=0.5)(0.75) == pytest.approx(0.5)
    assert value_at(0.3, 0.7) == 0.3


@given(progress=SHARES)
def test_a_cosine_is_its_formula_and_falls(progress):
    curve = Cosine(0.05, 5e-4)
    expected = 5e-4 + 0.5 * (0.05 - 5e-4) * (1 + math.cos(math.pi * progress))
    assert curve(progress) == pytest.approx(expected)
    assert 5e-4 <= curve(progress) <= 0.05 + 1e-12


@pytest.mark.parametrize("times", [1, 3, 12, 15, 49])
def test_a_repeated_curve_starts_anew_at_each_round(times):
    curve = Repeated(Cosine(0.02, 0.001), times)
    once = [Cosine(0.02, 0.001)(epoch / 10) for epoch in range(10)]
    assert [curve(epoch / (10 * times)) for epoch in range(10 * times)] == pytest.approx(
        once * times
    )


def test_levels_are_as_said_from_their_milestones_on():
    curve = Levels((3.0, 2.0, 7.0), (0.25, 0.5))
    assert [curve(p) for p in (0.0, 0.24, 0.25, 0.49, 0.5, 0.99)] == [3, 3, 2, 2, 7, 7]


@pytest.mark.parametrize(("count", "times"), [(3, 7), (10, 25), (7, 3)])
def test_repeated_levels_have_an_epoch_each(count, times):
    curve = Repeated(Levels(tuple(range(count)), tuple(k / count for k in range(1, count))), times)
    assert [curve(e / (count * times)) for e in range(count * times)] == [*range(count)] * times


@given(first=st.integers(0, 300), more=st.integers(1, 300))
def test_parts_of_a_curve_are_the_whole(first, more):
    total = first + more
    whole = Steps(0.02, (0.4, 0.8), 0.1)
    found = []
    for start, end in ((0, first), (first, total)):
        part = part_of(whole, start, end, total)
        found += [part((e - start) / (end - start)) for e in range(start, end)]
    assert found == [whole(e / total) for e in range(total)]


def test_the_parts_of_a_schedule_fall_in_the_very_epoch_of_a_third():
    whole = Steps(0.1, (100 / 300, 2 / 3), 0.1)
    rates = [
        part_of(whole, start, end, 300)((epoch - start) / (end - start))
        for start, end in ((0, 105), (105, 300))
        for epoch in range(start, end)
    ]
    assert [e for e in range(1, 300) if rates[e] < rates[e - 1]] == [100, 200]


def test_a_number_is_its_own_part():
    assert part_of(0.1, 3, 5, 9) == 0.1


def test_schedules_are_compared_by_value():
    def made():
        plan = OptimiserPlan(("network",), PartOf(Cosine(0.1, 0.0), 0, 5, 10), clip_norm=5.0)
        return StagePlan("train", 5, {"network": plan}, restart=("network.head",))

    assert made() == made()


def test_inside_another_every_part_has_its_prefix():
    block = OptimiserPlan(("network.last_block", "over_u"), 0.1)
    plans = {"a": block, "b": OptimiserPlan(("",), 0.1)}
    (found,) = inside("base", [StagePlan("train", 5, plans, restart=("network",))])
    assert found.optimisers["a"].parts == ("base.network.last_block", "base.over_u")
    assert found.optimisers["b"].parts == ("base",)
    assert found.restart == ("base.network",)


def test_a_preset_of_an_unknown_field_is_an_error():
    with pytest.raises(BadInput, match="preset 'Mine' changes 'batchsize', which no recipe has"):
        Preset("Mine", recipe={"batchsize": 4})
