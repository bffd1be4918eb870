"""Label smoothing in closed form, with either sign; its two stages, presets and curve."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves
from lnl.methods.label_smoothing.loss import smoothed_cross_entropy
from lnl.methods.label_smoothing.method import LabelSmoothing, SmoothingSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import scale, value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
HOT = torch.eye(3, dtype=torch.float64)[LABELS]
P = LOGITS.softmax(1)


@given(rate=st.floats(-8, 1))
def test_value_and_gradient_are_those_of_the_mixed_target(rate):
    target = (1 - rate) * HOT + rate / 3
    logits = LOGITS.clone().requires_grad_()
    each = smoothed_cross_entropy(logits, LABELS, rate)
    expected = -(target * P.log()).sum(1)
    torch.testing.assert_close(each.detach().double(), expected, rtol=1e-4, atol=1e-5)
    (found,) = torch.autograd.grad(each.sum(), logits)
    torch.testing.assert_close(found, P - target, rtol=1e-4, atol=1e-5)
    assert found.sum(1).abs().max() < 1e-5


def test_without_a_rate_it_is_ce_and_with_one_above_0_that_of_torch():
    torch.testing.assert_close(
        smoothed_cross_entropy(LOGITS, LABELS, 0.0), losses.cross_entropy(LOGITS, LABELS)
    )
    torch.testing.assert_close(
        smoothed_cross_entropy(LOGITS, LABELS, 0.3),
        torch.nn.functional.cross_entropy(
            LOGITS.float(), LABELS, reduction="none", label_smoothing=0.3
        ),
    )


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_a_rate_above_0_is_least_at_its_target_and_is_its_entropy_there(classes):
    target = 0.8 * torch.eye(classes)[:1] + 0.2 / classes
    logits = target.log().requires_grad_()
    each = smoothed_cross_entropy(logits, torch.tensor([0]), 0.2)
    entropy = -(target * target.log()).sum()
    assert each.item() == pytest.approx(entropy.item(), rel=1e-5)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().max() < 1e-6


@pytest.mark.parametrize("noise", [0.2, 0.5])
def test_a_rate_below_0_is_backward_correction_of_symmetric_noise(noise):
    matrix = (1 - noise) * torch.eye(3, dtype=torch.float64) + noise / 3
    corrected = -(matrix.inverse()[LABELS] * P.log()).sum(1)
    found = smoothed_cross_entropy(LOGITS, LABELS, -noise / (1 - noise))
    torch.testing.assert_close(found.double(), corrected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3, 100])
@pytest.mark.parametrize("rate", [-2.0, 0.1, 1.0])
def test_it_is_finite_where_p_is_0_or_1_and_a_rate_below_0_has_no_bound(rate, classes):
    logits = (1e4 * torch.eye(classes)[:2]).requires_grad_()
    each = smoothed_cross_entropy(logits, torch.tensor([0, 0]), rate)
    share = (classes - 1) / classes
    expected = [1e4 * rate * share, 1e4 * (1 - rate + rate * share)]
    assert each.tolist() == pytest.approx(expected, rel=1e-4)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found[0, 0].item() == pytest.approx(rate * share, rel=1e-4), "r (1 - 1 / K) at p_y = 1"
    assert torch.isfinite(found).all()


@pytest.mark.parametrize(("stage", "rate"), [("warm-up", 0.0), ("smoothing", -0.5)])
def test_a_step_smooths_after_the_warm_up(stage, rate):
    method = made("label-smoothing", LABELS, 3, rate=-0.5, warm_up=0.5)
    method.network = Says(LOGITS)
    loss = method.training_step(step_of(method, stage)).losses["smoothed_cross_entropy"]
    expected = (P - (1 - rate) * HOT - rate / 3) / 6
    torch.testing.assert_close(grad(loss, method.network).double(), expected, rtol=1e-4, atol=1e-6)


def stages_of(recipe, **settings):
    whole = LabelSmoothing.schedule(SmoothingSettings(**settings), recipe)
    return {stage.name: stage for stage in scale(whole, None)}


def test_without_a_warm_up_there_is_one_stage_at_the_rate_of_the_recipe():
    stages = stages_of(Recipe("tiny", 10, milestones=(0.5,)), learning_rate=0.2)
    assert [(name, stage.epochs) for name, stage in stages.items()] == [("smoothing", 10)]
    plan = stages["smoothing"].optimisers["network"]
    rates = [value_at(plan.learning_rate, at) for at in (0, 0.5)]
    assert rates == pytest.approx([0.2, 0.02])
    assert plan.nesterov


def test_after_a_warm_up_the_rate_is_low():
    preset = registered("label-smoothing").preset("cifar10", "negative")
    recipe = Recipe("tiny", preset.recipe["epochs"], milestones=preset.recipe["milestones"])
    stages = stages_of(recipe, **preset.settings)
    assert [(name, s.epochs) for name, s in stages.items()] == [
        ("warm-up", 120),
        ("smoothing", 100),
    ]
    first = stages["warm-up"].optimisers["network"].learning_rate
    assert [first(at / 120) for at in (0, 40, 80)] == pytest.approx([0.1, 0.01, 0.001])
    assert stages["smoothing"].optimisers["network"].learning_rate == pytest.approx(1e-6)


def test_presets_have_the_values_of_the_paper():
    entry = registered("label-smoothing")
    direct, short = entry.preset("cifar100", None), entry.preset("digits", "negative-short")
    assert SmoothingSettings(**direct.settings).rate == 0.1
    assert [m * direct.recipe["epochs"] for m in direct.recipe["milestones"]] == [100, 150]
    settings = SmoothingSettings(**short.settings)
    assert (settings.rate, settings.warm_up, settings.late_rate) == (-0.6, 0.6, 1e-3)


@pytest.mark.parametrize("rate", [-1.0, 0.0, 0.5])
def test_its_curve_is_that_of_ce_less_a_constant(rate):
    (curve,) = loss_curves(["label-smoothing"], Scene(numbers={"label-smoothing.rate": rate}))
    np.testing.assert_allclose(curve.pull, 1 - rate * 0.9 - curve.x, rtol=1e-3, atol=1e-5)
    assert math.isfinite(curve.loss.sum())
