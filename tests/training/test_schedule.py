import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lnl.errors import BadInput
from lnl.methods.interface import Optimiser, Stage, stepped
from lnl.training.schedule import make_optimiser, optimisers_for, scale, set_values, spans

EPOCHS = st.lists(st.integers(0, 1000), min_size=1, max_size=6)


def stages(epochs):
    return [Stage(f"s{i}", count, {}) for i, count in enumerate(epochs)]


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


def test_values_are_absolute_and_follow_the_progress():
    layer = nn.Linear(2, 2)
    wanted = Optimiser((layer,), stepped(0.1, (0.5, 0.75), 0.1), momentum=lambda p: p)
    optimiser = make_optimiser(wanted)
    rates = [set_values(optimiser, wanted, progress) for progress in (0.0, 0.5, 0.75)]
    assert rates == pytest.approx([0.1, 0.01, 0.001])
    assert optimiser.param_groups[0]["momentum"] == 0.75


@pytest.mark.parametrize(
    ("kind", "restart", "goes_on"),
    [("sgd", False, True), ("adam", False, False), ("sgd", True, False)],
)
def test_an_optimiser_goes_on_if_nothing_about_it_changes(kind, restart, goes_on):
    layer = nn.Linear(2, 2)
    first = Stage("a", 1, {"network": Optimiser((layer,), 0.1)})
    second = Stage(
        "b",
        1,
        {"network": Optimiser((layer,), 0.2, kind=kind)},
        restart=(layer,) if restart else (),
    )
    running = optimisers_for(first, None, {})
    assert (optimisers_for(second, first, running)["network"] is running["network"]) == goes_on


def test_parameters_are_taken_once():
    layer = nn.Linear(2, 2)
    assert len(Optimiser((layer, layer, layer.weight), 0.1).parameters) == 2


def test_adam_takes_its_betas():
    wanted = Optimiser((nn.Linear(1, 1),), 0.1, kind="adam", beta_1=0.5)
    optimiser = make_optimiser(wanted)
    set_values(optimiser, wanted, 0.0)
    assert optimiser.param_groups[0]["betas"] == (0.5, 0.999)
    assert isinstance(optimiser, torch.optim.Adam)
