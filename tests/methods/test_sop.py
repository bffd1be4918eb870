"""SOP against the paper: both losses in closed form, who gets which gradient, how u grows."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl import losses
from lnl.methods.registry import registered
from lnl.methods.sop.loss import absorbed_cross_entropy, absorbed_square, noise
from lnl.methods.sop.method import SOP, SOPSettings
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0])
LOGITS = torch.randn(4, K, generator=torch.Generator().manual_seed(0))
HOT = F.one_hot(LABELS, K).float()


def table(seed, columns=K, scale=0.3):
    return scale * torch.randn(4, columns, generator=torch.Generator().manual_seed(seed))


def gradients(loss, *tensors):
    leaves = [tensor.clone().requires_grad_() for tensor in tensors]
    total = loss(leaves[0], LABELS, *leaves[1:]).sum()
    return torch.autograd.grad(total, leaves, allow_unused=True)


@given(seed=st.integers(0, 1000))
def test_the_losses_are_those_of_the_paper(seed):
    u, v = table(seed, 1), table(seed + 1)
    add, take = (u**2).clamp(max=1) * HOT, (v**2).clamp(max=1) * (1 - HOT)
    mixed = (LOGITS.softmax(1) + add - take).clamp_min(1e-4)
    q = mixed / mixed.sum(1, keepdim=True)
    found = absorbed_cross_entropy(LOGITS, LABELS, u, v)
    torch.testing.assert_close(found, -q[range(4), LABELS].log(), atol=1e-6, rtol=1e-5)
    predicted = F.one_hot(LOGITS.argmax(1), K)
    square = (predicted + add - take - HOT).square().sum(1)
    torch.testing.assert_close(absorbed_square(LOGITS, LABELS, u, v), square)


def test_without_numbers_they_are_cross_entropy_and_the_error_of_the_prediction():
    u, v = torch.zeros(4, 1), torch.zeros(4, K)
    torch.testing.assert_close(
        absorbed_cross_entropy(LOGITS, LABELS, u, v), losses.cross_entropy(LOGITS, LABELS)
    )
    wrong = LOGITS.argmax(1) != LABELS
    assert 0 < wrong.sum() < 4
    assert absorbed_square(LOGITS, LABELS, u, v).equal(2.0 * wrong)


def test_cross_entropy_trains_u_alone_and_the_square_no_weight():
    logits, u, v = gradients(absorbed_cross_entropy, LOGITS, table(1, 1), table(2))
    assert v is None
    assert logits.abs().sum() > 0
    add, take = noise(table(1, 1), table(2), LABELS)
    mixed = LOGITS.softmax(1) + add - take
    q_y = (mixed / mixed.sum(1, keepdim=True))[range(4), LABELS]
    expected = 2 * table(1, 1)[:, 0] * (q_y - 1) / mixed[range(4), LABELS]
    torch.testing.assert_close(u[:, 0], expected, atol=1e-5, rtol=1e-4)
    logits, _, v = gradients(absorbed_square, LOGITS, table(1, 1), table(2))
    assert logits is None
    error = F.one_hot(LOGITS.argmax(1), K) + add - take - HOT
    torch.testing.assert_close(v, -4 * error * table(2) * (1 - HOT))


def test_numbers_stay_within_their_bounds():
    add, take = noise(torch.full((4, 1), 3.0), torch.full((4, K), -3.0), LABELS)
    assert add.equal(HOT)
    assert take.equal(1 - HOT)


@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_losses_and_gradients_are_finite_where_p_is_0_or_1(scale):
    logits = scale * torch.eye(4, K).roll(1, 1)
    for loss in (absorbed_cross_entropy, absorbed_square):
        for u in (torch.zeros(4, 1), torch.ones(4, 1)):
            found = gradients(loss, logits, u, torch.ones(4, K))
            assert all(g.isfinite().all() for g in found if g is not None)


@pytest.mark.parametrize(
    ("rate", "p", "fewest", "most"),
    [(10.0, 0.05, 10, 16), (10.0, 0.3, 30, 40), (1.0, 0.05, 60, 78), (1.0, 0.3, 260, 292)],
)
def test_u_grows_by_a_factor_a_visit_until_it_absorbs_the_label(rate, p, fewest, most):
    # The specification's visits until u² > 1/4, from 1e-8, at a batch of 128.
    u = torch.tensor([[1e-8]])
    logits = torch.tensor([[p, 1 - p]]).log()
    visits = 0
    while u.item() ** 2 <= 0.25:
        leaf = u.clone().requires_grad_()
        label = torch.tensor([0])
        zero = torch.zeros(1, 2)
        loss = absorbed_cross_entropy(logits, label, leaf, zero) + absorbed_square(
            logits, label, leaf, zero
        )
        (slope,) = torch.autograd.grad(loss.sum() / 128, leaf)
        u = u - rate * slope
        visits += 1
        assert visits < 1000
    assert fewest <= visits <= most


def test_a_step_moves_only_the_numbers_of_its_samples():
    method = made("sop", LABELS, K, start=0.1)
    method.network = Says(LOGITS)
    terms = method.training_step(step_of(method, rows=[1, 3])).losses
    slopes = torch.autograd.grad(sum(terms.values()), (method.u, method.v))
    for slope in slopes:
        assert slope.abs().sum(1).gt(0).tolist() == [False, True, False, True]


def test_the_score_is_what_is_not_absorbed():
    method = made("sop", LABELS, K)
    method.u.data.copy_(torch.tensor([[0.0], [0.5], [-0.9], [2.0]]))
    found = method.clean_scores(epoch_of(method))
    torch.testing.assert_close(found.scores, torch.tensor([1.0, 0.75, 0.19, 0.0]))
    assert found.selection.tolist() == [True, True, False, False]


def test_numbers_are_trained_by_plain_sgd(blobs):
    trainer = trainer_of("sop", blobs, 1)
    before = trainer.method.u.detach().clone()
    list(trainer)
    assert not trainer.method.u.equal(before)
    for name in ("u", "v"):
        (group,) = trainer._optimisers[name].param_groups
        assert (group["momentum"], group["weight_decay"]) == (0, 0)


@pytest.mark.parametrize(
    ("preset", "rates", "epochs", "falls"),
    [
        ("cifar10", (10, 10), 120, (40, 80)),
        ("cifar100", (1, 10), 150, (80, 120)),
        ("cifar100-asymmetric", (0.1, 100), 150, (80, 120)),
    ],
)
def test_presets_have_the_values_of_the_paper(preset, rates, epochs, falls):
    chosen = registered("sop").preset("", preset)
    settings = SOPSettings(**chosen.settings)
    assert (settings.u_rate, settings.v_rate, settings.start) == (*rates, 1e-8)
    assert (settings.learning_rate, settings.weight_decay) == (0.02, 5e-4)
    (stage,) = SOP.schedule(settings, Recipe(**chosen.recipe))
    assert stage.epochs == epochs
    assert [share * epochs for share in chosen.recipe["milestones"]] == pytest.approx(falls)
