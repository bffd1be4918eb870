"""JNPL against the paper: both losses and their gradients, who learns what, the pseudo-labels."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.catalogue.loss_pieces import Scene, loss_curves
from lnl.methods.jnpl.loss import negative_plus, positive_plus, sure
from lnl.methods.jnpl.method import JNPL, JNPLSettings
from lnl.methods.parts.pseudo_labels import believed
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 4
LABELS = torch.tensor([0, 1, 2, 3, 0])
seeds = st.integers(0, 1000)


def table(seed, rows=5, scale=2.0):
    return scale * torch.randn(rows, K, generator=torch.Generator().manual_seed(seed))


def jnpl(logits, **chosen):
    method = made("jnpl", LABELS, K, **chosen)
    method.network = Says(logits)
    return method


def pull_of(loss, logits):
    leaf = logits.clone().requires_grad_()
    each = loss(leaf)
    (found,) = torch.autograd.grad(each.sum(), leaf)
    return each.detach().double(), found.double()


# --- losses -------------------------------------------------------------------------------------


@given(seed=seeds)
def test_nl_plus_pulls_with_p_times_one_minus_p(seed):
    logits, other = table(seed), (LABELS + 1) % K
    each, found = pull_of(lambda z: negative_plus(z, other[:, None]), logits)
    p = logits.double().softmax(1)
    own = p.gather(1, other[:, None])
    torch.testing.assert_close(each, -((1 - own) * (1 - own).log())[:, 0], atol=1e-5, rtol=1e-4)
    expected = (-own * p).scatter(1, other[:, None], own * (1 - own))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_several_complementary_labels_add_up():
    logits = table(0)
    both = negative_plus(logits, torch.tensor([[1, 2]] * 5))
    each = [negative_plus(logits, torch.full((5, 1), k)) for k in (1, 2)]
    torch.testing.assert_close(both, sum(each))


@given(seed=seeds, order=st.integers(0, 4))
def test_the_pull_of_pl_plus_telescopes(seed, order):
    logits = table(seed)
    each, found = pull_of(lambda z: positive_plus(z, LABELS, order), logits)
    p = logits.double().softmax(1)
    own = p.gather(1, LABELS[:, None])
    product = math.prod(1 + own[:, 0] ** (2**n) for n in range(order + 1))
    torch.testing.assert_close(each, -product * own[:, 0].log(), atol=1e-5, rtol=1e-4)
    at_label = -(1 - own ** (2 ** (order + 1)))
    torch.testing.assert_close(found.gather(1, LABELS[:, None]), at_label, atol=1e-5, rtol=1e-4)
    elsewhere = at_label / (1 - own) * -p
    torch.testing.assert_close(
        found, elsewhere.scatter(1, LABELS[:, None], at_label), atol=1e-5, rtol=1e-4
    )


@pytest.mark.parametrize("classes", [2, 100])
@pytest.mark.parametrize("stage", ["joint", "filtered", "soft"])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes, stage):
    method = made("jnpl", torch.tensor([0, 1, 1]), classes)
    logits = torch.zeros(3, classes)
    logits[0, 0], logits[1, 0] = 1e4, 1e4
    method.network = Says(logits)
    terms = method.training_step(step_of(method, stage)).losses
    assert all(term.isfinite() for term in terms.values())
    assert grad(sum(terms.values()), method.network).isfinite().all()


# --- who learns what ----------------------------------------------------------------------------


def test_only_the_sure_learn_their_prediction_and_as_often_as_they_are_sure():
    count = 20_000
    p = torch.tensor([[0.6, 0.2, 0.1, 0.1], [0.5, 0.3, 0.1, 0.1], [0.1, 0.1, 0.8, 0.0]])
    logits = p.clamp_min(1e-9).log().repeat(count, 1)
    predicted, learns = sure(logits, torch.Generator().manual_seed(0))
    assert predicted[:3].tolist() == [0, 0, 2]
    often = learns.reshape(count, 3).float().mean(0).tolist()
    assert often == pytest.approx([0.6, 0, 0.8], abs=0.02)  # 0.3 is above chance
    certain, all_learn = sure(1e4 * torch.eye(4).roll(1, 1), torch.Generator().manual_seed(0))
    assert all_learn.all()
    assert certain.tolist() == [1, 2, 3, 0]


@given(seed=seeds)
def test_a_joint_step_is_the_papers_loss(seed):
    logits = table(seed, scale=4.0)
    method = jnpl(logits, positive_weight=0.3, order=2, complementary_labels=1)
    rows = [4, 0, 2]
    terms = method.training_step(step_of(method, "joint", rows=rows)).losses
    random = torch.Generator().manual_seed(0)  # that of every name in ``saying``
    other = (LABELS[rows] + torch.randint(1, K, (3, 1), generator=random)[:, 0]) % K
    draws = torch.rand(3, generator=torch.Generator().manual_seed(0))
    p = logits[rows].double().softmax(1)
    negative = positive = 0.0
    for i, row in enumerate(p.tolist()):
        negative -= (1 - row[other[i]]) * math.log(1 - row[other[i]])
        best = max(row)
        if sorted(row)[-2] < 1 / K and draws[i] < best:
            positive -= math.prod(1 + best ** (2**n) for n in range(3)) * math.log(best)
    assert float(terms["negative_learning"].detach()) == pytest.approx(negative / 3, abs=1e-5)
    assert float(terms["positive_learning"].detach()) == pytest.approx(0.3 * positive / 3, abs=1e-5)


def test_complementary_labels_are_never_the_given_one(monkeypatch):
    seen = []
    monkeypatch.setattr(
        "lnl.methods.jnpl.method.negative_plus",
        lambda logits, other: seen.append(other) or logits.sum(1),
    )
    method = jnpl(table(0), complementary_labels=200)
    method.training_step(step_of(method, "joint"))
    assert seen[0].shape == (5, 200)
    assert (seen[0] != LABELS[:, None]).all()
    shares = (seen[0][:, :, None] == torch.arange(K)).float().mean(1)
    assert shares.max() < 0.45


def test_the_filter_is_the_confidence_at_the_end_of_the_joint_stage(blobs):
    trainer = trainer_of(
        "jnpl", blobs, joint_epochs=4, filtered_epochs=4, soft_epochs=2, threshold=0.26
    )
    firsts, kept = {}, {}
    for snapshot in trainer:
        stage = snapshot.record.stage
        values = [value.clone() for value in trainer.method.network.parameters()]
        firsts.setdefault(stage, values)
        kept.setdefault(stage, []).append(snapshot.samples.selected)
        if stage == "joint":
            confidence = trainer._evaluator.predictions(trainer.method.network).confidence
            assert trainer.method.confidence.equal(confidence)
        if snapshot.record.epoch == trainer.stages[1].last:
            torch.testing.assert_close(
                trainer.method.soft.sum(1), torch.ones(len(blobs.given_labels))
            )
    frozen = kept["joint"][-1]
    assert 0 < frozen.sum() < len(frozen)
    assert all((row == frozen).all() for row in kept["filtered"] + kept["soft"])
    for one, other in (("joint", "filtered"), ("filtered", "soft")):
        assert not all(a.equal(b) for a, b in zip(firsts[one], firsts[other], strict=True))


def test_pseudo_label_stages_learn_the_kept_labels_and_soft_ones_for_the_rest():
    method = jnpl(table(0))
    method.confidence.copy_(torch.tensor([0.9, 0.2, 0.6, 0.5, 0.1]))
    kept = [True, False, True, False, False]
    (filtered,) = method.training_step(step_of(method, "filtered")).losses.values()
    torch.testing.assert_close(filtered, F.cross_entropy(table(0)[kept], LABELS[kept]))
    soft = table(1).softmax(1)
    method.soft.copy_(soft)
    output = method.training_step(step_of(method, "soft"))
    targets = torch.where(torch.tensor(kept)[:, None], F.one_hot(LABELS, K).float(), soft)
    assert believed(soft, LABELS, torch.tensor(kept)).equal(targets)
    expected = -(targets * table(0).log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(output.losses["soft_cross_entropy"], expected)
    assert output.shown["network"].selected.tolist() == kept
    found = method.clean_scores(epoch_of(method, "soft"))
    assert found.selection.tolist() == kept
    assert found.scores.equal(method.confidence)


# --- values -------------------------------------------------------------------------------------


def test_the_preset_has_the_quoted_values():
    chosen = registered("jnpl").preset("cifar10", None)
    own = JNPLSettings(**chosen.settings)
    assert (own.positive_weight, own.order, own.threshold) == (0.01, 3, 0.5)
    assert own.weight_decay == 1e-4
    joint, filtered, soft = JNPL.schedule(own, Recipe(**chosen.recipe))
    assert (joint.epochs, filtered.epochs, soft.epochs) == (1000, 480, 480)
    rate = joint.optimisers["network"].learning_rate
    assert [value_at(rate, e / 1000) for e in (0, 799, 800)] == pytest.approx([0.01, 0.01, 0.001])
    assert filtered.restart == soft.restart == ("network",)


@pytest.mark.parametrize("classes", [3, 10, 100])
def test_the_curve_pulls_as_the_loss_does(classes):
    (negative,) = loss_curves(["jnpl"], Scene(classes=classes))
    x = negative.x
    assert negative.pull == pytest.approx((1 - x) / (classes - 1) * x, rel=1e-3, abs=1e-4)
    (over,) = loss_curves(["jnpl"], Scene(classes=classes, over="complementary"))
    other = (1 - over.x) / (classes - 1)
    assert over.pull == pytest.approx(over.x * other, rel=1e-3, abs=1e-4)
