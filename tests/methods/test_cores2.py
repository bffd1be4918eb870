"""CORES² against the paper: the regularised loss, the sieve, label shares and the schedule."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.cores2.method import CORES2, CORES2Settings, lead, regularised
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan, value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 0])
LOGITS = 2 * torch.randn(5, K, generator=torch.Generator().manual_seed(3))
seeds = st.integers(0, 1000)


def cores2(logits=LOGITS, **chosen):
    method = made("cores2", LABELS, K, **chosen)
    method.network = Says(logits)
    return method


def step_at(method, epoch, epochs=100):
    return replace(step_of(method, "train", epoch=epoch), stage=StagePlan("train", epochs))


def epoch_at(method, epoch, epochs=100):
    return replace(epoch_of(method, "train", epoch), stage=StagePlan("train", epochs))


@given(seed=seeds, beta=st.floats(0, 3))
def test_the_loss_and_its_pull_are_those_of_the_paper(seed, beta):
    random = torch.Generator().manual_seed(seed)
    logits = 2 * torch.randn(5, K, generator=random)
    prior = torch.rand(K, generator=random).softmax(0)
    leaf = logits.clone().requires_grad_()
    each = regularised(leaf, LABELS, prior, beta)
    (found,) = torch.autograd.grad(each.sum(), leaf)
    p, hot = logits.double().softmax(1), F.one_hot(LABELS, K)
    expected = -(p * hot).sum(1).log() + beta * ((p + 1e-8).log() * prior).sum(1)
    torch.testing.assert_close(each.detach().double(), expected, atol=1e-4, rtol=1e-4)
    held = prior * p / (p + 1e-8)
    pull = (p - hot) + beta * (held - p * held.sum(1, keepdim=True))
    torch.testing.assert_close(found.double(), pull, atol=1e-4, rtol=1e-4)


def test_the_regulariser_has_a_floor():
    logits = torch.tensor([[1e4, 0.0, 0.0]]).requires_grad_()
    prior = torch.full((K,), 1 / K)
    each = regularised(logits, torch.tensor([0]), prior, 2.0)
    assert each.item() == pytest.approx(2 * 2 / 3 * -18.4207, rel=1e-4)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().max() < 1e-6, "nothing drives a certain prediction on"


@given(seed=seeds, shift=st.floats(-5, 5))
def test_the_sieve_compares_the_loss_with_its_mean_over_all_labels(seed, shift):
    logits = 2 * torch.randn(5, K, generator=torch.Generator().manual_seed(seed))
    all_losses = -logits.double().log_softmax(1)
    own = all_losses.gather(1, LABELS[:, None])[:, 0]
    torch.testing.assert_close(
        lead(logits, LABELS).double(), all_losses.mean(1) - own, atol=1e-5, rtol=1e-4
    )
    torch.testing.assert_close(
        lead(logits + shift, LABELS), lead(logits, LABELS), atol=1e-4, rtol=0
    )


def test_the_strength_rises_and_the_sieve_begins_as_in_the_code():
    method = cores2()
    found = [method._strength(epoch_at(method, e)) for e in (0, 9, 10, 25, 40, 99)]
    assert found == pytest.approx([0, 0, 0, 1, 2, 2])
    kept = []
    for e in (30, 31):
        method.training_step(step_at(method, e))
        kept.append(method.kept.clone())
    assert kept[0].all()
    assert kept[1].equal(lead(LOGITS, LABELS) >= 0)
    assert 0 < kept[1].sum() < 5


def test_a_step_averages_over_the_kept_and_has_the_codes_rate():
    method = cores2(learning_rate=0.1)
    method.prior.copy_(torch.tensor([0.2, 0.3, 0.5]))
    (loss,) = method.training_step(step_at(method, 40)).losses.values()
    kept = lead(LOGITS, LABELS) >= 0
    pull = LOGITS.softmax(1) - F.one_hot(LABELS, K) - 2 * (LOGITS.softmax(1) - method.prior)
    expected = pull * kept[:, None] / kept.sum() / (1 + 2)  # the code's rate is 0.1 / (1 + β)
    torch.testing.assert_close(grad(loss, method.network), expected, atol=1e-5, rtol=1e-4)


def test_before_the_strength_rises_it_is_plain_cross_entropy():
    method = cores2()
    output = method.training_step(step_at(method, 5))
    torch.testing.assert_close(output.losses["regularised"], F.cross_entropy(LOGITS, LABELS))
    assert output.shown["network"].selected.all()
    assert method.clean_scores(epoch_at(method, 5)) is None


def test_label_shares_are_those_of_the_kept_samples():
    method = cores2()
    torch.testing.assert_close(method.prior, torch.tensor([0.6, 0.2, 0.2]))
    for kept, shares in (
        ([True, True, False, True, False], [2 / 3, 1 / 3, 0.0]),
        ([False] * 5, [2 / 3, 1 / 3, 0.0]),
    ):
        method.kept.copy_(torch.tensor(kept))
        next(method.passes(epoch_at(method, 50)))
        torch.testing.assert_close(method.prior, torch.tensor(shares))


@pytest.mark.parametrize("classes", [2, 100])
@pytest.mark.parametrize("epoch", [0, 99])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes, epoch):
    method = made("cores2", torch.tensor([0, 1]), classes)
    for logits in (torch.eye(2, classes), torch.eye(2, classes).roll(1, 1)):  # all kept, none
        method.network = Says(1e4 * logits)
        (loss,) = method.training_step(step_at(method, epoch)).losses.values()
        assert loss.isfinite()
        assert grad(loss, method.network).isfinite().all()
        next(method.passes(epoch_at(method, epoch)))
        assert method.prior.isfinite().all()


def test_the_clean_score_is_the_lead_of_the_label():
    method = cores2()
    found = method.clean_scores(epoch_at(method, 31))
    torch.testing.assert_close(found.scores, lead(LOGITS, LABELS).sigmoid())
    assert found.selection.equal(found.scores >= found.threshold)
    assert method.epoch_values(epoch_at(method, 25))["strength"].item() == pytest.approx(1)


def test_sgd_has_neither_momentum_nor_decay(blobs):
    trainer = trainer_of("cores2", blobs, 1)
    list(trainer)
    (group,) = trainer._optimisers["network"].param_groups
    assert (group["lr"], group["momentum"], group["weight_decay"]) == (0.1, 0, 0)


def test_the_preset_has_the_values_of_the_code():
    chosen = registered("cores2").preset("cifar100", None)
    own = CORES2Settings(**chosen.settings)
    assert own.strength == 2
    (stage,) = CORES2.schedule(own, Recipe(**chosen.recipe))
    rates = [value_at(stage.optimisers["network"].learning_rate, e / 100) for e in (0, 49, 50, 99)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01])
    assert (stage.epochs, chosen.recipe["batch_size"]) == (100, 64)
