"""BMM: what the beta mixture calls small is trained on; the mixture is tested with M-correction."""

import math

import pytest
import torch
from torch.nn import functional as F

from tests.support.saying import Says, enter, epoch_of, grad, made, step_of

K = 2


def density(x, alpha, beta):
    norm = math.gamma(alpha) * math.gamma(beta) / math.gamma(alpha + beta)
    return x ** (alpha - 1) * (1 - x) ** (beta - 1) / norm


def moments(values, weights):
    """α and β of the paper's weighted moments, Eqs. 6 and 7."""
    total = sum(weights)
    mean = sum(w * v for w, v in zip(weights, values, strict=True)) / total
    variance = sum(w * (v - mean) ** 2 for w, v in zip(weights, values, strict=True)) / total
    alpha = mean * (mean * (1 - mean) / variance - 1)
    return alpha, alpha * (1 - mean) / mean


def posterior(x, shares, parameters):
    each = [s * density(x, *ab) for s, ab in zip(shares, parameters, strict=True)]
    return each[0] / sum(each)


def saying(losses):
    """Two-class logits at which the given label 0 has each loss."""
    p = torch.exp(-torch.tensor(losses, dtype=torch.float64))
    return torch.stack([p.log(), torch.log1p(-p)], 1).float()


def test_one_round_is_the_papers_em_step():
    losses = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.4, 1.6, 1.8, 1.9, 2.0]
    method = made("bmm", [0] * 11, K, rounds=1)
    low, high = (0.05 + 0.1) / 2, (1.9 + 2.0) / 2  # the 5th and the 95th percentile of eleven
    scaled = [(loss - low) / (high - low) for loss in losses]
    inside = scaled[1:-1]
    small = [posterior(x, (0.5, 0.5), ((1, 2), (2, 1))) for x in inside]
    large = [1 - w for w in small]
    shares = sum(small) / len(inside), sum(large) / len(inside)
    fitted = moments(inside, small), moments(inside, large)
    table = [1 - posterior((i + 0.5) / 100, shares, fitted) for i in range(100)]
    peak = table.index(max(table))
    expected = [1 - table[min(peak, int(100 * x))] for x in inside]
    found = method.small(torch.tensor(losses, dtype=torch.float64))[1:-1]
    assert found.tolist() == pytest.approx(expected, abs=1e-5)


def test_only_small_losses_are_trained_on():
    losses = [0.05, 0.1, 0.1, 0.15, 0.2, 0.2, 2.9, 3.0, 3.1, 3.2]
    method = made("bmm", [0] * 10, K)
    logits = saying(losses)
    method.network = Says(logits)
    enter(method)
    assert method.selected.tolist() == [True] * 6 + [False] * 4
    output = method.training_step(step_of(method))
    found = grad(output.losses["cross_entropy"], method.network)
    expected = (logits.softmax(1) - F.one_hot(torch.zeros(10).long(), K)) / 6
    torch.testing.assert_close(found[:6], expected[:6])
    assert found[6:].eq(0).all()


def test_scores_are_this_epochs_and_the_warm_up_has_none():
    method = made("bmm", [0] * 10, K, threshold=0.3)
    method.network = Says(saying([0.05, 0.1, 0.1, 0.15, 0.2, 0.2, 2.9, 3.0, 3.1, 3.2]))
    assert method.clean_scores(epoch_of(method, "warm-up")) is None
    found = method.clean_scores(epoch_of(method))
    assert found.threshold == 0.3
    assert found.selection.equal(found.scores > 0.3)
    assert (found.scores[:6] > 0.9).all()
    assert (found.scores[6:] < 0.1).all()


def test_the_larger_the_loss_beyond_the_peak_the_score_no_longer_rises():
    random = torch.Generator().manual_seed(0)
    losses = torch.cat([0.3 * torch.rand(60, generator=random), 3 + torch.rand(40)])
    found = made("bmm", [0] * 100, K).small(losses)[losses.argsort()]
    lowest = found.argmin()
    assert found[lowest:].eq(found[lowest]).all()


@pytest.mark.parametrize("losses", [[1.0], [1.0, 1.0, 1.0]])
def test_where_nothing_stands_out_all_are_small(losses):
    assert made("bmm", [0] * len(losses), K).small(torch.tensor(losses)).eq(1).all()
