"""The three margin losses in closed form, their normalised outputs, limits, ranks and curves."""

import math

import numpy as np
import pytest
import torch

from lnl.catalogue import Scene, loss_curves
from lnl.evidence.published import cells
from lnl.methods.registry import registered
from lnl.methods.unhinged.loss import savage, sigmoid, unhinged
from lnl.methods.unhinged.method import OutputNorm
from tests.support.saying import Says, epoch_of, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
OUTPUTS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
HOT = torch.eye(3, dtype=torch.float64)[LABELS]
ENCODED = {"one-hot": HOT, "plus-minus": 2 * HOT - 1}
LOSSES = {"unhinged": unhinged, "sigmoid": sigmoid, "savage": savage}
every_encoding = pytest.mark.parametrize("encoding", ENCODED)
every_loss = pytest.mark.parametrize("name", LOSSES)


def written_out(name, outputs, t):
    """The released code's equations."""
    margins = t * (outputs.softmax(1) if name == "savage" else outputs)
    return {
        "unhinged": 1 - margins,
        "sigmoid": 1 / (1 + margins.exp()),
        "savage": 1 / (1 + (2 * margins).exp()) ** 2,
    }[name].mean(1)


@every_encoding
@every_loss
def test_value_and_pull_of_a_step_are_those_of_its_equation(name, encoding):
    method = made(name, LABELS, 3, encoding=encoding)
    method.network = Says(OUTPUTS)
    loss = method.training_step(step_of(method)).losses[name]
    outputs = OUTPUTS.clone().requires_grad_()
    expected = written_out(name, outputs, ENCODED[encoding]).mean()
    torch.testing.assert_close(loss.double(), expected.detach(), rtol=1e-5, atol=1e-6)
    (pull,) = torch.autograd.grad(expected, outputs)
    found = grad(loss, method.network)
    torch.testing.assert_close(found.double(), pull, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", [unhinged, sigmoid])
def test_one_hot_leaves_all_outputs_but_that_of_the_label_alone(loss):
    outputs = OUTPUTS.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(outputs, LABELS).sum(), outputs)
    assert found.ne(0).equal(HOT.bool())
    (found,) = torch.autograd.grad(loss(outputs, LABELS, "plus-minus").sum(), outputs)
    assert found.ne(0).all()


@pytest.mark.parametrize("classes", [2, 3, 100])
@pytest.mark.parametrize(("loss", "whole"), [(unhinged, 2.0), (sigmoid, 1.0)])
def test_of_two_opposite_margins_the_losses_add_up(loss, whole, classes):
    outputs = OUTPUTS.repeat(1, 34)[:, :classes]
    labels = torch.arange(6) % classes
    both = loss(outputs, labels, "plus-minus") + loss(-outputs, labels, "plus-minus")
    torch.testing.assert_close(both, torch.full((6,), whole))


def test_savage_falls_in_p_and_is_bounded():
    p = torch.linspace(0.001, 0.999, 50)
    logits = torch.stack([p, (1 - p) / 2, (1 - p) / 2], 1).log()
    each = savage(logits, torch.zeros(50, dtype=torch.long))
    assert (each.diff() < 0).all()
    lowest = (1 / (1 + math.e**2) ** 2 + 2 / 4) / 3
    assert each[0] <= 0.25
    assert each[-1].item() == pytest.approx(lowest, abs=1e-3)


@pytest.mark.parametrize("classes", [2, 3, 100])
@every_encoding
@every_loss
def test_it_is_finite_where_outputs_are_far_apart(name, encoding, classes):
    outputs = (1e4 * torch.eye(classes)[:2]).requires_grad_()
    each = LOSSES[name](outputs, torch.tensor([0, 0]), encoding)
    (found,) = torch.autograd.grad(each.sum(), outputs)
    assert torch.isfinite(each).all()
    assert torch.isfinite(found).all()


def test_outputs_are_normalised_over_the_batch_and_one_alone_by_the_past():
    norm = OutputNorm(3)
    assert not [*norm.parameters()]
    found = norm(OUTPUTS.float())
    assert found.mean(0).abs().max() < 1e-6
    torch.testing.assert_close(found.std(0, correction=0), torch.ones(3), rtol=1e-4, atol=0)
    past = [buffer.clone() for buffer in norm.buffers()]
    torch.testing.assert_close(norm(OUTPUTS[:1].float()), norm.eval()(OUTPUTS[:1].float()))
    assert all(now.equal(then) for now, then in zip(norm.buffers(), past, strict=True))


def test_only_the_two_without_a_softmax_have_it():
    normed = {
        n for n in LOSSES if any(isinstance(m, OutputNorm) for m in made(n, [0], 3).modules())
    }
    assert normed == {"unhinged", "sigmoid"}


@pytest.mark.parametrize("name", ["unhinged", "sigmoid"])
def test_samples_are_ranked_by_the_output_of_their_label(name):
    method = made(name, LABELS, 3)
    method.network = Says(OUTPUTS)
    found = method.clean_scores(epoch_of(method))
    own = (OUTPUTS * HOT).sum(1)
    assert found.scores.argsort().equal(own.argsort())
    assert sorted(found.scores.tolist()) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert found.selection.equal(OUTPUTS.argmax(1) == LABELS)
    alone = made(name, [1], 3)
    alone.network = Says(OUTPUTS[:1])
    assert alone.clean_scores(epoch_of(alone)).scores.tolist() == [0]


def test_savage_has_no_score_of_its_own():
    assert made("savage", LABELS, 3).clean_scores(None) is None


def test_their_curves_have_the_pulls_of_the_equations():
    linear, bounded, low = loss_curves([*LOSSES], Scene(classes=10))
    x = linear.x.astype(float)
    np.testing.assert_allclose(linear.pull, 0.1)
    np.testing.assert_allclose(bounded.pull, x / (1 + x) ** 2 / 10, rtol=1e-3)
    each = 1 / (1 + np.exp(2 * x))
    expected = 4 * each**2 * (1 - each) * x * (1 - x) / 10
    np.testing.assert_allclose(low.pull, expected, rtol=1e-3, atol=1e-6)


@every_loss
def test_nlnl_published_it_and_its_preset_has_that_network(name):
    found = [cell for cell in cells() if cell.our_method == name]
    assert {(cell.paper, cell.table) for cell in found} == {("NLNL", "6")}
    assert len(found) == 6
    preset = registered(name).preset("cifar10", None)
    assert preset.recipe["network"] == "resnet14"
    assert preset.settings["learning_rate"] == 0.1
