"""ELR against the paper: the memory, the term and its pull in closed form."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.evidence.published import cells
from lnl.methods.elr.loss import early_learning, held, remembered
from lnl.methods.elr.method import ELR, ELRSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
MEMORY = st.floats(0, 0.99)


@given(memory=MEMORY, visits=st.integers(1, 30))
def test_after_k_visits_the_memory_sums_to_one_minus_beta_to_the_k(memory, visits):
    targets = torch.zeros(6, 3)
    for _ in range(visits):
        targets = remembered(targets, LOGITS, memory)
    torch.testing.assert_close(targets.sum(1), torch.full((6,), 1 - memory**visits))
    torch.testing.assert_close(targets, (1 - memory**visits) * LOGITS.softmax(1))


@given(seed=st.integers(0, 1000), memory=MEMORY)
def test_the_pull_of_the_term_is_that_of_the_paper(seed, memory):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(4, 5, generator=generator).requires_grad_()
    targets = (1 - memory) * torch.randn(4, 5, generator=generator).softmax(1)
    each = early_learning(logits, targets)
    (found,) = torch.autograd.grad(each.sum(), logits)
    p, t = logits.detach().double().softmax(1), targets.double()
    agreement = (t * p).sum(1, keepdim=True)
    torch.testing.assert_close(
        each.detach().double(), (1 - agreement[:, 0]).log(), atol=1e-5, rtol=1e-4
    )
    expected = -p * (t - agreement) / (1 - agreement)
    torch.testing.assert_close(found.double(), expected, atol=1e-5, rtol=1e-4)


def test_a_wrong_label_loses_its_hold_once_the_memory_is_sure():
    logits = torch.tensor([[3.0, 0.0]], requires_grad=True)
    label, memory = torch.tensor([1]), torch.tensor([[0.99, 0.01]])
    for strength, sign in ((0.0, 1), (3.0, -1)):
        loss = losses.cross_entropy(logits, label) + strength * early_learning(logits, memory)
        (pull,) = torch.autograd.grad(loss.sum(), logits)
        assert (sign * pull[0, 0]) > 0, "a step lowers what goes up"


@pytest.mark.parametrize("scale", [0.0, 1e2, 1e4])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(scale):
    logits = (scale * torch.eye(2)).requires_grad_()
    targets = torch.eye(2)
    for _ in range(3):
        targets = remembered(targets, logits, 0.5)
    each = early_learning(logits, targets)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert each.isfinite().all()
    assert found.isfinite().all()
    assert held(logits).min() >= 1e-4


def test_a_step_remembers_first_and_then_pulls():
    method = made("elr", LABELS, 3, strength=2.0, memory=0.7)
    method.network = Says(LOGITS)
    method.targets.copy_(torch.full((6, 3), 0.2))
    output = method.training_step(step_of(method, rows=[0, 3]))
    p = LOGITS.softmax(1)[[0, 3]]
    expected = 0.7 * 0.2 + 0.3 * p
    torch.testing.assert_close(method.targets[[0, 3]], expected)
    assert method.targets[[1, 2, 4, 5]].eq(0.2).all(), "nobody else's memory moves"
    term = 2 * (1 - (expected * p).sum(1)).log().mean()
    torch.testing.assert_close(output.losses["early_learning"], term)
    assert output.shown["network"].selected is None


def test_without_strength_it_is_cross_entropy():
    method = made("elr", LABELS, 3, strength=0.0)
    method.network = Says(LOGITS)
    terms = method.training_step(step_of(method)).losses
    found = grad(sum(terms.values()), method.network)
    expected = (LOGITS.softmax(1) - torch.nn.functional.one_hot(LABELS, 3)) / 6
    torch.testing.assert_close(found, expected)


def test_the_clean_score_is_the_share_of_the_given_label_in_the_memory():
    method = made("elr", [0, 1, 1], 2)
    method.targets.copy_(torch.tensor([[0.2, 0.1], [0.2, 0.1], [0.0, 0.0]]))
    found = method.clean_scores(epoch_of(method))
    torch.testing.assert_close(found.scores, torch.tensor([2 / 3, 1 / 3, 0.0]))
    assert found.selection.tolist() == [True, False, False]
    assert found.selection.equal(found.scores > found.threshold)


@pytest.mark.parametrize(
    ("preset", "epochs", "memory", "strength", "falls"),
    [("cifar10-asymmetric", 120, 0.9, 1, (40, 80)), ("cifar100", 150, 0.9, 7, (80, 120))],
)
def test_presets_have_the_values_of_the_paper(preset, epochs, memory, strength, falls):
    chosen = registered("elr").preset("", preset)
    settings = ELRSettings(**chosen.settings)
    assert (settings.memory, settings.strength) == (memory, strength)
    assert (settings.learning_rate, settings.weight_decay) == (0.02, 1e-3)
    (stage,) = ELR.schedule(settings, Recipe(**chosen.recipe))
    rate = stage.optimisers["network"].learning_rate
    rates = [value_at(rate, epoch / epochs) for epoch in range(stage.epochs)]
    lowered = [0.02 * 0.01 ** sum(epoch >= fall for fall in falls) for epoch in range(epochs)]
    assert rates == pytest.approx(lowered)


def test_on_cifar10_the_rate_restarts_every_ten_epochs():
    chosen = registered("elr").preset("cifar10", None)
    (stage,) = ELR.schedule(ELRSettings(**chosen.settings), Recipe(**chosen.recipe))
    rate = stage.optimisers["network"].learning_rate
    rates = [value_at(rate, epoch / 150) for epoch in range(150)]
    assert [epoch for epoch, value in enumerate(rates) if value > 0.0199] == [*range(0, 150, 10)]
    assert rates[5] == pytest.approx(0.0105)


def test_papers_published_it():
    found = [cell for cell in cells() if cell.our_method == "elr"]
    assert len(found) == 13
    assert {cell.paper for cell in found} == {"PMNAR"}
