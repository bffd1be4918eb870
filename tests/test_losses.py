"""Losses against closed forms written from the papers."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import grad

from lnl import losses

K = 10
seeds = st.integers(0, 2**31 - 1)


def draw(seed, rows=6, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    logits = (scale * torch.randn(rows, K, generator=generator)).requires_grad_()
    labels = torch.randint(0, K, (rows,), generator=generator)
    return logits, labels, generator


def logits_for(probabilities):
    return torch.tensor([probabilities]).log().requires_grad_()


def test_values_of_nlnl_equations_1_and_2():
    logits = logits_for([0.5, 0.3, 0.2])
    label = torch.tensor([1])
    assert losses.cross_entropy(logits, label).item() == pytest.approx(-math.log(0.3))
    assert losses.negative_learning(logits, label[:, None]).item() == pytest.approx(-math.log(0.7))


@given(seed=seeds)
def test_absolute_error_is_the_l1_distance_and_reverse_cross_entropy_a_multiple_of_it(seed):
    logits, labels, _ = draw(seed)
    p, one_hot = logits.detach().double().softmax(1), torch.eye(K, dtype=torch.float64)[labels]
    pairs = (
        (losses.absolute_error, (p - one_hot).abs().sum(1), 2),
        (losses.reverse_cross_entropy, -(p * one_hot.clamp_min(1e-4).log()).sum(1), 9.21034),
    )
    for loss, expected, weight in pairs:
        each = loss(logits, labels)
        torch.testing.assert_close(each.double(), expected, atol=1e-6, rtol=1e-5)
        (found,) = grad(each.sum(), logits)
        p_y = (p * one_hot).sum(1, keepdim=True)
        torch.testing.assert_close(
            found.double(), weight * p_y * (p - one_hot), atol=1e-5, rtol=1e-4
        )
        over_classes = sum(loss(logits, torch.full_like(labels, k)) for k in range(K))
        torch.testing.assert_close(over_classes, torch.full((6,), float(weight * (K - 1))))


@given(seed=seeds)
def test_gradient_of_negative_learning_is_nlnl_equation_3(seed):
    logits, labels, _ = draw(seed)
    complementary = (labels + 1) % K
    loss = losses.negative_learning(logits, complementary[:, None]).sum()
    (found,) = grad(loss, logits)
    p = logits.detach().softmax(1)
    own = p.gather(1, complementary[:, None])
    expected = -own * p / (1 - own)
    expected.scatter_(1, complementary[:, None], own)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)
    assert found.sum(1).abs().max() < 1e-5


def test_hundred_classes_weaken_the_gradient_110_times():
    sizes = []
    for classes in (10, 100):
        logits = torch.zeros(1, classes, requires_grad=True)
        (found,) = grad(losses.negative_learning(logits, torch.tensor([[1]])).sum(), logits)
        sizes.append(found[0, 0].item())
    assert sizes[0] / sizes[1] == pytest.approx(110, rel=1e-4)
    assert sizes[0] == pytest.approx(-1 / 90, rel=1e-4)


@given(seed=seeds)
def test_negative_learning_learns_the_shares_of_the_given_labels(seed):
    """Of images that nothing tells apart, with given labels spread as q and weighed by w."""
    generator = torch.Generator().manual_seed(seed)
    share, weight = 0.05 + torch.rand(2, K, generator=generator)
    weighed = share * weight

    def expected(logits):
        rows = logits.expand(K, K)  # one for each given label
        return (weighed * losses.multi_negative_learning(rows, ~torch.eye(K, dtype=bool))).sum()

    least = (weighed / weighed.sum()).log().requires_grad_()
    loss = expected(least)
    (found,) = grad(loss, least)
    assert found.abs().max() < 1e-4 * loss
    moved = least.detach() + 0.1 * torch.randn(K, generator=generator)
    assert expected(moved) > loss


def test_mean_over_complementary_labels_is_multi_negative_learning():
    logits, labels, _ = draw(0)
    others = torch.stack([(labels + shift) % K for shift in range(1, K)], 1)
    negatives = torch.ones(len(labels), K, dtype=torch.bool)
    negatives.scatter_(1, labels[:, None], False)
    mean = torch.stack([losses.negative_learning(logits, o[:, None]) for o in others.T]).mean(0)
    torch.testing.assert_close(mean, losses.multi_negative_learning(logits, negatives) / (K - 1))


def test_certain_complementary_label_costs_11_5_and_moves_nothing():
    logits = torch.tensor([[60.0, 0.0, 0.0]], requires_grad=True)
    loss = losses.negative_learning(logits, torch.tensor([[0]]))
    assert loss.item() == pytest.approx(11.5129, abs=1e-3)
    assert grad(loss.sum(), logits)[0].abs().max() == 0


def test_several_copies_of_one_label_multiply_the_loss():
    logits, labels, _ = draw(1)
    one = losses.negative_learning(logits, labels[:, None])
    torch.testing.assert_close(
        losses.negative_learning(logits, labels[:, None].expand(-1, 7)), 7 * one
    )


@given(seed=seeds, draws=st.integers(1, 5))
def test_complementary_labels_are_never_the_given_one(seed, draws):
    _, labels, generator = draw(seed, rows=50)
    found = losses.complementary_labels(labels, K, draws, generator)
    assert found.shape == (50, draws)
    assert ((found >= 0) & (found < K)).all()
    assert (found != labels[:, None]).all()


def test_complementary_labels_are_uniform():
    generator = torch.Generator().manual_seed(0)
    labels = torch.full((9000,), 3)
    counts = torch.bincount(losses.complementary_labels(labels, K, 1, generator)[:, 0], minlength=K)
    expected = 1000.0
    chi_squared = ((counts[counts > 0] - expected) ** 2 / expected).sum()
    assert counts[3] == 0
    assert chi_squared < 26.1  # 0.1 % of chi-squared with 8 degrees of freedom


def test_positive_multi_negative_at_uniform_predictions():
    for classes, value in ((10, 3.2508), (100, 5.6002), (200, 6.2958)):
        logits = torch.zeros(1, classes, requires_grad=True)
        negatives = torch.ones(1, classes, dtype=torch.bool)
        negatives[0, 0] = False
        loss = losses.positive_multi_negative(logits, torch.tensor([0]), negatives)
        assert loss.item() == pytest.approx(value, abs=1e-4)
        (found,) = grad(loss.sum(), logits)
        assert found[0, 0].item() == pytest.approx(-1, abs=1e-4)
        assert found[0, 1].item() == pytest.approx(1 / (classes - 1), abs=1e-4)


@given(seed=seeds, alpha=st.floats(0, 1))
def test_gradient_of_bootstrap(seed, alpha):
    logits, labels, _ = draw(seed)
    (found,) = grad(losses.bootstrap(logits, labels, alpha).sum(), logits)
    eye = torch.eye(K)
    target = alpha * eye[labels] + (1 - alpha) * eye[logits.argmax(1)]
    torch.testing.assert_close(found, logits.detach().softmax(1) - target, atol=1e-5, rtol=1e-4)


def test_kl_is_zero_for_equal_distributions_and_leaves_the_target_alone():
    logits, _, _ = draw(2)
    teacher, _, _ = draw(3)
    assert losses.kl_from(logits.softmax(1), logits).abs().max() < 1e-5
    loss = losses.kl_from(teacher.softmax(1), logits).sum()
    assert grad(loss, teacher, allow_unused=True)[0] is None
    certain = torch.eye(K)[:6]
    torch.testing.assert_close(
        losses.kl_from(certain, logits), losses.cross_entropy(logits, torch.arange(6))
    )


def test_entropies():
    balanced = torch.eye(K).repeat(3, 1) * 100
    assert losses.marginal_entropy(balanced).item() == pytest.approx(math.log(K), abs=1e-5)
    assert losses.conditional_entropy(balanced).abs().max() < 1e-5
    constant = torch.zeros(8, K)
    gap = losses.marginal_entropy(constant) - losses.conditional_entropy(constant).mean()
    assert gap.item() == pytest.approx(0, abs=1e-6)


def test_assignment_consistency_is_bounded_by_the_entropy_and_detached():
    logits, _, _ = draw(4)
    other, _, _ = draw(5)
    entropy = losses.conditional_entropy(logits)
    assert (losses.assignment_consistency(logits, other) >= entropy - 1e-5).all()
    torch.testing.assert_close(losses.assignment_consistency(logits, logits), entropy)
    loss = losses.assignment_consistency(logits, other).sum()
    assert grad(loss, logits, allow_unused=True)[0] is None


def test_forgetting_lowers_the_label_and_stops_at_the_floor():
    logits = logits_for([0.2, 0.5, 0.3])
    (found,) = grad(losses.forget(logits, torch.tensor([0])).sum(), logits)
    expected = torch.tensor([[0.8, -0.5, -0.3]])  # e_y - p
    torch.testing.assert_close(found, expected)
    far = torch.tensor([[-20.0, 0.0, 0.0]], requires_grad=True)
    assert grad(losses.forget(far, torch.tensor([0])).sum(), far)[0].abs().max() == 0
    assert grad(losses.forget(far, torch.tensor([0]), floor=0).sum(), far)[0].abs().max() > 0


def test_masked_mean():
    values = torch.tensor([1.0, 2.0, 6.0], requires_grad=True)
    mask = torch.tensor([True, False, True])
    assert losses.masked_mean(values, mask).item() == 3.5
    empty = losses.masked_mean(values, torch.zeros(3, dtype=torch.bool))
    assert empty.item() == 0
    assert grad(empty, values)[0].abs().max() == 0


def test_masked_mean_ignores_what_is_infinite_outside_the_mask():
    values = torch.tensor([1.0, math.inf])
    assert losses.masked_mean(values, torch.tensor([True, False])).item() == 1


@pytest.mark.parametrize("scale", [0.0, 1e4])
def test_all_losses_are_finite_at_the_corners_and_in_bfloat16(scale):
    for dtype in (torch.float32, torch.bfloat16):
        logits = (scale * torch.eye(K)).to(dtype).requires_grad_()
        labels = torch.arange(K).roll(1)
        negatives = torch.ones(K, K, dtype=torch.bool)
        each = [
            losses.cross_entropy(logits, labels),
            losses.negative_learning(logits, torch.arange(K)[:, None]),
            losses.positive_multi_negative(logits, labels, negatives),
            losses.bootstrap(logits, labels, 0.5),
            losses.kl_from(torch.eye(K), logits),
            losses.conditional_entropy(logits),
            losses.forget(logits, labels),
        ]
        for values in each:
            assert values.shape == (K,)
            assert values.dtype == torch.float32
            assert values.isfinite().all()
            assert grad(values.sum(), logits, retain_graph=True)[0].isfinite().all()
