"""IMAE against the gradient that defines it, at the limits and on the Methods page."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.catalogue import Scene, loss_curves
from lnl.evidence.published import cells
from lnl.methods.imae.loss import improved_absolute_error
from tests.support.saying import Says, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 2 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def p_of_given(logits=LOGITS):
    return logits.softmax(1).gather(1, LABELS[:, None])[:, 0]


@given(temperature=st.floats(0, 16))
def test_the_norm_of_each_gradient_is_that_of_the_paper(temperature):
    logits = LOGITS.clone().requires_grad_()
    each = improved_absolute_error(logits, LABELS, temperature)
    (found,) = torch.autograd.grad(each.sum(), logits)
    p = p_of_given()
    expected = (temperature * p * (1 - p)).exp()
    torch.testing.assert_close(found.abs().sum(1), expected, rtol=1e-4, atol=1e-5)
    assert (found.gather(1, LABELS[:, None]) < 0).all()


def test_it_is_largest_at_one_half():
    p = torch.tensor([0.3, 0.5, 0.7])
    logits = torch.stack([p, 1 - p], 1).log().requires_grad_()
    each = improved_absolute_error(logits, torch.zeros(3, dtype=torch.long), 8.0)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().sum(1).argmax() == 1
    assert found[1].abs().sum().item() == pytest.approx(math.exp(2))


def test_a_step_averages_weighted_cross_entropies():
    method = made("imae", LABELS, 3)
    method.network = Says(LOGITS)
    loss = method.training_step(step_of(method)).losses["improved_absolute_error"]
    p = p_of_given()
    weight = (8 * p * (1 - p)).exp() / (2 * (1 - p))
    torch.testing.assert_close(loss.double(), (weight * -p.log()).mean(), rtol=1e-5, atol=1e-6)
    one_hot = torch.nn.functional.one_hot(LABELS, 3)
    expected = weight[:, None] * (LOGITS.softmax(1) - one_hot) / 6
    torch.testing.assert_close(grad(loss, method.network).double(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_it_is_finite_where_p_is_0_or_1(classes):
    logits = (1e4 * torch.eye(classes)[:2]).requires_grad_()
    each = improved_absolute_error(logits, torch.tensor([0, 0]), 8.0)
    assert each.tolist() == pytest.approx([0, 0.5e4])
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().sum(1).tolist() == pytest.approx([0, 1])


@pytest.mark.parametrize("temperature", [0.0, 8.0, 16.0])
def test_its_curve_is_half_the_norm(temperature):
    (curve,) = loss_curves(["imae"], Scene(numbers={"imae.temperature": temperature}))
    inside = curve.x < 0.998
    expected = np.exp(temperature * curve.x * (1 - curve.x)) / 2
    np.testing.assert_allclose(curve.pull[inside], expected[inside], rtol=1e-3)


def test_rfl_published_it():
    found = [cell for cell in cells() if cell.our_method == "imae"]
    assert {cell.paper for cell in found} == {"RFL"}
    assert len(found) == 19
