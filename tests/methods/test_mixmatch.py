"""MixMatch against the papers: a slow twin of one sample at a time, its terms in closed form."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lnl import losses
from lnl.methods.parts import mixmatch as parts
from lnl.methods.parts import ramps
from lnl.methods.parts.mixing import folded_share
from lnl.methods.parts.mixmatch import mean_prediction, mixmatch, refined, sharpen
from lnl.methods.parts.showing import first_selected
from lnl.networks import NetworkOutput
from lnl.shapes import Batch

SEEDS = st.integers(0, 10_000)
CLOSE = {"atol": 1e-6, "rtol": 1e-4}


class Linear(nn.Module):
    """Logits W x of images [B, 1, 1, D]."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, images):
        logits = images.flatten(1) @ self.weight.T
        return NetworkOutput(logits, logits, None)


def drawn(seed, rows, classes, size=3):
    random = torch.Generator().manual_seed(seed)
    views = [torch.randn(rows, 1, 1, size, generator=random) for _ in range(2)]
    targets = torch.randn(rows, classes, generator=random).softmax(1)
    return views, targets


# --- targets ------------------------------------------------------------------------------------


@given(seed=SEEDS, temperature=st.floats(0.1, 1), classes=st.integers(2, 100))
def test_sharpening_is_a_power_and_a_division(seed, temperature, classes):
    p = torch.randn(5, classes, generator=torch.Generator().manual_seed(seed)).softmax(1)
    sharp = sharpen(p, temperature)
    power = p.double() ** (1 / temperature)
    torch.testing.assert_close(sharp.double(), power / power.sum(1, keepdim=True), **CLOSE)
    torch.testing.assert_close(sharp.sum(1), torch.ones(5))
    assert sharp.argmax(1).equal(p.argmax(1))
    torch.testing.assert_close(sharpen(p, 1.0), p)


def test_sharpening_keeps_certainty_and_tiny_probabilities_finite():
    p = torch.tensor([[1.0, 0.0, 0.0], [1e-30, 1e-30, 1.0], [1e-38, 1 - 1e-38, 0.0]])
    expected = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    torch.testing.assert_close(sharpen(p, 0.5), expected)


@given(seed=SEEDS, temperature=st.floats(0.2, 1))
def test_kept_labels_are_refined_by_how_much_they_are_believed(seed, temperature):
    random = torch.Generator().manual_seed(seed)
    p = torch.randn(6, 4, generator=random).softmax(1)
    labels = torch.randint(0, 4, (6,), generator=random)
    weight = torch.rand(6, generator=random)
    weight[0], weight[1] = 1.0, 0.0
    result = refined(p, labels, weight, temperature)
    for row, label, w, own in zip(result, labels.tolist(), weight.tolist(), p, strict=True):
        blend = [w * (k == label) + (1 - w) * float(own[k]) for k in range(4)]
        power = [value ** (1 / temperature) for value in blend]
        expected = torch.tensor([value / sum(power) for value in power])
        torch.testing.assert_close(row, expected, **CLOSE)
    assert result[0].argmax() == labels[0]
    assert result[0].max() == 1, "a label that is wholly believed stays as it is"


def test_views_are_averaged_as_probabilities_without_gradient():
    views, _ = drawn(0, 4, 3)
    network = Linear(torch.randn(3, 3, generator=torch.Generator().manual_seed(1)))
    mean = mean_prediction(network, views)
    each = [network(view).logits.detach().softmax(1) for view in views]
    torch.testing.assert_close(mean, (each[0] + each[1]) / 2)
    assert not mean.requires_grad


# --- mixing and losses --------------------------------------------------------------------------


@given(seed=SEEDS, kept=st.integers(1, 4), dropped=st.integers(1, 5), classes=st.integers(2, 5))
def test_it_is_its_slow_twin(seed, kept, dropped, classes):
    x, t_x = drawn(seed, kept, classes)
    u, t_u = drawn(seed + 1, dropped, classes)
    random = torch.Generator().manual_seed(seed)
    share = folded_share(4.0, random)
    order = torch.randperm(2 * (kept + dropped), generator=random)
    network = Linear(torch.randn(classes, 3, generator=random))
    mixed = mixmatch(network, (x, t_x), (u, t_u), share, order)
    terms = (mixed.supervised().mean(), mixed.unsupervised().mean(), mixed.imbalance())

    weight = network.weight.detach().double().requires_grad_()
    twin = one_at_a_time(weight, x, t_x, u, t_u, float(share), order.tolist())
    for term, expected in zip(terms, twin, strict=True):
        torch.testing.assert_close(term.double(), expected, **CLOSE)
        (slope,) = torch.autograd.grad(term, network.weight, retain_graph=True)
        (slow,) = torch.autograd.grad(expected, weight, retain_graph=True)
        torch.testing.assert_close(slope.double(), slow, atol=1e-5, rtol=1e-3)


def one_at_a_time(weight, x, t_x, u, t_u, share, order):
    """The three terms, from a loop over the mixed samples, in float64."""
    kept, dropped, classes = len(t_x), len(t_u), len(weight)
    images = [view[i].flatten().double() for view in x for i in range(kept)]
    images += [view[i].flatten().double() for view in u for i in range(dropped)]
    targets = [t_x[i].double() for _ in x for i in range(kept)]
    targets += [t_u[i].double() for _ in u for i in range(dropped)]
    supervised, unsupervised, predicted = [], [], []
    for at, partner in enumerate(order):
        image = share * images[at] + (1 - share) * images[partner]
        target = share * targets[at] + (1 - share) * targets[partner]
        p = (weight @ image).softmax(0)
        predicted.append(p)
        if at < 2 * kept:
            supervised.append(-sum(target[k] * p[k].log() for k in range(classes)))
        else:
            squares = [(p[k] - target[k]) ** 2 for k in range(classes)]
            unsupervised.append(sum(squares) / classes)
    mean = sum(predicted) / len(predicted)
    penalty = sum((1 / classes) * ((1 / classes) / mean[k]).log() for k in range(classes))
    return (
        sum(supervised) / len(supervised),
        sum(unsupervised) / len(unsupervised),
        penalty,
    )


def test_a_share_of_one_mixes_nothing():
    x, t_x = drawn(0, 3, 4)
    u, t_u = drawn(1, 2, 4)
    network = Linear(torch.randn(4, 3, generator=torch.Generator().manual_seed(2)))
    mixed = mixmatch(network, (x, t_x), (u, t_u), torch.tensor(1.0), torch.randperm(10))
    torch.testing.assert_close(mixed.targets, torch.cat([t_x, t_x, t_u, t_u]))
    torch.testing.assert_close(mixed.logits, network(torch.cat([*x, *u])).logits)
    assert (len(mixed.supervised()), len(mixed.unsupervised())) == (6, 4)


@given(seed=SEEDS, classes=st.integers(2, 100))
def test_the_pull_of_the_squared_error_is_the_closed_form(seed, classes):
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, classes, generator=random, requires_grad=True)
    t = torch.randn(3, classes, generator=random).softmax(1)
    each = parts.Mixed(logits, t, 0).unsupervised()
    (slope,) = torch.autograd.grad(each.sum(), logits)
    p = logits.detach().double().softmax(1)
    gap = p - t.double()
    torch.testing.assert_close(each.detach().double(), gap.square().sum(1) / classes, **CLOSE)
    expected = 2 / classes * p * (gap - (p * gap).sum(1, keepdim=True))
    torch.testing.assert_close(slope.double(), expected, **CLOSE)


def test_the_divergence_is_0_where_classes_are_even_and_finite_where_one_has_all():
    assert float(losses.uniform_prior(20 * torch.eye(5))) == pytest.approx(0, abs=1e-5)
    logits = torch.zeros(4, 100)
    logits[:, 0] = 1e4
    logits.requires_grad_()
    value = losses.uniform_prior(logits)
    value.backward()
    assert value.isfinite()
    assert logits.grad.isfinite().all()


# --- ramps and rows -----------------------------------------------------------------------------


@given(done=st.floats(0, 3), length=st.floats(0.01, 2))
def test_ramps_rise_to_one_and_stay(done, length):
    part = min(done / length, 1)
    assert ramps.linear(done, length) == pytest.approx(part)
    assert ramps.sigmoid(done, length) == pytest.approx(math.exp(-5 * (1 - part) ** 2))
    on_device = ramps.sigmoid_of(torch.tensor(done), length)
    assert float(on_device) == pytest.approx(ramps.sigmoid(done, length), rel=1e-4)


def test_a_ramp_of_no_length_is_one():
    assert ramps.linear(0, 0) == ramps.sigmoid(0, 0) == 1
    assert float(ramps.sigmoid_of(torch.tensor(0), 0)) == 1


def test_the_rows_of_the_first_stream_are_the_selected_ones():
    batches = [
        Batch((torch.zeros(n, 1, 1, 1),), torch.zeros(n).long(), torch.arange(n)) for n in (2, 3)
    ]
    assert first_selected(batches).tolist() == [True, True, False, False, False]


@given(alpha=st.floats(0.05, 10), seed=SEEDS)
def test_a_folded_share_is_at_least_a_half(alpha, seed):
    share = folded_share(alpha, torch.Generator().manual_seed(seed))
    assert 0.5 <= float(share) <= 1
