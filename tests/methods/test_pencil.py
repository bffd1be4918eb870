"""PENCIL against the paper: the losses and their pull on labels, who is trained when, values."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.pencil.loss import classification, compatibility
from lnl.methods.pencil.method import PENCIL
from lnl.methods.pencil.settings import PENCILSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0])
LOGITS = torch.randn(4, K, generator=torch.Generator().manual_seed(0))
seeds = st.integers(0, 1000)


def table(seed, rows=4):
    return 2 * torch.randn(rows, K, generator=torch.Generator().manual_seed(seed))


def pencil(**chosen):
    method = made("pencil", LABELS, K, **chosen)
    method.network = Says(LOGITS)
    return method


# --- losses -------------------------------------------------------------------------------------


@given(seed=seeds)
def test_the_divergence_and_its_pull_on_network_and_label(seed):
    logits, own = table(seed).requires_grad_(), table(seed + 1).requires_grad_()
    each = classification(logits, own)
    on_network, on_label = torch.autograd.grad(each.sum(), (logits, own))
    p, d = (t.detach().double().softmax(1) for t in (logits, own))
    apart = p.log() - d.log()
    divergence = (p * apart).sum(1)
    torch.testing.assert_close(each.double(), divergence, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(on_label.double(), d - p, atol=1e-5, rtol=1e-4)
    expected = p * (apart - divergence[:, None])
    torch.testing.assert_close(on_network.double(), expected, atol=1e-5, rtol=1e-4)


@given(seed=seeds)
def test_the_tie_in_the_papers_form_and_in_the_released_one(seed):
    own = table(seed)
    d = own.double().softmax(1)
    hot = F.one_hot(LABELS, K)
    paper = -(d * hot).sum(1).log()
    again = d.exp() / d.exp().sum(1, keepdim=True)
    released = -(again * hot).sum(1).log()
    pull = again - hot  # through the softmax of d
    pulls = {"paper": d - hot, "released": d * (pull - (d * pull).sum(1, keepdim=True))}
    for form, expected in (("paper", paper), ("released", released)):
        leaf = own.clone().requires_grad_()
        each = compatibility(leaf, LABELS, form)
        torch.testing.assert_close(each.double(), expected, atol=1e-5, rtol=1e-4)
        (found,) = torch.autograd.grad(each.sum(), leaf)
        torch.testing.assert_close(found.double(), pulls[form], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("classes", [2, 100])
@pytest.mark.parametrize("form", ["paper", "released"])
def test_losses_and_gradients_are_finite_where_p_is_0_or_1(classes, form):
    for sign in (1e4, -1e4):
        logits = (1e4 * torch.eye(2, classes)).requires_grad_()
        own = (sign * torch.eye(2, classes)).requires_grad_()
        loss = classification(logits, own) + compatibility(own, torch.tensor([1, 0]), form)
        assert loss.isfinite().all()
        assert all(g.isfinite().all() for g in torch.autograd.grad(loss.sum(), (logits, own)))


@pytest.mark.parametrize(
    ("classes", "alpha", "form", "given_label", "other"),
    [
        (10, 0.1, "paper", 0.50, 0.47),
        (10, 0.1, "released", 0.15, 0.81),
        (10, 0.4, "paper", 0.80, 0.19),
        (10, 0.4, "released", 0.73, 0.25),
        (100, 0.1, "paper", 0.90, 0.06),
        (100, 0.1, "released", 0.88, 0.06),
    ],
)
def test_a_label_that_the_network_contradicts_flips_or_softens(
    classes, alpha, form, given_label, other
):
    # 130 epochs of the code's λ = 600 and 128 samples a batch, the prediction fixed at 95 %.
    p = torch.full((1, classes), 0.05 / (classes - 1), dtype=torch.float64)
    p[0, 1] = 0.95
    own, label = torch.zeros(1, classes), torch.tensor([0])
    own[0, 0] = 10
    for _ in range(130):
        leaf = own.clone().requires_grad_()
        loss = classification(p.log(), leaf) / classes + alpha * compatibility(leaf, label, form)
        (pull,) = torch.autograd.grad(loss.sum() / 128, leaf)
        own = own - 600 * pull
    found = own.softmax(1)[0]
    assert found[:2].tolist() == pytest.approx([given_label, other], abs=0.01)
    if classes == 10 and form == "paper":  # the fixed point: (p / K + α e_y) / (1 / K + α)
        exact = (0.05 / 9 / 10 + alpha) / (1 / 10 + alpha)
        assert found[0].item() == pytest.approx(exact, abs=0.01)


# --- steps --------------------------------------------------------------------------------------


def test_labels_start_at_the_given_ones():
    method = pencil(start=10.0)
    assert method.label_logits.equal(10.0 * F.one_hot(LABELS, K))
    e = math.e**10
    assert method._mass().tolist() == pytest.approx([e / (e + 2)] * 4)


def test_the_warm_up_is_cross_entropy_and_leaves_labels_alone():
    method = pencil()
    terms = method.training_step(step_of(method, "warm-up")).losses
    found = grad(sum(terms.values()), method.network)
    torch.testing.assert_close(found, (LOGITS.softmax(1) - F.one_hot(LABELS, K)) / 4)
    assert not any(term.requires_grad and on(term, method.label_logits) for term in terms.values())


def on(term, parameter):
    (found,) = torch.autograd.grad(term, parameter, retain_graph=True, allow_unused=True)
    return found is not None


@given(seed=seeds)
def test_a_correcting_step_is_the_papers_loss_for_both(seed):
    method = pencil(compatibility="paper", compatibility_weight=0.4, entropy_weight=0.8)
    method.label_logits.data.copy_(table(seed))
    value = sum(method.training_step(step_of(method, "correction", rows=[0, 3])).losses.values())
    own = table(seed)[[0, 3]].double().requires_grad_()
    logits = LOGITS[[0, 3]].double().requires_grad_()
    log_p, log_d = logits.log_softmax(1), own.log_softmax(1)
    p = log_p.exp()
    expected = (p * (log_p - log_d)).sum() / K / 2
    expected = expected - 0.4 * log_d[[0, 1], [0, 0]].mean() - 0.8 / K * (p * log_p).sum() / 2
    torch.testing.assert_close(value.double(), expected, atol=1e-5, rtol=1e-4)
    theirs = torch.autograd.grad(expected, (logits, own))
    ours = torch.autograd.grad(value, (method.network.table, method.label_logits))
    for found, pull in zip(ours, theirs, strict=True):
        torch.testing.assert_close(found[[0, 3]].double(), pull, atol=1e-5, rtol=1e-4)
        assert found[[1, 2]].eq(0).all()


def test_the_final_epochs_train_the_network_alone():
    method = pencil()
    method.label_logits.data.copy_(table(1))
    terms = method.training_step(step_of(method, "final")).losses
    assert not on(terms["classification"], method.label_logits)
    expected = classification(LOGITS, table(1)).mean() / K
    torch.testing.assert_close(terms["classification"], expected)


def test_labels_move_by_plain_sgd_in_the_second_stage_only(blobs):
    trainer = trainer_of("pencil", blobs, 6)
    stages, before = [], trainer.method.label_logits.detach().clone()
    for snapshot in trainer:
        now = trainer.method.label_logits.detach().clone()
        stages.append((snapshot.record.stage, not now.equal(before)))
        before = now
        if snapshot.record.stage == "correction":
            (group,) = trainer._optimisers["labels"].param_groups
            assert (group["lr"], group["momentum"], group["weight_decay"]) == (600, 0, 0)
    assert {moved for stage, moved in stages if stage == "correction"} == {True}
    assert {moved for stage, moved in stages if stage != "correction"} == {False}


def test_the_clean_score_is_the_mass_on_the_given_label():
    method = pencil()
    assert method.clean_scores(epoch_of(method, "warm-up")) is None
    method.label_logits.data.copy_(torch.tensor([[0.6, 0.3, 0.1]] * 4).log())
    found = method.clean_scores(epoch_of(method, "final"))
    torch.testing.assert_close(found.scores, torch.tensor([0.6, 0.3, 0.1, 0.6]))
    assert found.selection.tolist() == [True, False, False, True]
    values = method.epoch_values(epoch_of(method, "final"))
    assert values["labels_changed"].item() == 0.5
    assert values["labels_softened"].item() == pytest.approx(0.6)
    assert method.sample_values(epoch_of(method, "final"))["inferred_label"].eq(0).all()


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "rate", "last", "alpha", "beta", "label_rate", "epochs"),
    [
        ("cifar10", 0.03, 0.2, 0.1, 0.8, 300, (70, 130, 120)),
        ("cifar10-asymmetric", 0.06, 0.2, 0.4, 0.1, 600, (70, 130, 120)),
        ("cifar10-asymmetric-50", 0.03, 0.2, 0, 0.4, 4000, (70, 130, 120)),
        ("cifar100", 0.35, 0.2, 0.1, 0.4, 1000, (70, 130, 120)),
        ("clothing1m", 1.6e-3, 5e-4, 0.08, 0.8, 3000, (5, 10, 10)),
    ],
)
def test_presets_have_the_values_of_the_code(preset, rate, last, alpha, beta, label_rate, epochs):
    chosen = registered("pencil").preset("", preset)
    settings = PENCILSettings(**chosen.settings)
    assert (settings.compatibility_weight, settings.entropy_weight) == (alpha, beta)
    assert (settings.start, settings.compatibility) == (10, "released")
    stages = PENCIL.schedule(settings, Recipe(**chosen.recipe))
    assert tuple(stage.epochs for stage in stages) == epochs
    rates = [stage.optimisers["network"].learning_rate for stage in stages]
    assert rates[:2] == [rate, rate]
    falling = [value_at(rates[2], share) for share in (0, 1 / 3, 2 / 3)]
    assert falling == pytest.approx([last, last / 10, last / 100])
    assert stages[1].optimisers["labels"].learning_rate == label_rate
