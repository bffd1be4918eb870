"""JoCoR against the paper: the joint loss and its pull, and which samples both networks learn."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.jocor.loss import symmetric_kl
from lnl.methods.jocor.method import JoCoR, JoCoRSettings
from lnl.methods.registry import registered
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])


def logits(seed, classes=K):
    return torch.randn(8, classes, generator=torch.Generator().manual_seed(seed))


def jocor(first=1, second=2, **chosen):
    half = {"rate_from": "set", "noise_rate": 0.5, "ramp": 0.0}
    method = made("jocor", LABELS, K, **{**half, **chosen})
    method.network_1, method.network_2 = Says(logits(first)), Says(logits(second))
    return method


def joint(share):
    one, two = logits(1).double(), logits(2).double()
    p, q = one.softmax(1), two.softmax(1)
    divergence = (p * (p / q).log()).sum(1) + (q * (q / p).log()).sum(1)
    ce = sum(F.cross_entropy(each, LABELS, reduction="none") for each in (one, two))
    return ((1 - share) * ce + share * divergence).float()


@given(seed=st.integers(0, 100), classes=st.integers(2, 6))
def test_the_divergence_is_that_of_both_directions_and_reaches_both(seed, classes):
    one, two = (logits(seed + k, classes).double().requires_grad_() for k in (0, 200))
    each = symmetric_kl(one, two)
    p, q = one.softmax(1), two.softmax(1)
    both = (p * (p / q).log()).sum(1) + (q * (q / p).log()).sum(1)
    torch.testing.assert_close(each.double(), both, atol=1e-5, rtol=1e-4)
    assert (each >= 0).all()
    torch.testing.assert_close(each, symmetric_kl(two, one))
    found = torch.autograd.grad(each.sum(), (one, two))
    expected = torch.autograd.grad(both.sum(), (one, two))
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    assert symmetric_kl(one, one).eq(0).all()


@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_it_is_finite_where_p_is_0_or_1(scale):
    one, two = (scale * torch.eye(2)).requires_grad_(), (-scale * torch.eye(2)).requires_grad_()
    each = symmetric_kl(one, two)
    assert each.isfinite().all()
    assert all(g.isfinite().all() for g in torch.autograd.grad(each.sum(), (one, two)))


@pytest.mark.parametrize("share", [0.0, 0.65, 0.9])
def test_both_learn_the_samples_of_small_joint_loss(share):
    method = jocor(agreement=share)
    output = method.training_step(step_of(method))
    expected = joint(share)
    kept = torch.zeros(8, dtype=torch.bool).index_fill(0, expected.argsort()[:4], True)
    total = sum(output.losses.values())
    torch.testing.assert_close(total, expected[kept].mean())
    for name in ("network_1", "network_2"):
        assert output.shown[name].selected.equal(kept)
        assert grad(total, getattr(method, name)).abs().sum(1).gt(0).equal(kept)


def test_swapping_the_networks_changes_nothing():
    one, two = jocor(1, 2), jocor(2, 1)
    a, b = (each.training_step(step_of(each)).losses for each in (one, two))
    assert a["divergence"] == b["divergence"]
    assert a["network_1.cross_entropy"] == b["network_2.cross_entropy"]


def test_equal_networks_have_no_divergence():
    method = jocor(1, 1)
    assert method.training_step(step_of(method)).losses["divergence"] == 0


@pytest.mark.parametrize(("rate", "kept"), [(0.0, 8), (0.99, 1)])
def test_with_no_noise_all_are_kept_and_with_nearly_nothing_else_one(rate, kept):
    method = jocor(noise_rate=rate)
    assert method.training_step(step_of(method)).shown["network_1"].selected.sum() == kept


def test_half_of_the_rate_is_dropped_where_noise_is_asymmetric():
    method = jocor(rate_share=0.5)
    assert method.training_step(step_of(method)).shown["network_1"].selected.sum() == 6


def test_the_score_falls_with_the_joint_loss():
    method = jocor(agreement=0.65)
    found = method.clean_scores(epoch_of(method))
    torch.testing.assert_close(found.scores, torch.exp(-joint(0.65)))
    assert found.selection.sum() == 4
    assert found.scores[found.selection].min() > found.scores[~found.selection].max()


def test_the_rate_can_be_estimated():
    method = jocor(rate_from="estimated")
    surely = 5.0 * F.one_hot(LABELS, K)
    surely[6:] = surely[6:].roll(1, 1)
    method.network_1, method.network_2 = Says(surely), Says(surely)
    enter(method)
    assert float(method.noise_rate) == 0.25
    assert method.epoch_values(epoch_of(method))["forget_rate"] == 0.25


def test_one_adam_trains_both(blobs):
    trainer = trainer_of("jocor", blobs, 1)
    before = {name: value.clone() for name, value in trainer.method.named_parameters()}
    list(trainer)
    (optimiser,) = trainer._optimisers.values()
    assert isinstance(optimiser, torch.optim.Adam)
    assert not any(value.equal(before[n]) for n, value in trainer.method.named_parameters())


@pytest.mark.parametrize(
    ("preset", "share", "dropped"),
    [
        ("cifar10", 0.9, 1.0),
        ("cifar10-asymmetric", 0.9, 0.5),
        ("cifar10-80", 0.65, 1.0),
        ("cifar100", 0.85, 1.0),
    ],
)
def test_presets_have_the_values_of_the_paper(preset, share, dropped):
    chosen = registered("jocor").preset("", preset)
    settings = JoCoRSettings(**chosen.settings)
    assert (settings.agreement, settings.rate_share) == (share, dropped)
    (stage,) = JoCoR.schedule(settings, Recipe(**chosen.recipe))
    assert stage.epochs == 200
    assert settings.ramp * 200 == pytest.approx(10)
