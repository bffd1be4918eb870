"""NPN against the paper: votes with a slow twin, the three losses, what is shown and believed."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl import losses
from lnl.methods.npn.method import NPN, negatives
from lnl.methods.npn.settings import NPNSettings
from lnl.methods.parts import votes
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 5
LABELS = torch.tensor([0, 1, 2, 4])
seeds = st.integers(0, 1000)


def table(seed, rows=4, scale=2.0):
    return scale * torch.randn(rows, K, generator=torch.Generator().manual_seed(seed))


def npn(seed=0, **chosen):
    method = made("npn", LABELS, K, **chosen)
    method.network = Says(table(seed), table(seed + 1))  # weak views, then strong ones
    return method


# --- votes --------------------------------------------------------------------------------------


@given(seed=seeds, top=st.integers(1, 4))
def test_votes_are_those_of_a_slow_twin(seed, top):
    method = npn(top=top)
    expected = [[0] * K for _ in LABELS]
    for visit, stage in enumerate(("warm-up", "warm-up", "selection", "selection")):
        logits = table(seed + visit)
        method.network = Says(logits, table(seed + 10))
        for rows in ([2, 0], [1, 3]):
            method.training_step(step_of(method, stage, rows=rows))
        for row, said in zip(expected, logits.tolist(), strict=True):
            for k in sorted(range(K), key=lambda k: -said[k])[:top]:
                row[k] += 1
    assert method.votes.tolist() == expected
    assert method.votes.sum(1).eq(4 * top).all(), "K votes a visit"
    own = [row[y] / 4 for row, y in zip(expected, LABELS.tolist(), strict=True)]
    found = method.clean_scores(epoch_of(method))
    torch.testing.assert_close(found.scores, torch.tensor(own))
    ahead = [row[y] == max(row) for row, y in zip(expected, LABELS.tolist(), strict=True)]
    assert found.selection.tolist() == ahead


def test_who_is_not_in_the_batch_gets_no_vote():
    method = npn()
    method.training_step(step_of(method, "warm-up", rows=[1]))
    assert method.votes.sum(1).tolist() == [0, 2, 0, 0]


def test_before_the_first_visit_nobody_is_believed_and_all_tie():
    none = torch.zeros(4, K, dtype=torch.int32)
    assert votes.shares(none).eq(0).all()
    assert votes.of_label(none, LABELS, 2).eq(0).all()
    assert votes.wins(none, LABELS).all()


# --- losses -------------------------------------------------------------------------------------


@given(seed=seeds)
def test_negative_labels_are_all_but_the_given_and_the_predicted_one(seed):
    logits = table(seed)
    predicted = logits.argmax(1)
    far = negatives(logits, LABELS, predicted)
    for row, own, best in zip(far.tolist(), LABELS.tolist(), predicted.tolist(), strict=True):
        assert [k for k in range(K) if not row[k]] == sorted({own, best})
    p = logits.softmax(1)
    assert p[far].max() <= 0.5
    bound = (K - 1) * math.log(K / (K - 1))
    assert losses.multi_negative_learning(logits, far).max() <= bound


def twin(seed, rows, soft, alpha, beta, smoothing, start):
    """The loss of the paper, one sample at a time, and its pull on both views' logits."""
    weak = table(seed).double().requires_grad_()
    strong = table(seed + 1).double().requires_grad_()
    total = 0

    def cross_entropy(z, target):
        log_p = z.log_softmax(0)
        return -sum(
            ((1 - smoothing) * mass + smoothing / K) * log_p[k] for k, mass in enumerate(target)
        )

    for i in rows:
        z, y = weak[i], int(LABELS[i])
        order = sorted(range(K), key=lambda k: -float(z[k].detach()))
        n = [int(v) for v in start[i]]
        for k in order[:2]:
            n[k] += 1
        best, t = n.index(max(n)), order[0]
        target = [v / sum(n) for v in n] if soft else [float(k == best) for k in range(K)]
        p = z.softmax(0)
        negative = -sum((1 - p[k]).log() for k in range(K) if k not in (y, t))
        consistency = cross_entropy(strong[i], [float(k == t) for k in range(K)])
        total = total + cross_entropy(z, target) + alpha * negative + beta * consistency
    total = total / len(rows)
    return total, torch.cat(torch.autograd.grad(total, (weak, strong), retain_graph=True))


@given(seed=seeds, soft=st.booleans(), smoothing=st.sampled_from([0.0, 0.2]))
def test_a_step_is_the_loss_of_a_slow_twin(seed, soft, smoothing):
    method = npn(
        seed,
        targets="soft" if soft else "hard",
        negative_weight=0.7,
        consistency_weight=2.0,
        smoothing=smoothing,
    )
    start = torch.randint(0, 4, (4, K), generator=torch.Generator().manual_seed(seed))
    method.votes.copy_(start)
    value = sum(method.training_step(step_of(method, rows=[3, 0, 1])).losses.values())
    expected, pull = twin(seed, [3, 0, 1], soft, 0.7, 2.0, smoothing, start)
    torch.testing.assert_close(value.double(), expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(grad(value, method.network).double(), pull, atol=1e-5, rtol=1e-4)


def test_the_winner_may_be_neither_given_nor_predicted():
    method = npn()
    method.votes[0, 3] = 99
    output = method.training_step(step_of(method, rows=[0]))
    expected = F.cross_entropy(table(0)[:1], torch.tensor([3]))
    torch.testing.assert_close(output.losses["partial_labels"], expected)
    shown = output.shown["network"]
    assert (shown.inferred_labels.tolist(), shown.selected.tolist()) == ([3], [False])


def test_at_the_first_visit_one_vote_makes_the_prediction_the_label():
    method = npn(top=1)
    terms = method.training_step(step_of(method)).losses
    expected = F.cross_entropy(table(0), table(0).argmax(1))
    torch.testing.assert_close(terms["partial_labels"], expected)


def test_votes_for_a_predicted_given_label_are_cross_entropy():
    method = npn(targets="soft", top=1, negative_weight=0.0, consistency_weight=0.0)
    logits = 5.0 * F.one_hot(LABELS, K) + table(0, scale=0.1)
    method.network = Says(logits, table(1))
    value = sum(method.training_step(step_of(method)).losses.values())
    torch.testing.assert_close(value, F.cross_entropy(logits, LABELS))


def test_the_warm_up_is_cross_entropy_with_a_confidence_penalty():
    method = npn()
    output = method.training_step(step_of(method, "warm-up"))
    log_p = table(0).log_softmax(1)
    expected = F.cross_entropy(table(0), LABELS) + (log_p.exp() * log_p).sum(1).mean()
    torch.testing.assert_close(sum(output.losses.values()), expected)
    assert output.shown["network"].selected.all()
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


@pytest.mark.parametrize("classes", [2, 100])
@pytest.mark.parametrize("stage", ["warm-up", "selection"])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes, stage):
    method = made("npn", torch.tensor([0, 1]), classes, smoothing=0.1)
    logits = 1e4 * torch.eye(2, classes).roll(1, 1)
    method.network = Says(logits, -logits)
    terms = method.training_step(step_of(method, stage)).losses
    assert all(term.isfinite() for term in terms.values())
    assert grad(sum(terms.values()), method.network).isfinite().all()
    assert method.votes.sum(1).eq(min(2, classes - 1)).all()


# --- what is seen -------------------------------------------------------------------------------


def test_ties_and_changed_labels_are_counted():
    method = npn()
    method.votes.copy_(
        torch.tensor([[3, 3, 0, 0, 0], [0, 2, 0, 4, 0], [0, 0, 6, 0, 0], [6, 0, 0, 0, 0]])
    )
    values = method.epoch_values(epoch_of(method))
    assert values["ties"].item() == 0.25
    assert values["labels_changed"].item() == 0.5
    assert method.sample_values(epoch_of(method))["inferred_label"].tolist() == [0, 3, 2, 0]


def test_the_strong_view_is_made_only_where_it_is_learned(blobs):
    trainer = trainer_of("npn", blobs, 2, warm_up_epochs=1, selection_epochs=1)
    for epoch, views in ((0, ("weak",)), (1, ("weak", "strong"))):
        stage = trainer.method.plan[epoch].name
        (stream,) = next(trainer.method.passes(epoch_of(trainer.method, stage)))
        assert stream.views == views


@pytest.mark.parametrize(
    ("preset", "targets", "beta"), [("cifar", "hard", 1), ("cifar-soft", "soft", 2)]
)
def test_presets_have_the_values_of_the_readme(preset, targets, beta):
    chosen = registered("npn").preset("", preset)
    own = NPNSettings(**chosen.settings)
    assert (own.targets, own.negative_weight, own.consistency_weight) == (targets, 1, beta)
    assert (own.top, own.weight_decay, own.nesterov, own.smoothing) == (2, 5e-4, True, 0)
    first, second = NPN.schedule(own, Recipe(**chosen.recipe))
    assert (first.epochs, second.epochs) == (200, 100)
    assert first.optimisers["network"].learning_rate == 0.05
    falling = second.optimisers["network"].learning_rate
    assert (value_at(falling, 0.0), value_at(falling, 1.0)) == pytest.approx((0.05, 5e-5))


def test_the_script_for_web_images_has_one_vote_and_smooth_labels():
    own = NPNSettings(**registered("npn").preset("", "web").settings)
    assert (own.top, own.smoothing, own.consistency_weight, own.learning_rate) == (1, 0.2, 2, 0.008)
    assert (own.warm_up_epochs, own.selection_epochs, own.warm_up_learning_rate) == (40, 60, 0.005)
