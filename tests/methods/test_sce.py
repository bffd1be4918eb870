"""SCE against its closed form, in the step, at the limits and on the Methods page."""

import math

import numpy as np
import pytest
import torch

from lnl import losses
from lnl.catalogue import Scene, loss_curves
from lnl.evidence.published import cells
from lnl.methods.registry import registered
from lnl.methods.sce.loss import symmetric_cross_entropy
from lnl.methods.sce.method import SCESettings
from tests.support.saying import Says, grad, made, step_of

A = -math.log(1e-4)
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize(("alpha", "beta"), [(0.01, 1.0), (0.1, 1.0), (6.0, 0.1)])
def test_value_and_pull_of_a_step_are_those_of_the_paper(alpha, beta):
    method = made("sce", LABELS, 3, alpha=alpha, beta=beta)
    method.network = Says(LOGITS)
    loss = method.training_step(step_of(method)).losses["symmetric_cross_entropy"]
    p, one_hot = LOGITS.softmax(1), torch.nn.functional.one_hot(LABELS, 3)
    p_y = (p * one_hot).sum(1, keepdim=True)
    reverse = -(p * one_hot.clamp_min(1e-4).log()).sum(1)
    expected = (alpha * -p_y[:, 0].log() + beta * reverse).mean()
    torch.testing.assert_close(loss.double(), expected, rtol=1e-5, atol=1e-6)
    pull = (alpha + A * beta * p_y) * (p - one_hot) / 6
    torch.testing.assert_close(grad(loss, method.network).double(), pull, rtol=1e-4, atol=1e-5)


def test_without_its_reverse_it_is_ce_and_without_ce_a_multiple_of_mae():
    torch.testing.assert_close(
        symmetric_cross_entropy(LOGITS, LABELS, 1.0, 0.0), losses.cross_entropy(LOGITS, LABELS)
    )
    torch.testing.assert_close(
        symmetric_cross_entropy(LOGITS, LABELS, 0.0, 1.0),
        4.60517 * losses.absolute_error(LOGITS, LABELS),
    )


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_it_is_finite_where_p_is_0_or_1(classes):
    logits = torch.cat([torch.zeros(1, classes), 1e4 * torch.eye(classes)[:2]]).requires_grad_()
    each = symmetric_cross_entropy(logits, torch.tensor([0, 0, 0]), 0.1, 1.0)
    uniform = 0.1 * math.log(classes) + A * (1 - 1 / classes)
    assert each.tolist() == pytest.approx([uniform, 0, 1e3 + A])
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found[2, 1].item() == pytest.approx(0.1), "only CE still pulls"
    assert torch.isfinite(found).all()


def test_its_curve_follows_its_sliders():
    scene = Scene(numbers={"sce.alpha": 0.5, "sce.beta": 0.2})
    (curve,) = loss_curves(["sce"], scene)
    expected = (0.5 + A * 0.2 * curve.x) * (1 - curve.x)
    np.testing.assert_allclose(curve.pull, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("data", "alpha", "beta", "epochs"),
    [("mnist", 0.01, 1.0, 50), ("cifar10", 0.1, 1.0, 120), ("cifar100", 6.0, 0.1, 150)],
)
def test_presets_have_the_values_of_the_paper(data, alpha, beta, epochs):
    preset = registered("sce").preset(data, None)
    settings = SCESettings(**preset.settings)
    assert (settings.alpha, settings.beta, settings.learning_rate) == (alpha, beta, 0.1)
    assert preset.recipe["epochs"] == epochs


def test_rfl_published_it_as_sl():
    found = [cell for cell in cells() if cell.our_method == "sce"]
    assert {(cell.paper, cell.method) for cell in found} == {("RFL", "SL")}
    assert len(found) == 19
