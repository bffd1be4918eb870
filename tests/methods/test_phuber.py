"""PHuber-CE and PHuber-GCE in closed form: value and slope, ends, bounds, step, presets, curve."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves, loss_cuts
from lnl.methods.phuber.loss import huberised_cross_entropy, huberised_generalised
from lnl.methods.phuber.method import PHuber, PHuberSettings
from lnl.methods.registry import registered
from lnl.shapes import Recipe
from tests.support.saying import Says, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
HOT = torch.eye(3, dtype=torch.float64)[LABELS]
P = LOGITS.softmax(1)
P_Y = (P * HOT).sum(1)
TAU = st.floats(1.0, 100.0)


def pull_of(loss, *numbers):
    logits = LOGITS.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(logits, LABELS, *numbers).sum(), logits)
    return found


def weighted(weight):
    """The gradient of CE, times a weight for each sample."""
    return weight[:, None] * (P - HOT)


@given(tau=TAU)
def test_the_loss_of_ce_is_linear_below_one_by_tau(tau):
    expected = torch.where(P_Y.gt(1 / tau), -P_Y.log(), -tau * P_Y + math.log(tau) + 1)
    found = huberised_cross_entropy(LOGITS, LABELS, tau)
    torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-5)
    assert (found <= 1 + math.log(tau) + 1e-5).all()
    pull = weighted((tau * P_Y).clamp_max(1))
    torch.testing.assert_close(pull_of(huberised_cross_entropy, tau), pull, rtol=1e-4, atol=1e-5)


@given(tau=TAU, q=st.floats(0.1, 0.9))
def test_the_loss_of_gce_is_linear_below_its_own_turn(tau, q):
    turn = tau ** (1 / (q - 1))
    linear = -tau * P_Y + tau * turn + (1 - turn**q) / q
    expected = torch.where(P_Y.gt(turn), (1 - P_Y**q) / q, linear)
    found = huberised_generalised(LOGITS, LABELS, tau, q)
    torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-5)
    pull = weighted(torch.minimum(P_Y**q, tau * P_Y))
    torch.testing.assert_close(pull_of(huberised_generalised, tau, q), pull, rtol=1e-4, atol=1e-5)


def test_its_ends_are_half_of_mae_and_ce():
    half = losses.absolute_error(LOGITS, LABELS) / 2
    torch.testing.assert_close(huberised_cross_entropy(LOGITS, LABELS, 1.0), half)
    of_ce = losses.cross_entropy(LOGITS, LABELS)
    torch.testing.assert_close(huberised_cross_entropy(LOGITS, LABELS, 1e6), of_ce)


@pytest.mark.parametrize(
    ("loss", "numbers", "turn"),
    [
        (huberised_cross_entropy, (4.0,), 0.25),
        (huberised_generalised, (4.0, 0.5), 4.0**-2),
    ],
)
def test_value_and_slope_are_continuous_at_the_turn(loss, numbers, turn):
    p = turn + torch.tensor([-1e-4, 1e-4])
    logits = torch.stack([p, 1 - p], 1).log().requires_grad_()
    each = loss(logits, torch.tensor([0, 0]), *numbers)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert each[0].item() == pytest.approx(each[1].item(), abs=1e-3)
    assert found[0, 0].item() == pytest.approx(found[1, 0].item(), abs=1e-3)


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_both_are_finite_where_p_is_0_or_1(classes):
    logits = torch.cat([torch.zeros(1, classes), 1e4 * torch.eye(classes)[:2]]).requires_grad_()
    for loss, numbers, most in (
        (huberised_cross_entropy, (10.0,), 1 + math.log(10)),
        (huberised_generalised, (10.0, 0.7), 10 ** (1 - 1 / 0.3) + (1 - 10 ** (-7 / 3)) / 0.7),
    ):
        each = loss(logits, torch.tensor([0, 0, 0]), *numbers)
        assert each[1:].tolist() == pytest.approx([0, most])
        (found,) = torch.autograd.grad(each.sum(), logits)
        assert torch.isfinite(found).all()
        assert not found[1:].any()


@pytest.mark.parametrize(("loss", "exponent"), [("ce", 0.0), ("gce", 0.6)])
def test_a_step_pulls_each_sample_by_its_weight(loss, exponent):
    method = made("phuber", LABELS, 3, loss=loss, tau=3.0, q=0.6)
    method.network = Says(LOGITS)
    term = method.training_step(step_of(method)).losses["huberised"]
    expected = weighted(torch.minimum(P_Y**exponent, 3 * P_Y)) / 6
    torch.testing.assert_close(grad(term, method.network).double(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "name", "tau", "epochs", "kind", "drops"),
    [
        ("mnist", None, 10, 20, "adam", []),
        ("cifar10", None, 2, 400, "sgd", [160, 300, 360]),
        ("cifar100", None, 10, 200, "sgd", [60, 120, 160]),
        ("cifar10", "cifar10-gce", 10, 400, "sgd", [160, 300, 360]),
    ],
)
def test_presets_have_the_values_of_the_public_code(data, name, tau, epochs, kind, drops):
    preset = registered("phuber").preset(data, name)
    settings = PHuberSettings(**preset.settings)
    assert (settings.tau, settings.q) == (tau, 0.7)
    assert preset.recipe["epochs"] == epochs
    assert [m * epochs for m in preset.recipe["milestones"]] == pytest.approx(drops)
    (stage,) = PHuber.schedule(settings, Recipe("tiny", epochs))
    plan = stage.optimisers["network"]
    assert (plan.kind, plan.nesterov) == (kind, kind == "sgd")
    assert kind == "adam" or plan.momentum == 0.1


def test_its_curve_is_that_of_ce_down_to_the_cut():
    scene = Scene(numbers={"phuber.tau": 4.0})
    (curve,) = loss_curves(["phuber"], scene)
    expected = np.minimum(1, 4 * curve.x) * (1 - curve.x)
    np.testing.assert_allclose(curve.pull, expected, rtol=1e-3, atol=1e-5)
    assert loss_cuts(["phuber"], scene) == {"1/τ 0.25": 0.25}
