"""MOIT against the paper: contrast and vote as slow twins, replaced labels, memory, tuning."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from lnl.methods.moit import method as module
from lnl.methods.moit.loss import interpolated_contrast
from lnl.methods.moit.method import MOIT, MOITSettings
from lnl.methods.moit.neighbours import agreement, nearest, trusted, votes
from lnl.methods.parts.contrastive import normalised
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.networks import NetworkOutput
from lnl.shapes import Batch, Recipe
from tests.support.saying import enter, epoch_of, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
CLOSE = {"atol": 1e-5, "rtol": 1e-4}
SEEDS = st.integers(0, 10_000)


def rows_of(seed, count, size=4):
    return normalised(torch.randn(count, size, generator=torch.Generator().manual_seed(seed)))


# --- contrast -----------------------------------------------------------------------------------


def slow_contrast(anchors, others, labels, other_labels, share, temperature, left_out):
    """One anchor at a time, one positive at a time, in float64."""
    each = []
    for i, anchor in enumerate(anchors):
        among = [m for m in range(len(others)) if not left_out[i][m]]
        total = sum((anchor @ others[m] / temperature).exp() for m in among)
        terms = []
        for label in (labels[0][i], labels[1][i]):
            positives = [m for m in among if other_labels[m] == label]
            term = torch.zeros((), dtype=torch.float64)
            for m in positives:
                term = term - ((anchor @ others[m] / temperature).exp() / total).log()
            terms.append(term / max(1, len(positives)))
        each.append(share[i] * terms[0] + (1 - share[i]) * terms[1])
    return torch.stack(each)


@given(seed=SEEDS, count=st.integers(2, 6), memory=st.integers(0, 5))
def test_the_contrast_is_its_slow_twin(seed, count, memory):
    random = torch.Generator().manual_seed(seed)
    z = rows_of(seed, count).requires_grad_()
    dominant, minor = torch.randint(0, 3, (2, count), generator=random)
    share = 0.5 + torch.rand(count, generator=random) / 2
    if memory:
        others, known = rows_of(seed + 1, memory), torch.randint(-1, 3, (memory,), generator=random)
        left_out = (known < 0)[None].expand(count, -1)
    else:
        others, known, left_out = z, dominant, torch.eye(count).bool()
    each = interpolated_contrast(z, others, (dominant, minor), known, share, 0.1, left_out)
    twin = z.detach().double().requires_grad_()
    slow = slow_contrast(
        twin,
        others.double() if memory else twin,
        (dominant, minor),
        known,
        share.double(),
        0.1,
        left_out,
    )
    torch.testing.assert_close(each.double(), slow, atol=1e-4, rtol=1e-3)
    if slow.requires_grad:
        (slope,) = torch.autograd.grad(each.sum(), z)
        (expected,) = torch.autograd.grad(slow.sum(), twin)
        torch.testing.assert_close(slope.double(), expected, atol=1e-3, rtol=1e-3)


def test_a_share_of_one_is_supervised_contrast_with_the_dominant_labels():
    z, labels = rows_of(0, 6), LABELS
    minor, other = LABELS.roll(1), LABELS.roll(2)
    one, two = (
        interpolated_contrast(z, z, (labels, m), labels, torch.ones(6), 0.1, torch.eye(6).bool())
        for m in (minor, other)
    )
    assert one.equal(two)


def test_an_empty_memory_costs_nothing_and_stays_finite():
    z = rows_of(0, 6).requires_grad_()
    left_out = torch.ones(6, 4).bool()
    known = torch.full((4,), -1)
    each = interpolated_contrast(
        z, torch.zeros(4, 4), (LABELS, LABELS), known, torch.ones(6), 0.1, left_out
    )
    assert each.eq(0).all()
    (slope,) = torch.autograd.grad(each.sum(), z)
    assert slope.eq(0).all()


# --- neighbours ---------------------------------------------------------------------------------


@given(seed=SEEDS, count=st.integers(1, 9))
def test_votes_are_their_slow_twin_and_nobody_is_its_own_neighbour(seed, count):
    random = torch.Generator().manual_seed(seed)
    features, labels = rows_of(seed, 10), torch.randint(0, K, (10,), generator=random)
    near = nearest(features, count)
    assert not (near == torch.arange(10)[:, None]).any()

    def slow(given):
        result = []
        for i in range(10):
            order = sorted(
                (j for j in range(10) if j != i), key=lambda j: -float(features[i] @ features[j])
            )
            chosen = [int(given[j]) for j in order[:count]]
            result.append([chosen.count(k) / count for k in range(K)])
        return torch.tensor(result)

    first = slow(labels)
    torch.testing.assert_close(votes(near, labels, K), first)
    torch.testing.assert_close(agreement(features, labels, K, count), slow(first.argmax(1)))


def test_rows_are_compared_in_parts(monkeypatch):
    features = rows_of(0, 10)
    whole = nearest(features, 3)
    monkeypatch.setattr("lnl.methods.moit.neighbours.ROWS", 4)
    assert nearest(features, 3).equal(whole)


@given(seed=SEEDS)
def test_each_class_has_as_many_trusted_as_the_median_class_agrees(seed):
    random = torch.Generator().manual_seed(seed)
    vote = torch.randn(20, K, generator=random).softmax(1)
    labels = torch.randint(0, K, (20,), generator=random)
    d, chosen = trusted(vote, labels)
    agrees = sorted(
        sum(int(vote[i].argmax()) == c for i in range(20) if labels[i] == c) for c in range(K)
    )
    for c in range(K):
        own = [i for i in range(20) if labels[i] == c]
        assert sum(chosen[i] for i in own) == min(agrees[1], len(own))
        inside = [float(d[i]) for i in own if chosen[i]]
        assert all(float(d[i]) >= max(inside, default=0) for i in own if not chosen[i])
    for i in range(20):
        held = min(max(float(vote[i, labels[i]]), 0.01), 0.99)
        assert float(d[i]) == pytest.approx(-math.log(held), rel=1e-5)


# --- a step -------------------------------------------------------------------------------------


class Features(nn.Module):
    """Logits W x and features x of the number that stands for an image, and of 1."""

    def __init__(self, seed=0):
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(torch.randn(K, 2, generator=random) / 4)
        self.head = nn.Identity()

    def forward(self, images):
        x = images[:, 0, 0, 0]
        features = torch.stack([torch.sin(x), torch.cos(x)], 1)
        return NetworkOutput(features @ self.weight.T, features, None)


def moit(name="moit", **chosen):
    method = made(name, LABELS.clone(), K, memory_per_class=2, **chosen)
    method.network = Features()
    method.projection = nn.Identity()
    method.memory = nn.Buffer(torch.zeros(12, 2))
    return method


SHARES, ORDERS = [0.7, 0.9], [[5, 3, 0, 1, 2, 4], [1, 0, 3, 2, 5, 4]]


@pytest.fixture
def drawn(monkeypatch):
    shares, orders = iter(SHARES * 9), iter(ORDERS * 9)
    monkeypatch.setattr(module, "folded_share", lambda *_: torch.tensor(next(shares)))
    monkeypatch.setattr(module, "drawn_order", lambda *_: torch.tensor(next(orders)))


def train_step(method, epoch=0):
    images = torch.arange(6).float()[:, None, None, None]
    batch = Batch((images, images + 6, images + 12), method.given_labels, torch.arange(6))
    return replace(step_of(method, "train", epoch=epoch), batches=(batch,))


def outputs_of(method, view, share, order):
    x = torch.arange(6).double() + 6 * view
    x = share * x + (1 - share) * x[order]
    features = torch.stack([x.sin(), x.cos()], 1)
    return (features @ method.network.weight.detach().double().T).log_softmax(1), features


@pytest.mark.parametrize("epoch", [0, 6])
def test_labels_that_are_not_trusted_give_way_late_in_the_run(epoch, drawn):
    method = moit(trust_from=0.6)
    method.trusted.copy_(torch.tensor([1, 0, 1, 0, 1, 1]).bool())
    output = method.training_step(train_step(method, epoch))
    q, _ = outputs_of(method, 2, 1.0, [0] * 6)
    q = q.exp()
    each = []
    for view, (s, order) in enumerate(zip(SHARES, ORDERS, strict=True)):
        log_p, _ = outputs_of(method, view, s, order)
        for i, j in enumerate(order):
            a, b = (float(method.trusted[k]) if epoch else 1.0 for k in (i, j))
            given = -s * log_p[i, LABELS[i]] - (1 - s) * log_p[i, LABELS[j]]
            own, other = -(q[i] * log_p[i]).sum(), -(q[j] * log_p[i]).sum()
            each.append(a * given + s * (1 - a) * own + (1 - s) * (1 - b) * other)
    expected = torch.stack(each).mean()
    found = output.losses["classification"]
    torch.testing.assert_close(found.double(), expected, **CLOSE)
    (stream,) = enter(method, "train", epoch)
    assert stream.views == (("strong", "strong", "plain") if epoch else ("strong", "strong"))


def test_features_are_contrasted_with_the_batch_and_with_the_memory(drawn):
    method = moit(memory_from=0.2, contrast=0.5)
    first = method.training_step(train_step(method))
    assert "memory" not in first.losses
    labels = torch.cat([LABELS, LABELS])
    minor = torch.cat([LABELS[order] for order in ORDERS])
    share = torch.cat([torch.full((6,), s) for s in SHARES])
    z = torch.cat([outputs_of(method, v, SHARES[v], ORDERS[v])[1] for v in range(2)])
    args = ((labels, minor), labels, share.double(), 0.1)
    slow = slow_contrast(z, z, *args, torch.eye(12).bool())
    torch.testing.assert_close(first.losses["contrast"].double(), 0.5 * slow.mean(), **CLOSE)
    torch.testing.assert_close(method.memory.double(), z, **CLOSE)
    assert method.memory_labels.equal(labels)
    second = method.training_step(train_step(method, 2))
    slow = slow_contrast(z, z, *args, torch.zeros(12, 12).bool())
    torch.testing.assert_close(second.losses["memory"].double(), 0.5 * slow.mean(), **CLOSE)


def test_the_newest_features_take_the_places_of_the_oldest():
    method = moit()
    for at in range(3):
        method._remember(torch.full((5, 2), float(at)), torch.full((5,), at))
    assert method.memory_labels.tolist() == [2, 2, 2, 0, 0, 1, 1, 1, 1, 1, 2, 2]
    method._remember(torch.ones(30, 2), torch.arange(30))
    assert sorted(method.memory_labels.tolist()) == list(range(18, 30))


def test_each_epoch_ends_with_a_vote():
    method = moit(neighbours=2)
    method.network.table = nn.Parameter(torch.cat([torch.eye(3), torch.eye(3)]))
    passes = method.passes(epoch_of(method, "train"))
    next(passes)
    assert method.trusted.all()
    method.given_labels[0] = 1
    list(passes)
    vote = agreement(normalised(method.network.table.detach()), method.given_labels, 3, 2)
    d, chosen = trusted(vote, method.given_labels)
    said = method.clean_scores(epoch_of(method, "train"))
    torch.testing.assert_close(said.scores, torch.exp(-d))
    assert said.selection.equal(chosen)


# --- MOIT+ --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("progress", "own"), [(0.0, 0.0), (0.5, 0.2)])
def test_the_new_head_learns_trusted_labels_and_later_its_own(progress, own, drawn):
    method = moit("moit-plus")
    method.trusted.copy_(torch.tensor([1, 0, 1, 1, 1, 0]).bool())
    (stream,) = enter(method, "fine-tune")
    assert stream.index.tolist() == [0, 2, 3, 4]
    step = replace(train_step(method), stage=step_of(method, "fine-tune").stage, progress=progress)
    output = method.training_step(step)
    log_p, _ = outputs_of(method, 0, SHARES[0], ORDERS[0])
    predicted = outputs_of(method, 0, 1.0, [0] * 6)[0].argmax(1)
    s, order = SHARES[0], ORDERS[0]
    for name, weight, labels in (("classification", 1 - own, LABELS), ("own", own, predicted)):
        if weight:
            each = [
                -s * log_p[i, labels[i]] - (1 - s) * log_p[i, labels[j]]
                for i, j in enumerate(order)
            ]
            expected = weight * torch.stack(each).mean()
            torch.testing.assert_close(output.losses[name].double(), expected, **CLOSE)
        else:
            assert name not in output.losses


def test_moit_plus_is_moit_and_a_stage_with_a_new_head(blobs):
    plus = MOIT.schedule(registered("moit-plus").resolve(blobs.spec, {}), blobs.recipe)
    alone = MOIT.schedule(registered("moit").resolve(blobs.spec, {}), blobs.recipe)
    assert [stage.epochs for stage in plus] == [4, 70]
    assert [stage.epochs for stage in alone] == [4, 0]
    assert plus[1].restart == ("network.head",)
    assert plus[1].optimisers["tuned"].parts == ("network",)
    trainer = trainer_of("moit-plus", blobs, 4, tuning_epochs=2)
    heads = []
    for _ in trainer:
        heads.append(trainer.method.network.head.weight.detach().clone())
    assert len(heads) == 4


def test_presets_have_the_values_of_the_paper():
    preset = registered("moit").preset("cifar100", None)
    settings, recipe = MOITSettings(**preset.settings), Recipe(**preset.recipe)
    stage, _ = MOIT.schedule(settings, recipe)
    assert (stage.epochs, settings.neighbours, settings.temperature) == (250, 250, 0.1)
    rate = stage.optimisers["network"].learning_rate
    for epoch, expected in ((0, 0.1), (124, 0.1), (125, 0.01), (200, 0.001)):
        assert value_at(rate, epoch / 250) == pytest.approx(expected)
    assert settings.trust_from * 250 == pytest.approx(130)
    tuned = MOIT.schedule(replace_epochs(settings, 140), recipe)[1].optimisers["tuned"]
    assert value_at(tuned.learning_rate, 119 / 140) == pytest.approx(1e-3)
    assert value_at(tuned.learning_rate, 120 / 140) == pytest.approx(1e-4)


def replace_epochs(settings, epochs):
    return settings.model_copy(update={"tuning_epochs": epochs})


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_the_network_is_certain(classes):
    labels = torch.arange(6) % classes
    method = made("moit", labels, classes, memory_from=0.0, trust_from=0.0)
    method.network = Features()
    with torch.no_grad():
        method.network.weight = nn.Parameter(1e4 * torch.randn(classes, 2))
    method.projection = nn.Identity()
    method.memory = nn.Buffer(torch.zeros(200 * classes, 2))
    method.trusted.zero_()
    total = sum(method.training_step(train_step(method)).losses.values())
    assert total.isfinite()
    (slope,) = torch.autograd.grad(total, method.network.weight)
    assert slope.isfinite().all()
