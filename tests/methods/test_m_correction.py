"""M-correction against the paper: the beta mixture and its slow twin, targets, mixed loss."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.m_correction.method import MCorrection, MCorrectionSettings
from lnl.methods.mixup.method import drawn_share
from lnl.methods.parts.beta_mixture import large_loss
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0])
LOGITS = 2 * torch.randn(4, K, generator=torch.Generator().manual_seed(0))
seeds = st.integers(0, 1000)


def two_modes(seed, low=60, high=40):
    random = torch.Generator().manual_seed(seed)
    small = 0.3 * torch.rand(low, generator=random)
    return torch.cat([small, 3 + torch.randn(high, generator=random).abs()]).double()


# --- the mixture --------------------------------------------------------------------------------


def percentile(ordered, share):
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def density(x, alpha, beta):
    norm = math.exp(math.lgamma(alpha) + math.lgamma(beta) - math.lgamma(alpha + beta))
    return x ** (alpha - 1) * (1 - x) ** (beta - 1) / norm


def twin(values, rounds=10):
    """The mixture of the paper, one value at a time."""
    ordered = sorted(values)
    low, high = percentile(ordered, 0.05), percentile(ordered, 0.95)
    scaled = [min(1 - 1e-3, max(1e-3, (v - low) / (high - low))) for v in values]
    fitted = [x for x, v in zip(scaled, values, strict=True) if low <= v <= high]
    shares, parameters = [0.5, 0.5], [(1, 2), (2, 1)]

    def posterior(x):
        each = [w * density(x, *ab) for w, ab in zip(shares, parameters, strict=True)]
        return [value / sum(each) for value in each]

    for _ in range(rounds):
        belongs = [posterior(x) for x in fitted]
        sizes = [sum(r[k] for r in belongs) for k in (0, 1)]
        new = []
        for k in (0, 1):
            m = sum(r[k] * x for r, x in zip(belongs, fitted, strict=True)) / sizes[k]
            s2 = sum(r[k] * (x - m) ** 2 for r, x in zip(belongs, fitted, strict=True)) / sizes[k]
            alpha = m * (m * (1 - m) / s2 - 1)
            new.append((alpha, alpha * (1 - m) / m))
        parameters, shares = new, [size / sum(sizes) for size in sizes]
    table = [posterior((i + 0.5) / 100)[1] for i in range(100)]
    peak = table.index(max(table))
    table = [*table[:peak], *[max(table)] * (100 - peak)]
    return [table[int(100 * x)] for x in scaled]


@settings(max_examples=20)
@given(seed=seeds)
def test_the_mixture_is_that_of_a_slow_twin(seed):
    values = two_modes(seed)
    expected = torch.tensor(twin(values.tolist()))
    torch.testing.assert_close(large_loss(values), expected, atol=1e-5, rtol=0)


@settings(max_examples=20)
@given(seed=seeds, scale=st.floats(0.01, 100), shift=st.floats(-10, 10))
def test_scale_and_shift_change_nothing_but_at_the_edge_of_a_bin(seed, scale, shift):
    values = two_modes(seed)
    moved = (large_loss(scale * values + shift) - large_loss(values)).abs()
    assert moved.median() < 1e-4
    assert (moved > 1e-4).float().mean() < 0.05


def test_two_far_modes_are_told_apart_and_the_largest_stay_large():
    values = two_modes(0)
    values[-1] = 1e6
    found = large_loss(values)
    assert (found[:60] < 0.5).all()
    assert found[:60].median() < 0.05
    assert found[-1] == found.max() > 0.9
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("values", [[2.5], [1.0, 1.0, 1.0]])
def test_where_nothing_stands_out_none_is_large(values):
    assert large_loss(torch.tensor(values)).eq(0).all()


@pytest.mark.parametrize(
    "values", [[0.0, 1.0], [0.0] * 50 + [1.0] * 50, [0.0] * 94 + [5.0] * 6, [1e-9, 1e9, 2e9]]
)
def test_any_losses_have_probabilities(values):
    found = large_loss(torch.tensor(values))
    assert found.isfinite().all()
    assert ((found >= 0) & (found <= 1)).all()


def test_two_values_only_are_two_components():
    found = large_loss(torch.tensor([0.0] * 50 + [1.0] * 50))
    assert (found[:50] < 0.01).all()
    assert (found[50:] > 0.99).all()


# --- a step -------------------------------------------------------------------------------------


class Mixes(Says):
    """Linear in its images, so that a mixed image has mixed logits."""

    def forward(self, images):
        rows = torch.eye(len(self.table))
        at = images[:, 0, 0, 0]
        low = at.floor().long().clamp_max(len(self.table) - 1)
        high = (low + 1).clamp_max(len(self.table) - 1)
        weights = torch.lerp(rows[low], rows[high], (at - low)[:, None])
        output = super().forward(torch.zeros_like(images))
        return output._replace(logits=weights @ self.table)


def correcting(**chosen):
    method = made("m-correction", LABELS, K, **chosen)
    method.network = Mixes(LOGITS)
    return method


def drawn(alpha):
    random = torch.Generator().manual_seed(0)  # that of every step in ``saying``
    return float(drawn_share(alpha, random)), torch.randperm(4, generator=random)


def expected_loss(method, targets, alpha):
    """By the paper's sum over both halves of each pair, and the mixed logits."""
    share, other = drawn(alpha)
    images = share * torch.arange(4.0) + (1 - share) * other
    z = method.network(images[:, None, None, None]).logits.double()
    log_p = z.log_softmax(1)
    total = 0
    for i in range(4):
        for weight, j in ((share, i), (1 - share, int(other[i]))):
            for mass, label in targets[j]:
                total = total - weight * mass * log_p[i, label]
    prior = ((1 / K) * (1 / K / log_p.exp().mean(0)).log()).sum()
    return total / 4, prior


@pytest.mark.parametrize("alpha", [32.0, 0.5])
def test_a_correcting_step_is_the_papers_sum_over_pairs(alpha):
    method = correcting(alpha=alpha, prior_weight=0.7)
    large = [0.0, 0.25, 0.9, 1.0]
    method.large.copy_(torch.tensor(large))
    held = [min(1 - 1e-4, max(1e-4, b)) for b in large]
    own = LOGITS.argmax(1).tolist()
    targets = [[(1 - b, y), (b, h)] for b, y, h in zip(held, LABELS.tolist(), own, strict=True)]
    terms = method.training_step(step_of(method, "correction")).losses
    cross_entropy, prior = expected_loss(method, targets, alpha)
    value, expected = sum(terms.values()), cross_entropy + 0.7 * prior
    torch.testing.assert_close(value.double(), expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(
        grad(value, method.network), grad(expected, method.network), atol=1e-5, rtol=1e-4
    )


def test_soft_replacement_takes_the_probabilities():
    method = correcting(replaced_by="soft")
    method.large.fill_(0.4)
    terms = method.training_step(step_of(method, "correction")).losses
    p = LOGITS.softmax(1).tolist()
    targets = [
        [(0.6, int(y)), *((0.4 * v, k) for k, v in enumerate(p[i]))] for i, y in enumerate(LABELS)
    ]
    expected, _ = expected_loss(method, targets, 32.0)
    torch.testing.assert_close(terms["soft_cross_entropy"].double(), expected, atol=1e-5, rtol=1e-4)


def test_the_warm_up_is_mixup(blobs):
    def weights(name, **chosen):
        trainer = trainer_of(name, blobs, 1, alpha=32.0, **chosen)
        list(trainer)
        return trainer.method.network.state_dict()

    plain = weights("mixup")
    for name, value in weights("m-correction", correction_epochs=0).items():
        torch.testing.assert_close(value, plain[name])


def test_unmixed_labels_believed_are_cross_entropy(monkeypatch):
    monkeypatch.setattr(
        "lnl.methods.m_correction.method.drawn_share", lambda alpha, random: torch.tensor(1.0)
    )
    method = correcting(prior_weight=0.0)
    (value, _) = method.training_step(step_of(method, "correction")).losses.values()
    expected = (LOGITS.softmax(1) - F.one_hot(LABELS, K)) / 4
    torch.testing.assert_close(grad(value, method.network), expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("classes", [2, 100])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes):
    method = made("m-correction", torch.tensor([0, 1]), classes)
    method.network = Says(1e4 * torch.eye(2, classes).roll(1, 1))
    for large in (0.0, 1.0):
        method.large.fill_(large)
        terms = method.training_step(step_of(method, "correction")).losses
        assert all(term.isfinite() for term in terms.values())
        assert grad(sum(terms.values()), method.network).isfinite().all()


def test_predictions_that_replace_labels_leave_batch_norm_alone(blobs):
    trainer = trainer_of("m-correction", blobs, 2, warm_up_epochs=0)
    steps = 2 * 3  # of 32 of the 96 samples
    list(trainer)
    counted = trainer.method.network.state_dict()["layers.1.num_batches_tracked"]
    assert int(counted) == steps


def test_losses_are_fitted_once_an_epoch_and_score_what_is_small():
    labels = torch.tensor([0, 1, 2] * 8)
    method = made("m-correction", labels, K)
    wrong = torch.arange(24) % 4 == 3
    random = torch.Generator().manual_seed(0)
    logits = 4.0 * F.one_hot((labels + wrong) % K, K) + 0.1 * torch.randn(24, K, generator=random)
    method.network = Says(logits)
    enter(method, "warm-up")
    assert method.large.eq(0).all()
    assert method.clean_scores(epoch_of(method, "warm-up")) is None
    enter(method, "correction")
    expected = large_loss(F.cross_entropy(logits, labels, reduction="none"))
    assert method.large.equal(expected)
    found = method.clean_scores(epoch_of(method, "correction"))
    assert found.scores.equal(1 - expected)
    assert found.selection.equal(~wrong)
    assert found.threshold == 0.5
    torch.testing.assert_close(
        method.epoch_values(epoch_of(method, "correction"))["labels_replaced"], expected.mean()
    )


# --- values -------------------------------------------------------------------------------------


def test_the_preset_has_the_values_of_the_paper():
    chosen = registered("m-correction").preset("cifar100", None)
    own = MCorrectionSettings(**chosen.settings)
    assert (own.alpha, own.prior_weight, own.replaced_by) == (32, 1, "hard")
    first, second = MCorrection.schedule(own, Recipe(**chosen.recipe))
    assert (first.epochs, second.epochs) == (105, 195)
    rates = [
        value_at(stage.optimisers["network"].learning_rate, epoch / stage.epochs)
        for stage in (first, second)
        for epoch in range(stage.epochs)
    ]
    assert rates == pytest.approx([0.1 * 0.1 ** ((e >= 100) + (e >= 250)) for e in range(300)])
