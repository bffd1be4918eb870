"""Selection by divergence, and the contrastive loss: slow twins of one sample at a time."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.methods.parts.contrastive import simclr
from lnl.methods.parts.divergence import adaptive_cut, js_divergence, smallest_per_class

SEEDS = st.integers(0, 10_000)


def slow_divergence(p, label):
    """Both Kullback-Leibler terms, class by class."""
    total = 0.0
    for k, value in enumerate(p):
        hot = float(k == label)
        middle = (value + hot) / 2
        for share in (value, hot):
            if share:
                total += share * math.log(share / middle) / 2
    return total


@given(seed=SEEDS, classes=st.integers(2, 100))
def test_the_divergence_is_its_slow_twin(seed, classes):
    random = torch.Generator().manual_seed(seed)
    p = (2 * torch.randn(6, classes, generator=random)).softmax(1)
    labels = torch.randint(0, classes, (6,), generator=random)
    for d, row, label in zip(js_divergence(p, labels), p.double().tolist(), labels, strict=True):
        assert float(d) == pytest.approx(slow_divergence(row, int(label)), abs=1e-6)
        assert 0 <= d <= math.log(2) + 1e-6


def test_it_is_0_for_a_certain_prediction_of_the_label_and_ln_2_for_one_against_it():
    p = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    assert js_divergence(p, torch.tensor([0, 0])).tolist() == pytest.approx([0, math.log(2)])
    for classes, expected in ((10, 0.53), (100, 0.67)):
        even = torch.full((1, classes), 1 / classes)
        assert float(js_divergence(even, torch.tensor([0]))) == pytest.approx(expected, abs=0.01)


def test_the_cut_is_lowered_where_the_mean_is_above_the_limit():
    d = torch.tensor([0.1, 0.5, 0.6])
    assert float(adaptive_cut(d, 0.7, 5)) == pytest.approx(0.4)
    assert float(adaptive_cut(d, 0.3, 5)) == pytest.approx(0.4 - 0.3 / 5)
    assert float(adaptive_cut(d, 0.3, 1)) == pytest.approx(0.1)


@given(seed=SEEDS, classes=st.integers(2, 5), count=st.integers(0, 9))
def test_the_smallest_of_each_class_are_chosen(seed, classes, count):
    random = torch.Generator().manual_seed(seed)
    values = torch.randint(0, 6, (20,), generator=random).float()  # with equal ones
    labels = torch.randint(0, classes, (20,), generator=random)
    chosen = smallest_per_class(values, labels, classes, count)
    for c in range(classes):
        rows = [i for i in range(20) if labels[i] == c]
        best = sorted(rows, key=lambda i: (float(values[i]), i))[:count]
        assert [i for i in rows if chosen[i]] == sorted(best)


def test_each_class_may_have_a_count_of_its_own():
    values, labels = torch.tensor([3.0, 1.0, 2.0, 5.0, 4.0]), torch.tensor([0, 0, 0, 1, 1])
    chosen = smallest_per_class(values, labels, 3, torch.tensor([2, 1, 4]))
    assert chosen.tolist() == [False, True, True, False, True]


@given(seed=SEEDS, rows=st.integers(1, 6), temperature=st.floats(0.05, 2))
def test_the_contrastive_loss_is_its_slow_twin(seed, rows, temperature):
    random = torch.Generator().manual_seed(seed)
    first = torch.randn(rows, 4, generator=random, requires_grad=True)
    second = torch.randn(rows, 4, generator=random)
    each = simclr(first, second, temperature)
    twin = first.detach().double().requires_grad_()
    z = [v / v.norm() for v in (*twin, *second.double())]
    slow = []
    for i in range(2 * rows):
        partner = (i + rows) % (2 * rows)
        among = [(z[i] @ z[k] / temperature).exp() for k in range(2 * rows) if k != i]
        slow.append(-((z[i] @ z[partner] / temperature).exp() / sum(among)).log())
    torch.testing.assert_close(each.double(), torch.stack(slow), atol=1e-4, rtol=1e-3)
    (slope,) = torch.autograd.grad(each.mean(), first)
    (expected,) = torch.autograd.grad(torch.stack(slow).mean(), twin)
    torch.testing.assert_close(slope.double(), expected, atol=1e-4, rtol=1e-3)
