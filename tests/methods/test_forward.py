"""Corrections by a transition matrix against the paper: values, pulls, and the estimate."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves, pieces_of
from lnl.errors import BadInput
from lnl.evidence.published import cells
from lnl.methods.forward.curves import symmetric
from lnl.methods.forward.loss import backward_corrected, forward_corrected
from lnl.methods.forward.matrix import (
    MOST_CONDITION,
    estimated_matrix,
    given_is_true,
    inverse,
    invertible,
)
from lnl.methods.registry import registered
from lnl.shapes import DataSpec, Oracle, Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 2 * torch.randn(6, K, generator=torch.Generator().manual_seed(0))
MATRIX = torch.tensor([[0.7, 0.2, 0.1], [0.0, 0.9, 0.1], [0.3, 0.1, 0.6]])
NAMES = ("forward", "backward", "forward-estimated", "backward-estimated")
classes = st.integers(2, 6)
seeds = st.integers(0, 1000)


def matrix_of(seed, size):
    random = torch.rand(size, size, generator=torch.Generator().manual_seed(seed)).double()
    return (random + size * torch.eye(size)).div((random + size * torch.eye(size)).sum(1)[:, None])


def pull(loss, logits, labels, matrix):
    logits = logits.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(logits, labels, matrix).sum(), logits)
    return found


def told(name, matrix=MATRIX, **settings):
    spec = DataSpec("made-up", len(LABELS), len(matrix), (1, 8, 8), Recipe("tiny", 4))
    oracle = Oracle(None, None, matrix)
    method = registered(name).make(spec, settings, LABELS, oracle)
    method.network = Says(LOGITS)
    return method


# --- the losses ---------------------------------------------------------------------------------


@given(seed=seeds, size=classes)
def test_forward_is_the_likelihood_of_the_label_and_pulls_towards_the_posterior(seed, size):
    logits = torch.randn(size, size, generator=torch.Generator().manual_seed(seed)).double()
    labels, matrix = torch.arange(size), matrix_of(seed, size)
    p = logits.softmax(1)
    joint = p * matrix[:, labels].T
    found = forward_corrected(logits, labels, matrix)
    torch.testing.assert_close(found, -joint.sum(1).log(), atol=1e-5, rtol=1e-5)
    expected = p - joint / joint.sum(1, keepdim=True)
    torch.testing.assert_close(
        pull(forward_corrected, logits, labels, matrix), expected, atol=1e-5, rtol=1e-4
    )


@given(seed=seeds, size=classes)
def test_backward_is_the_clean_loss_in_the_mean_over_the_noise(seed, size):
    logits = torch.randn(1, size, generator=torch.Generator().manual_seed(seed)).double()
    matrix = matrix_of(seed, size)
    labels = torch.arange(size)
    each = backward_corrected(logits.expand(size, size), labels, inverse(matrix))
    torch.testing.assert_close((matrix @ each)[None], -logits.log_softmax(1), atol=1e-5, rtol=1e-5)
    found = pull(backward_corrected, logits.expand(size, size), labels, inverse(matrix))
    expected = logits.softmax(1) - matrix.inverse()
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_without_noise_both_are_cross_entropy():
    for loss in (forward_corrected, backward_corrected):
        torch.testing.assert_close(
            loss(LOGITS, LABELS, torch.eye(K)), losses.cross_entropy(LOGITS, LABELS)
        )


def test_labels_that_say_nothing_teach_nothing():
    uniform = torch.full((K, K), 1 / K)
    assert pull(forward_corrected, LOGITS, LABELS, uniform).abs().max() < 1e-6
    with pytest.raises(BadInput, match="at most 1000"):
        inverse(uniform)


def test_some_losses_of_backward_are_negative():
    logits = torch.tensor([[5.0, 0.0, 0.0]])
    assert backward_corrected(logits, torch.tensor([0]), inverse(symmetric(K, 0.4))) < 0


@pytest.mark.parametrize("scale", [1e2, 1e4])
@pytest.mark.parametrize("matrix", [torch.eye(2), torch.tensor([[1.0, 0.0], [0.4, 0.6]])])
def test_losses_and_pulls_are_finite_where_p_is_0_or_1(scale, matrix):
    logits, labels = scale * torch.eye(2), torch.tensor([1, 1])
    for loss, own in ((forward_corrected, matrix), (backward_corrected, inverse(matrix))):
        assert loss(logits, labels, own).isfinite().all()
        assert pull(loss, logits, labels, own).isfinite().all()
    assert backward_corrected(logits, labels, inverse(matrix)).abs().max() <= 16 * 2.7


# --- the estimate -------------------------------------------------------------------------------


@given(seed=seeds, quantile=st.sampled_from([0.5, 0.97, 1.0]))
def test_rows_are_predictions_that_sum_to_one(seed, quantile):
    p = torch.randn(50, 4, generator=torch.Generator().manual_seed(seed)).softmax(1)
    found = estimated_matrix(p, quantile)
    torch.testing.assert_close(found.sum(1), torch.ones(4))
    for i in range(4):
        cut = np.percentile(p[:, i].numpy(), 100 * quantile, method="higher")
        typical = [k for k in range(50) if quantile == 1 or p[k, i] < cut]
        expected = max(typical, key=lambda k: p[k, i].item())
        torch.testing.assert_close(found[i], p[expected])


@pytest.mark.parametrize("quantile", [0.5, 0.97, 1.0])
def test_one_hot_predictions_give_the_identity(quantile):
    p = torch.eye(4).repeat(5, 1)
    assert estimated_matrix(p, quantile).equal(torch.eye(4))
    assert estimated_matrix(p[:1], quantile)[0].equal(torch.eye(4)[0]), "one class alone"


def test_a_matrix_is_drawn_just_so_far_that_it_can_be_inverted():
    assert invertible(MATRIX).equal(MATRIX)
    drawn = invertible(torch.full((K, K), 1 / K))
    torch.testing.assert_close(drawn, 0.99 * torch.full((K, K), 1 / K) + 0.01 * torch.eye(K))
    assert torch.linalg.cond(drawn) <= MOST_CONDITION


# --- the methods --------------------------------------------------------------------------------


def test_a_step_corrects_by_the_true_matrix():
    method = told("forward")
    output = method.training_step(step_of(method))
    expected = forward_corrected(LOGITS, LABELS, MATRIX).mean()
    torch.testing.assert_close(output.losses["corrected"], expected)
    method = told("backward")
    loss = method.training_step(step_of(method)).losses["corrected"]
    expected = (LOGITS.softmax(1) - MATRIX.inverse()[LABELS]) / 6
    torch.testing.assert_close(grad(loss, method.network), expected)
    assert output.shown["network"].selected is None


def test_the_score_is_the_posterior_of_the_given_label():
    method = told("forward")
    found = method.clean_scores(epoch_of(method))
    p = LOGITS.softmax(1)
    joint = p * MATRIX[:, LABELS].T
    own = joint[range(6), LABELS] / joint.sum(1)
    torch.testing.assert_close(found.scores, own)
    assert found.selection.equal(own > 0.5)
    assert given_is_true(p, LABELS, torch.eye(K)).allclose(torch.ones(6))


def test_an_unknown_matrix_and_one_without_inverse_are_refused():
    with pytest.raises(BadInput, match="transition_matrix"):
        made("forward", LABELS, K)
    with pytest.raises(BadInput, match="condition number"):
        told("backward", symmetric(K, 2 / 3))
    told("forward", symmetric(K, 2 / 3))


@pytest.mark.parametrize("name", ["forward-estimated", "backward-estimated"])
def test_a_fresh_network_is_trained_with_what_the_first_one_says(name, blobs):
    trainer = trainer_of(name, blobs, 4)
    method, seen = trainer.method, []
    for snapshot in trainer:
        seen.append((set(snapshot.record.losses), snapshot.record.reading, method.matrix.clone()))
        if len(seen) == 2:
            first = {key: value.clone() for key, value in method.network.state_dict().items()}
    assert [terms for terms, _, _ in seen] == [{"cross_entropy"}] * 2 + [{"corrected"}] * 2
    assert [reading for _, reading, _ in seen] == ["confidence"] * 2 + ["clean_scores"] * 2
    assert not seen[1][2].equal(torch.eye(4))
    assert seen[1][2].equal(seen[3][2])
    torch.testing.assert_close(method.matrix.sum(1), torch.ones(4))
    weights = method.network.state_dict()
    assert any(not weights[key].equal(first[key]) for key in first)
    if name == "backward-estimated":
        torch.testing.assert_close(method.matrix @ method.inverse, torch.eye(4), atol=1e-3, rtol=0)
    value = method.epoch_values(epoch_of(method))["noise_rate_of_matrix"]
    assert value == 1 - method.matrix.diagonal().mean()
    assert snapshot.transition == pytest.approx(method.matrix.numpy())


def test_the_matrix_is_that_of_the_epoch_that_is_best_on_labels_not_learned():
    method = made("forward-estimated", LABELS, K, quantile=1.0, held_out=0.5)
    method.held_out.copy_(torch.tensor([True] * 3 + [False] * 3))
    found = []
    for right in (1, 3, 2):
        logits = LOGITS.clone()
        logits[:3] = 9.0 * torch.eye(K)[(LABELS[:3] + (torch.arange(3) >= right)) % K]
        method.network = Says(logits)
        passes = method.passes(epoch_of(method, "estimate"))
        (stream,) = next(passes)
        assert stream.index.tolist() == [3, 4, 5]
        assert next(passes, None) is None
        found.append((method.matrix.clone(), estimated_matrix(logits.softmax(1), 1.0)))
    assert found[0][0].equal(found[0][1])
    assert found[1][0].equal(found[1][1])
    assert found[2][0].equal(found[1][1])
    (stream,) = next(method.passes(epoch_of(method, "correct")))
    assert stream.index is None


def test_with_nothing_held_out_the_matrix_is_that_of_the_last_epoch():
    method = made("forward-estimated", LABELS, K, quantile=1.0, held_out=0.0)
    for logits in (9.0 * torch.eye(K)[LABELS], LOGITS):
        method.network = Says(logits)
        list(method.passes(epoch_of(method, "estimate")))
    assert method.matrix.equal(estimated_matrix(LOGITS.softmax(1), 1.0))


def test_only_what_is_told_the_matrix_says_so():
    needs = {name: registered(name).cls.needs for name in NAMES}
    assert needs == dict(zip(NAMES, [{"transition_matrix"}] * 2 + [set()] * 2, strict=True))


@pytest.mark.parametrize(
    ("data", "epochs", "falls", "decay"),
    [("cifar10", 120, (40, 80), 1e-4), ("cifar100", 150, (80, 120), 1e-3)],
)
@pytest.mark.parametrize("name", NAMES)
def test_presets_have_the_values_of_the_papers(name, data, epochs, falls, decay):
    chosen = registered(name).preset(data, None)
    settings = registered(name).cls.Settings(**chosen.settings)
    assert (settings.learning_rate, settings.weight_decay) == (0.1, decay)
    assert chosen.recipe["epochs"] == epochs
    assert [share * epochs for share in chosen.recipe["milestones"]] == pytest.approx(falls)
    if name.endswith("estimated"):
        assert settings.quantile == (1.0 if data == "cifar100" else 0.97)


def test_curves_pull_as_the_paper_says():
    scene = Scene(classes=4, numbers={"forward.rate": 0.3, "backward.rate": 0.3})
    forward, backward = loss_curves(["forward", "backward"], scene)
    x = forward.x
    r = 0.7 * x / (0.7 * x + 0.1 * (1 - x))
    np.testing.assert_allclose(forward.pull, r - x, atol=1e-4)
    inner = symmetric(4, 0.3).inverse()[0, 0].item()
    np.testing.assert_allclose(backward.pull, inner - x, atol=1e-4)
    assert pieces_of("forward-estimated") == ("ce", "forward")


def test_papers_published_them():
    found = [cell for cell in cells() if cell.our_method in NAMES]
    counts = {name: sum(cell.our_method == name for cell in found) for name in NAMES}
    assert counts == {
        "forward": 60,
        "backward": 9,
        "forward-estimated": 28,
        "backward-estimated": 0,
    }
