"""Bootstrapping against the paper's two closed forms, in the step, at the limits and as curves."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves
from lnl.evidence.published import cells
from lnl.methods.bootstrap.loss import soft_bootstrap
from lnl.methods.registry import registered
from tests.support.saying import Says, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
P = LOGITS.softmax(1)
ONE_HOT = torch.eye(3, dtype=torch.float64)[LABELS]
FORMS = {"bootstrap-soft": soft_bootstrap, "bootstrap-hard": losses.bootstrap}


def stepped(name, beta):
    method = made(name, LABELS, 3, beta=beta)
    method.network = Says(LOGITS)
    loss = method.training_step(step_of(method)).losses["bootstrap"]
    return loss.double(), grad(loss, method.network).double()


@given(beta=st.floats(0, 1))
def test_soft_is_a_mixed_target_with_the_gradient_through_both_of_its_factors(beta):
    loss, pull = stepped("bootstrap-soft", beta)
    target = beta * ONE_HOT + (1 - beta) * P
    expected = -(target * P.log()).sum(1).mean()
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-6)
    entropy = -(P * P.log()).sum(1, keepdim=True)
    of_entropy = -P * (P.log() + entropy)
    expected = (beta * (P - ONE_HOT) + (1 - beta) * of_entropy) / 6
    torch.testing.assert_close(pull, expected, rtol=1e-4, atol=1e-6)


@given(beta=st.floats(0, 1))
def test_hard_mixes_with_the_predicted_class_without_a_gradient(beta):
    loss, pull = stepped("bootstrap-hard", beta)
    target = beta * ONE_HOT + (1 - beta) * torch.eye(3, dtype=torch.float64)[P.argmax(1)]
    expected = -(target * P.log()).sum(1).mean()
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(pull, (P - target) / 6, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", FORMS.values())
def test_with_all_trust_in_the_label_it_is_ce(loss):
    of_ce = losses.cross_entropy(LOGITS, LABELS)
    torch.testing.assert_close(loss(LOGITS, LABELS, 1.0), of_ce)


def test_hard_is_ce_wherever_the_label_is_predicted():
    agree = P.argmax(1) == LABELS
    assert 0 < agree.sum() < 6
    found = losses.bootstrap(LOGITS, LABELS, 0.3)
    of_ce = losses.cross_entropy(LOGITS, LABELS)
    torch.testing.assert_close(found[agree], of_ce[agree])
    assert (found[~agree] < of_ce[~agree]).all()


@pytest.mark.parametrize("classes", [2, 3, 100])
def test_both_are_finite_where_p_is_0_or_1(classes):
    logits = torch.cat([torch.zeros(1, classes), 1e4 * torch.eye(classes)[:2]]).requires_grad_()
    for loss in FORMS.values():
        each = loss(logits, torch.tensor([0, 0, 0]), 0.8)
        assert each.tolist() == pytest.approx([math.log(classes), 0, 8e3])
        (found,) = torch.autograd.grad(each.sum(), logits)
        assert torch.isfinite(found).all()
        assert not found[1].any()


def test_names_have_the_values_of_the_paper_under_any_preset():
    for preset in (None, "rfl"):
        soft, hard = (
            registered(name).resolve(made(name, LABELS, 3).spec, {}, preset) for name in FORMS
        )
        assert (soft.beta, soft.hard) == (0.95, False)
        assert (hard.beta, hard.hard) == (0.8, True)


@pytest.mark.parametrize("beta", [0.0, 0.8, 1.0])
def test_their_curves_follow_their_sliders(beta):
    numbers = {f"{name}.beta": beta for name in FORMS}
    soft, hard = loss_curves([*FORMS], Scene(numbers=numbers))
    x, rest = soft.x.astype(float), (1 - soft.x.astype(float)) / 9
    entropy = -x * np.log(x) - 9 * rest * np.log(rest)
    expected = beta * (1 - x) + (1 - beta) * x * (np.log(x) + entropy)
    np.testing.assert_allclose(soft.pull, expected, rtol=1e-3, atol=2e-5)
    expected = np.where(x > 0.1, 1 - x, beta - x)
    np.testing.assert_allclose(hard.pull, expected, rtol=1e-3, atol=2e-5)


def test_papers_published_both():
    found = [(cell.paper, cell.our_method) for cell in cells() if cell.our_method in FORMS]
    counts = {each: found.count(each) for each in set(found)}
    assert counts == {
        ("NLNL", "bootstrap-soft"): 9,
        ("NLNL", "bootstrap-hard"): 9,
        ("RFL", "bootstrap-hard"): 19,
    }
