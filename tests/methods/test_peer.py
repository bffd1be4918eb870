"""Peer loss against the paper: the pull of a pair, what is dealt out, and how its weight rises."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.peer.loss import SPARSE, UNIFORM, bounded_cross_entropy, risen
from lnl.methods.peer.method import Peer, PeerSettings
from lnl.methods.registry import registered
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 0])
LOGITS = 2 * torch.randn(8, K, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
CONSTANT = {"rise": "none"}


def pair_loss(logits, labels):
    """-log(p_y + 1e-5), from the definition, in float64."""
    return -(logits.double().softmax(1)[torch.arange(len(labels)), labels] + 1e-5).log()


def peer(logits=LOGITS, labels=LABELS, **chosen):
    method = made("peer", labels, logits.shape[1], **{**CONSTANT, **chosen})
    method.network = Says(logits)
    return method


def total(method, **where):
    return sum(method.training_step(step_of(method, **where)).losses.values())


@given(seed=st.integers(0, 1000), classes=st.integers(2, 100))
def test_the_loss_of_a_pair_is_cross_entropy_with_a_bound(seed, classes):
    random = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(8, classes, generator=random, dtype=torch.float64)
    labels = torch.randint(classes, (8,), generator=random)
    logits.requires_grad_()
    each = bounded_cross_entropy(logits, labels)
    torch.testing.assert_close(each.double(), pair_loss(logits, labels), atol=1e-4, rtol=1e-4)
    (found,) = torch.autograd.grad(each.sum(), logits)
    p = logits.detach().softmax(1)
    p_y = p[torch.arange(8), labels][:, None]
    expected = p_y / (p_y + 1e-5) * (p - F.one_hot(labels, classes))
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_it_is_bounded_and_flat_where_p_is_0_or_1(scale):
    logits = (scale * torch.eye(2)).requires_grad_()
    each = bounded_cross_entropy(logits, torch.tensor([0, 0]))
    assert each.tolist() == pytest.approx([-1e-5, 11.5129], abs=1e-4)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert found.abs().max() < 1e-6


@pytest.mark.parametrize("alpha", [0.5, 1.0, 5.0])
def test_a_step_is_the_loss_less_alpha_times_that_of_permuted_labels_over_one_plus_alpha(alpha):
    method = peer(most=alpha)
    output = method.training_step(step_of(method))
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    table = LOGITS.clone().requires_grad_()
    own, dealt = pair_loss(table, LABELS).mean(), pair_loss(table, LABELS[order]).mean()
    expected = (own - alpha * dealt) / (1 + alpha)
    torch.testing.assert_close(sum(output.losses.values()).double(), expected, atol=1e-5, rtol=0)
    (pull,) = torch.autograd.grad(expected, table)
    found = grad(sum(output.losses.values()), method.network)
    torch.testing.assert_close(found.double(), pull, atol=1e-6, rtol=1e-4)
    assert output.shown["network"].selected is None
    assert method.clean_scores(epoch_of(method)) is None


def test_without_weight_it_is_cross_entropy():
    method = peer(most=0.0)
    found = grad(total(method), method.network)
    expected = (LOGITS.softmax(1) - F.one_hot(LABELS, K)) / 8
    torch.testing.assert_close(found.double(), expected, atol=1e-4, rtol=1e-3)


@given(row=st.lists(st.floats(-20, 20), min_size=2, max_size=5))
def test_who_predicts_the_same_for_all_earns_nothing(row):
    logits = torch.tensor([row] * 6)
    method = peer(logits, torch.arange(6) % len(row), most=1.0)
    assert float(total(method).detach()) == pytest.approx(0, abs=1e-5)


def test_over_many_draws_the_random_pairs_are_all_pairs():
    def drawn(seed):
        method = peer(most=1.0)
        step = step_of(method)
        step = replace(step, random_of=lambda name: torch.Generator().manual_seed(seed))
        return method.training_step(step).losses["random_pairs"].detach()

    found = torch.stack([drawn(seed) for seed in range(600)])
    every = torch.stack([pair_loss(LOGITS, LABELS.roll(k)).mean() for k in range(8)]).mean()
    assert float(found.mean()) == pytest.approx(-float(every) / 2, abs=0.02)
    assert found.std() > 0.01


@pytest.mark.parametrize("count", [1, 2])
def test_a_batch_of_one_and_of_one_class_is_finite(count):
    method = peer(LOGITS[:count], torch.zeros(count, dtype=torch.long), most=5.0)
    own = pair_loss(LOGITS[:count], torch.zeros(count, dtype=torch.long)).mean()
    assert float(total(method).detach()) == pytest.approx((1 - 5) / 6 * float(own), abs=1e-5)


def test_separate_pairs_are_images_of_one_batch_and_labels_of_another():
    method = peer(most=2.0, peers="separate")
    assert len(enter(method)) == 3
    first, images, labels = ([0, 1, 2], [3, 4, 5], [6, 1, 5])
    steps = [step_of(method, rows=rows) for rows in (first, images, labels)]
    batches = tuple(step.batch for step in steps)
    step = replace(steps[0], batches=batches)
    output = method.training_step(step)
    dealt = pair_loss(LOGITS[images], LABELS[labels]).mean()
    assert float(output.losses["random_pairs"].detach()) == pytest.approx(
        -2 / 3 * float(dealt), abs=1e-5
    )
    own = pair_loss(LOGITS[first], LABELS[first]).mean()
    assert float(output.losses["cross_entropy"].detach()) == pytest.approx(float(own) / 3, abs=1e-5)
    assert output.shown["network"].index.tolist() == first


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        (UNIFORM, {0: 0, 19: 0, 20: 0, 30: 0.5, 40: 1, 65: 1.5, 90: 2, 140: 2.5, 240: 3.3}),
        (SPARSE, {0: 0, 20: 0, 40: 1, 90: 2, 115: 3.5, 140: 5, 190: 7.5, 240: 10, 290: 15}),
    ],
)
def test_the_weight_rises_as_in_the_released_code(heights, expected):
    found = {epoch: risen(epoch / 300, heights) for epoch in expected}
    assert found == pytest.approx(expected, abs=1e-9)
    curve = [risen(epoch / 300, heights) for epoch in range(300)]
    assert curve == sorted(curve)
    assert risen(2.0, heights) == heights[-1]


def test_the_weight_is_held_at_the_most():
    rising = made("peer", LABELS, K, most=0.3, rise="sparse")
    weights = [
        float(rising.epoch_values(epoch_of(rising, epoch=e))["random_pairs_weight"])
        for e in range(10)
    ]
    assert weights[0] == 0
    assert weights[2:] == pytest.approx([0.3] * 8)
    assert float(peer(most=2.0).epoch_values(epoch_of(rising))["random_pairs_weight"]) == 2


def test_without_weight_a_run_is_that_of_cross_entropy(blobs):
    def weights(name, **chosen):
        trainer = trainer_of(name, blobs, 1, **chosen)
        list(trainer)
        return dict(trainer.method.network.state_dict())

    own, plain = weights("peer", most=0.0), weights("ce")
    for name, value in plain.items():
        torch.testing.assert_close(own[name], value, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize(
    ("preset", "rise", "most"), [("cifar10", "uniform", 5.0), ("cifar10-sparse", "sparse", 20.0)]
)
def test_presets_have_the_values_of_the_released_code(preset, rise, most):
    chosen = registered("peer").preset("", preset)
    settings = PeerSettings(**chosen.settings)
    assert (settings.rise, settings.most, settings.peers) == (rise, most, "separate")
    (stage,) = Peer.schedule(settings, Recipe(**chosen.recipe))
    rates = [stage.optimisers["network"].learning_rate(epoch / 300) for epoch in range(300)]
    assert rates == pytest.approx([0.1 ** (1 + epoch // 40) for epoch in range(300)])
    assert max(risen(e / 300, UNIFORM if rise == "uniform" else SPARSE) for e in range(300)) < most
