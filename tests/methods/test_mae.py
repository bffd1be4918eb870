"""MAE against its closed form, in the step, at the limits and on the Methods page."""

import numpy as np
import pytest
import torch

from lnl import losses
from lnl.catalogue import Scene, loss_curves
from lnl.evidence.published import cells
from lnl.methods.registry import registered
from tests.support.saying import Says, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_a_step_pulls_each_sample_by_twice_its_confidence():
    method = made("mae", LABELS, 3)
    method.network = Says(LOGITS)
    output = method.training_step(step_of(method))
    p, one_hot = LOGITS.softmax(1), torch.nn.functional.one_hot(LABELS, 3)
    expected = (p - one_hot).abs().sum(1).mean()
    torch.testing.assert_close(output.losses["absolute_error"].double(), expected)
    pull = 2 * (p * one_hot).sum(1, keepdim=True) * (p - one_hot) / 6
    found = grad(output.losses["absolute_error"], method.network)
    torch.testing.assert_close(found.double(), pull, rtol=1e-4, atol=1e-6)
    assert output.shown["network"].selected is None


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_it_is_symmetric_bounded_and_finite_where_p_is_0_or_1(classes):
    logits = torch.cat([torch.zeros(1, classes), 1e4 * torch.eye(classes)[:2]]).requires_grad_()
    over_labels = sum(
        losses.absolute_error(logits, torch.full((3,), k)).detach() for k in range(classes)
    )
    torch.testing.assert_close(over_labels, torch.full((3,), 2.0 * (classes - 1)))
    each = losses.absolute_error(logits, torch.tensor([0, 0, 0]))
    assert each.tolist() == pytest.approx([2 - 2 / classes, 0, 2])
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert not found[1:].any()


@pytest.mark.parametrize("classes", [3, 100])
def test_its_curve_pulls_most_in_the_middle(classes):
    (curve,) = loss_curves(["mae"], Scene(classes=classes))
    np.testing.assert_allclose(curve.loss, 2 * (1 - curve.x), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(curve.pull, 2 * curve.x * (1 - curve.x), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("data", "network", "epochs", "drops"),
    [
        ("cifar10", "resnet34", 120, (40, 80)),
        ("cifar100", "resnet34", 150, (80, 120)),
        ("fashion-mnist", "resnet18", 120, (40, 80)),
    ],
)
def test_presets_are_those_of_nlnl_table_3(data, network, epochs, drops):
    preset = registered("mae").preset(data, None)
    assert preset.settings == {"learning_rate": 0.01, "weight_decay": 1e-4}
    assert (preset.recipe["network"], preset.recipe["epochs"]) == (network, epochs)
    assert [m * epochs for m in preset.recipe["milestones"]] == pytest.approx(drops)


def test_nlnl_published_it():
    found = [cell for cell in cells() if cell.our_method == "mae"]
    assert {cell.paper for cell in found} == {"NLNL"}
    assert len(found) == 24
