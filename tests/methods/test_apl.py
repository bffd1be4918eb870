"""APL: normalised losses in closed form, their symmetry, limits and pairs, presets and curve."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves
from lnl.methods.apl.loss import (
    normalised_cross_entropy,
    normalised_focal,
    normalised_generalised,
)
from lnl.methods.apl.method import APL, APLSettings
from lnl.methods.registry import registered
from lnl.shapes import Recipe
from tests.support.saying import Says, grad, made, step_of

A = -math.log(1e-4)
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
HOT = torch.eye(3, dtype=torch.float64)[LABELS]
P = LOGITS.softmax(1)
P_Y = (P * HOT).sum(1)
NORMALISED = {
    "nce": normalised_cross_entropy,
    "nfl": lambda logits, labels: normalised_focal(logits, labels, 0.5),
    "ngce": lambda logits, labels: normalised_generalised(logits, labels, 0.7),
}
every_loss = pytest.mark.parametrize("loss", NORMALISED.values(), ids=NORMALISED)


def pull_of(loss):
    logits = LOGITS.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(logits, LABELS).sum(), logits)
    return found


def of_label(values):
    return (values * HOT).sum(1, keepdim=True)


def test_normalised_cross_entropy_has_value_and_gradient_of_the_paper():
    whole = -P.log().sum(1, keepdim=True)
    expected = -P_Y[:, None].log() / whole
    torch.testing.assert_close(
        normalised_cross_entropy(LOGITS, LABELS).double(), expected[:, 0], rtol=1e-5, atol=1e-6
    )
    gradient = ((P - HOT) - expected * (3 * P - 1)) / whole
    torch.testing.assert_close(pull_of(normalised_cross_entropy), gradient, rtol=1e-4, atol=1e-6)


@given(gamma=st.floats(0, 4))
def test_normalised_focal_loss_has_them_with_constant_weights(gamma):
    f = (1 - P) ** gamma
    whole = -(f * P.log()).sum(1, keepdim=True)
    expected = -of_label(f * P.log()) / whole
    found = normalised_focal(LOGITS, LABELS, gamma)
    torch.testing.assert_close(found.double(), expected[:, 0], rtol=1e-4, atol=1e-5)
    gradient = of_label(f) * (P - HOT) - expected * (P * f.sum(1, keepdim=True) - f)
    pull = pull_of(lambda logits, labels: normalised_focal(logits, labels, gamma))
    torch.testing.assert_close(pull, gradient / whole, rtol=1e-3, atol=1e-5)


@given(q=st.floats(0.05, 1))
def test_normalised_generalised_cross_entropy_has_them(q):
    logits = LOGITS.clone().requires_grad_()
    p = logits.softmax(1)
    expected = (1 - (p * HOT).sum(1) ** q) / (3 - (p**q).sum(1))
    (gradient,) = torch.autograd.grad(expected.sum(), logits)
    found = normalised_generalised(LOGITS, LABELS, q)
    torch.testing.assert_close(found.double(), expected.detach(), rtol=1e-4, atol=1e-5)
    pull = pull_of(lambda logits, labels: normalised_generalised(logits, labels, q))
    torch.testing.assert_close(pull, gradient, rtol=1e-3, atol=1e-5)


@every_loss
@pytest.mark.parametrize("classes", [2, 3, 100])
def test_each_adds_up_to_1_over_the_labels_even_where_p_is_0_or_1(loss, classes):
    random = torch.randn(3, classes, generator=torch.Generator().manual_seed(1))
    logits = torch.cat([random, 1e4 * torch.eye(classes)[:2]])
    over_labels = sum(loss(logits, torch.full((5,), k)) for k in range(classes))
    torch.testing.assert_close(over_labels, torch.ones(5))
    uniform = loss(torch.zeros(1, classes), torch.tensor([0])).item()
    assert uniform == pytest.approx(1 / classes)


@every_loss
@pytest.mark.parametrize("classes", [2, 3, 100])
def test_a_network_sure_of_a_wrong_class_is_no_longer_pulled(loss, classes):
    logits = (1e4 * torch.eye(classes)[:2]).requires_grad_()
    each = loss(logits, torch.tensor([0, 0]))
    assert each.tolist() == pytest.approx([0, 1 / (classes - 1)])
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().max() < 1e-3


@pytest.mark.parametrize("classes", [10, 100])
def test_at_the_uniform_prediction_it_pulls_far_less_than_ce(classes):
    logits, label = torch.zeros(1, classes, requires_grad=True), torch.tensor([0])
    (found,) = torch.autograd.grad(normalised_cross_entropy(logits, label), logits)
    (of_ce,) = torch.autograd.grad(losses.cross_entropy(logits, label), logits)
    torch.testing.assert_close(found, of_ce / (classes * math.log(classes)))


def test_with_q_near_0_the_generalised_is_normalised_cross_entropy():
    torch.testing.assert_close(
        normalised_generalised(LOGITS, LABELS, 1e-5),
        normalised_cross_entropy(LOGITS, LABELS),
        rtol=1e-3,
        atol=1e-4,
    )


@pytest.mark.parametrize("active", NORMALISED)
@pytest.mark.parametrize(("passive", "scale"), [("mae", 1.0), ("rce", A)])
def test_a_step_adds_the_weighted_pair(active, passive, scale):
    method = made("apl", LABELS, 3, active=active, passive=passive, alpha=10.0, beta=0.5, q=0.7)
    method.network = Says(LOGITS)
    terms = method.training_step(step_of(method)).losses
    expected = NORMALISED[active](LOGITS, LABELS).mean()
    torch.testing.assert_close(terms["active"], 10 * expected)
    torch.testing.assert_close(
        terms["passive"].double(), 0.5 * scale * (1 - P_Y).mean(), rtol=1e-5, atol=1e-6
    )
    pull = 0.5 * scale * P_Y[:, None] * (P - HOT) / 6
    found = grad(terms["passive"], method.network)
    torch.testing.assert_close(found.double(), pull, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("data", "name", "weights", "epochs"),
    [
        ("mnist", None, (1, 10), 50),
        ("cifar10", None, (1, 1), 120),
        ("cifar100", None, (10, 0.1), 200),
        ("cifar100", "cifar100-mae", (10, 1), 200),
    ],
)
def test_presets_have_the_values_of_the_released_code(data, name, weights, epochs):
    preset = registered("apl").preset(data, name)
    settings = APLSettings(**preset.settings)
    assert (settings.alpha, settings.beta) == weights
    assert preset.recipe["epochs"] == epochs
    (stage,) = APL.schedule(settings, Recipe("tiny", epochs))
    plan = stage.optimisers["network"]
    assert plan.clip_norm == 5
    assert plan.learning_rate(0.0) == pytest.approx(settings.learning_rate)
    assert plan.learning_rate(1.0) == pytest.approx(0.001 if data == "mnist" else 0)


def test_its_curve_is_that_of_nce_and_rce():
    scene = Scene(classes=10, numbers={"apl.alpha": 2.0, "apl.beta": 0.5})
    (curve,) = loss_curves(["apl"], scene)
    x = curve.x.astype(float)
    whole = -np.log(x) - 9 * np.log((1 - x) / 9)
    nce = -np.log(x) / whole
    np.testing.assert_allclose(curve.loss, 2 * nce + 0.5 * A * (1 - x), rtol=1e-3)
    expected = 2 * ((1 - x) + nce * (10 * x - 1)) / whole + 0.5 * A * x * (1 - x)
    np.testing.assert_allclose(curve.pull, expected, rtol=1e-3, atol=1e-4)
