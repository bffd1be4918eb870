"""Joint Optimization against the paper: loss, label updates, and the new network at the end."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl import losses
from lnl.evidence.published import cells
from lnl.methods.jo.method import JO
from lnl.methods.jo.settings import JOSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1])
LOGITS = torch.randn(5, K, generator=torch.Generator().manual_seed(0))
seeds = st.integers(0, 1000)


def jo(logits=LOGITS, **chosen):
    method = made("jo", LABELS, K, **chosen)
    method.network = Says(logits)
    return method


def end_of_epoch(method, epoch):
    list(method.passes(epoch_of(method, "joint", epoch)))


# --- losses -------------------------------------------------------------------------------------


@given(seed=seeds, rows=st.integers(1, 6))
def test_the_prior_is_the_divergence_from_uniform_and_its_pull(seed, rows):
    logits = 2 * torch.randn(rows, K, generator=torch.Generator().manual_seed(seed))
    leaf = logits.clone().requires_grad_()
    value = losses.uniform_prior(leaf)
    (found,) = torch.autograd.grad(value, leaf)
    p = logits.double().softmax(1)
    mean = p.mean(0)
    code = -mean.log().mean()  # the released L_p, which is log K larger
    torch.testing.assert_close(value.double(), code - torch.tensor(K).log(), atol=1e-5, rtol=1e-4)
    pull = p / mean  # d L_p / dz_ij = -1/(K B) (p_ij / m_j - Σ_k p_ik p_ij / m_k)
    expected = -(pull - p * pull.sum(1, keepdim=True)) / (K * rows)
    torch.testing.assert_close(found.double(), expected, atol=1e-5, rtol=1e-4)
    assert code >= torch.tensor(K).log() - 1e-9


def test_the_prior_is_0_only_where_the_mean_is_uniform():
    apart = 1e3 * torch.eye(K)
    assert losses.uniform_prior(apart).item() == pytest.approx(0, abs=1e-6)
    assert losses.uniform_prior(apart[:2]).item() > 1


@pytest.mark.parametrize("classes", [2, 100])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes):
    method = made("jo", torch.tensor([0, 1]), classes)
    method.network = Says(1e4 * torch.eye(2, classes).roll(1, 1))
    terms = method.training_step(step_of(method, "joint")).losses
    assert all(term.isfinite() for term in terms.values())
    assert grad(sum(terms.values()), method.network).isfinite().all()


@given(seed=seeds)
def test_a_joint_step_is_the_papers_loss_on_the_soft_labels(seed):
    method = jo(prior_weight=1.2, entropy_weight=0.8)
    soft = torch.randn(5, K, generator=torch.Generator().manual_seed(seed)).softmax(1)
    method.labels.copy_(soft)
    terms = method.training_step(step_of(method, "joint", rows=[1, 4])).losses
    logits = LOGITS[[1, 4]].double().requires_grad_()
    log_p = logits.log_softmax(1)
    p, t = log_p.exp(), soft[[1, 4]].double()
    mean = p.mean(0)
    expected = -(t * log_p).sum() / 2
    expected = expected + 1.2 * ((1 / K) * (1 / K / mean).log()).sum()
    expected = expected - 0.8 * (p * log_p).sum() / 2
    value = sum(terms.values())
    torch.testing.assert_close(value.double(), expected, atol=1e-5, rtol=1e-4)
    (pull,) = torch.autograd.grad(expected, logits)
    found = grad(sum(terms.values()), method.network)
    torch.testing.assert_close(found[[1, 4]].double(), pull, atol=1e-5, rtol=1e-4)
    assert found[[0, 2, 3]].eq(0).all()


def test_before_any_update_and_without_weights_it_is_cross_entropy():
    method = jo(prior_weight=0.0, entropy_weight=0.0)
    terms = method.training_step(step_of(method, "joint")).losses
    found = grad(sum(terms.values()), method.network)
    torch.testing.assert_close(found, (LOGITS.softmax(1) - F.one_hot(LABELS, K)) / 5)


def test_the_new_network_has_cross_entropy_alone():
    method = jo()
    output = method.training_step(step_of(method, "retrain"))
    assert output.losses.keys() == {"soft_cross_entropy"}


def test_hard_labels_are_the_most_probable_class():
    method = jo(hard_labels=True)
    method.labels.copy_(torch.tensor([[0.3, 0.3, 0.4]] * 5))
    terms = method.training_step(step_of(method, "retrain")).losses
    expected = F.cross_entropy(LOGITS, torch.full((5,), 2))
    torch.testing.assert_close(terms["soft_cross_entropy"], expected)


# --- labels -------------------------------------------------------------------------------------


@pytest.mark.parametrize("average", ["window", "running"])
def test_labels_are_mean_predictions_as_a_slow_twin_has_them(average):
    method = jo(average=average, averaged_epochs=3, update_from=0.35)
    history = [[] for _ in LABELS]
    for epoch in range(10):
        logits = torch.randn(5, K, generator=torch.Generator().manual_seed(epoch))
        method.network.table.data.copy_(logits)
        for rows in ([0, 3, 4], [2, 1]):
            method.training_step(step_of(method, "joint", rows=rows, epoch=epoch))
        end_of_epoch(method, epoch)
        for i, past in enumerate(history):
            p = [float(v) for v in logits[i].double().softmax(0)]
            if average == "window" or not past:
                past.append(p)
            else:
                share = min(epoch + 1, 3)
                past[0] = [old + (new - old) / share for old, new in zip(past[0], p, strict=True)]
        if epoch < 3:  # 0.35 of ten epochs: the first update follows the fourth
            assert method.labels.equal(F.one_hot(LABELS, K).float())
            continue
        expected = torch.tensor(
            [[sum(column) / len(past[-3:]) for column in zip(*past[-3:], strict=True)]
             for past in history]
        )  # fmt: skip
        torch.testing.assert_close(method.labels, expected, atol=1e-3, rtol=0)
        torch.testing.assert_close(method.labels.sum(1), torch.ones(5))


def test_a_sample_moves_nobody_elses_memory():
    method = jo()
    method.training_step(step_of(method, "joint", rows=[1], epoch=2))
    used = method.recent.ne(0).any(2)
    assert used.nonzero().tolist() == [[1, 2]]
    assert method.recent.dtype == torch.float16


def test_labels_rest_while_the_new_network_learns_them():
    method = jo()
    method.labels.copy_(LOGITS.softmax(1))
    method.training_step(step_of(method, "retrain"))
    list(method.passes(epoch_of(method, "retrain", 5)))
    assert method.labels.equal(LOGITS.softmax(1))
    assert method.recent.eq(0).all()


def test_the_clean_score_is_the_mass_on_the_given_label():
    method = jo(update_from=0.5)
    method.labels.copy_(torch.tensor([[0.6, 0.3, 0.1]] * 5))
    assert method.clean_scores(epoch_of(method, "joint", 4)) is None
    for at in (epoch_of(method, "joint", 5), epoch_of(method, "retrain", 0)):
        found = method.clean_scores(at)
        torch.testing.assert_close(found.scores, torch.tensor([0.6, 0.3, 0.1, 0.6, 0.3]))
        assert found.selection.tolist() == [True, False, False, True, False]
    assert method.sample_values(at)["inferred_label"].eq(0).all()
    assert method.epoch_values(at)["labels_changed"].item() == pytest.approx(0.6)


@pytest.mark.parametrize("chosen", [{"update_from": 1.0}, {"joint_epochs": 0}])
def test_without_updates_there_is_no_clean_score(chosen):
    method = jo(**chosen)
    assert method.clean_scores(epoch_of(method, "retrain")) is None


def test_the_final_labels_train_a_new_network(blobs):
    trainer = trainer_of("jo", blobs, 4, joint_epochs=1, retrain_epochs=1)
    assert [stage.restart for stage in trainer.method.plan] == [(), ("network",)]
    snapshots = iter(trainer)
    next(snapshots), next(snapshots)
    labels = trainer.method.labels.clone()
    assert not labels.equal(F.one_hot(blobs.given_labels, 4).float())
    list(snapshots)
    assert trainer.method.labels.equal(labels)


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "rate", "prior", "entropy"),
    [
        ("cifar10-10", 0.02, 1.2, 0.8),
        ("cifar10-30", 0.03, 1.2, 0.8),
        ("cifar10", 0.04, 1.2, 0.8),
        ("cifar10-70", 0.08, 1.2, 0.8),
        ("cifar10-asymmetric", 0.03, 0.8, 0.4),
    ],
)
def test_presets_have_the_values_of_the_paper(preset, rate, prior, entropy):
    chosen = registered("jo").preset("", preset)
    settings = JOSettings(**chosen.settings)
    assert (settings.prior_weight, settings.entropy_weight) == (prior, entropy)
    assert (settings.momentum, settings.weight_decay) == (0.9, 1e-4)
    first, second = JO.schedule(settings, Recipe(**chosen.recipe))
    assert (first.epochs, settings.update_from * first.epochs, second.epochs) == (200, 70, 120)
    assert first.optimisers["network"].learning_rate == rate
    falling = second.optimisers["network"].learning_rate
    rates = [value_at(falling, epoch / 120) for epoch in (0, 39, 40, 79, 80, 119)]
    assert rates == pytest.approx([0.2, 0.2, 0.02, 0.02, 0.002, 0.002])


def test_nlnls_table_4_has_three_rows_of_it():
    found = [c for c in cells() if c.our_method == "jo" and (c.paper, c.table) == ("NLNL", "4")]
    assert {c.method for c in found} == {"Joint", "Joint*", "Joint**"}
    titles = [preset.title for preset in registered("jo").cls.presets.values()]
    assert sum("Table 4" in title for title in titles) == 3
