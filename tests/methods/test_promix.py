"""ProMix against the released code: who is learned, both heads' terms, priors, edges, schedule."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lnl.methods.parts.fmix import drawn_mask
from lnl.methods.promix import learning
from lnl.methods.promix.method import ProMix
from lnl.methods.promix.selection import agreed, paired
from lnl.methods.promix.settings import ProMixSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.networks import NetworkOutput
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, made, step_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
CLOSE = {"atol": 1e-5, "rtol": 1e-4}
SEEDS = st.integers(0, 10_000)


class Wave(nn.Module):
    """Features are sine and cosine of the number that stands for an image; logits W f."""

    def __init__(self, seed):
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(2 * torch.randn(K, 2, generator=random))

    def forward(self, images):
        x = images[:, 0, 0, 0]
        features = torch.stack([x.sin(), x.cos()], 1)
        return NetworkOutput(features @ self.weight.T, features, None)


def promix(**chosen):
    method = made("promix", LABELS.clone(), K, **chosen)
    method.network_1, method.network_2 = Wave(0), Wave(1)
    method.pseudo_1, method.pseudo_2 = nn.Linear(2, K, bias=False), nn.Linear(2, K, bias=False)
    prior = [[[0.96, 0.02, 0.02], [0.02, 0.08, 0.9]], [[0.01, 0.98, 0.01], [0.9, 0.02, 0.08]]]
    method.prior.copy_(torch.tensor(prior))
    return method


def logits_of(weight, x):
    return torch.stack([x.sin(), x.cos()], 1) @ weight.detach().double().T


# --- who is learned -----------------------------------------------------------------------------


@given(seed=SEEDS, share=st.floats(0, 1), threshold=st.floats(0.2, 0.8))
def test_labels_that_both_are_sure_of_are_added_surest_first(seed, share, threshold):
    random = torch.Generator().manual_seed(seed)
    p, q = ((3 * torch.randn(10, K, generator=random)).softmax(1) for _ in range(2))
    keep = torch.rand(10, generator=random) > 0.6
    used = agreed(keep, p, q, threshold, share)
    room = math.floor(share * 10 + 1e-9) - int(keep.sum())
    sure = [
        i
        for i in range(10)
        if not keep[i]
        and float(p[i].max()) > threshold
        and float(q[i].max()) > threshold
        and p[i].argmax() == q[i].argmax()
    ]
    sure.sort(key=lambda i: -float(p[i].max() + q[i].max()))
    expected = {i for i in range(10) if keep[i]} | set(sure[: max(0, room)])
    assert set(used.nonzero()[:, 0].tolist()) == expected
    assert len(expected) <= max(int(keep.sum()), math.floor(share * 10 + 1e-9))


@given(seed=SEEDS)
def test_used_rows_are_paired_with_used_ones(seed):
    random = torch.Generator().manual_seed(seed)
    used = torch.rand(9, generator=random) > 0.5
    order = paired(used, random)
    assert sorted(order.tolist()) == list(range(9))
    assert used[order].equal(used)


@pytest.mark.parametrize(("share", "counts"), [(0.5, [1, 1, 1]), (0.51, [2, 2, 1]), (1, [2, 2, 1])])
def test_each_network_starts_from_its_own_small_losses_even_over_the_classes(share, counts):
    labels = torch.tensor([0, 1, 1, 0, 1, 2])
    method = made("promix", labels, K, first_share=share, last_share=share)
    for name, seed in (("network_1", 0), ("network_2", 1)):
        setattr(method, name, Says(torch.randn(6, K, generator=torch.manual_seed(seed))))
    (stream,) = next(method.passes(epoch_of(method)))
    assert (stream.views, stream.drop_last) == (("weak", "strong"), True)
    for own, network in enumerate(method.predictors()):
        each = F.cross_entropy(network.table.detach(), labels, reduction="none").tolist()
        for c, size in enumerate(counts):
            rows = sorted((i for i in range(6) if labels[i] == c), key=each.__getitem__)
            kept = [i for i in rows if method.base[i, own]]
            assert kept == rows[:size]


def test_the_share_goes_to_its_end_while_strong_views_come_in():
    method = made("promix", LABELS.clone(), 2, first_share=0.34, last_share=1.0, rise=0.5)
    method.given_labels.clamp_(max=1)
    method.network_1 = method.network_2 = Says(torch.zeros(6, 2))
    sizes = []
    for epoch in (0, 150, 300, 500):  # of 600
        next(method.passes(epoch_of(method, epoch=epoch)))
        sizes.append(int(method.base[method.given_labels == 1, 0].sum()))
    assert sizes == [2, 3, 3, 3]


# --- a step -------------------------------------------------------------------------------------


def fixed(monkeypatch, share=0.75):
    """One share and pairing for all mixes; FMix takes the first image everywhere."""
    monkeypatch.setattr(learning, "folded_share", lambda *_: torch.tensor(share))
    monkeypatch.setattr(learning, "drawn_share", lambda *_: torch.tensor(share))
    monkeypatch.setattr(learning, "drawn_mask", lambda h, w, *_: torch.ones(h, w))
    monkeypatch.setattr(learning, "paired", lambda used, _: torch.arange(len(used)).roll(1))


@pytest.mark.parametrize("own", [0, 1])
@pytest.mark.parametrize("epoch", [0, 25, 75, 200, 400])
def test_the_terms_are_those_of_the_released_code(own, epoch, monkeypatch):
    fixed(monkeypatch)
    method = promix(threshold=0.6, debias=0.5)
    method.base.copy_(torch.tensor([[1, 0], [0, 1], [0, 0], [0, 0], [1, 1], [0, 0]]).bool())
    prior = method.prior.double().clone()
    output = method.training_step(step_of(method, epoch=epoch))
    name, rise = f"network_{own + 1}", min(epoch / 50, 1)
    x = [torch.arange(6).double(), torch.arange(6).double() + 6]
    networks = [network.weight for network in method.predictors()]
    z = logits_of(networks[own], x[0])
    p = [logits_of(weight, x[0]).softmax(1) for weight in networks]
    shift, rest_shift = (0.5 * prior[own, kind].log() for kind in range(2))
    keep = method.base[:, own] | (p[own][range(6), LABELS] > 0.6)
    used = keep
    if epoch >= 350:
        used = agreed(keep, p[0], p[1], 0.6, 0.9)
    labels = torch.where(keep, LABELS, (z - shift).argmax(1))
    t = F.one_hot(labels, K).double()
    other = torch.arange(6).roll(1)
    mixed = 0.75 * x[0] + 0.25 * x[0][other]
    soft = 0.75 * t + 0.25 * t[other]

    def clean(weight):
        def against(x, target):
            return -(target * (logits_of(weight, x) + shift).log_softmax(1)).sum(1)

        more = against(x[1], t) + against(mixed, soft) + against(x[0], soft)
        each = against(x[0], t) + rise * more
        return each[used].mean() if used.any() else torch.zeros((), dtype=torch.float64)

    second = method.heads()[own].weight
    expected = {
        f"{name}.first_head": clean(networks[own]),
        f"{name}.second_head": clean(second),
    }
    if epoch < 100:
        q = (z - rest_shift).softmax(1) ** 2
        q = q / q.sum(1, keepdim=True)
        each = torch.zeros(6, dtype=torch.float64)
        for weight, view in ((1, x[0]), (rise, x[1])):
            log_p = (logits_of(second, view) + rest_shift).log_softmax(1)
            each = each - weight * (q * log_p).sum(1)
        expected[f"{name}.rest"] = 0.1 * epoch / 100 * each[~used].mean()
    found = {k: v for k, v in output.losses.items() if k.startswith(name)}
    assert set(found) == set(expected)
    for term, value in expected.items():
        torch.testing.assert_close(found[term].double(), value, **CLOSE)
    shown = output.shown[name]
    assert shown.selected.equal(keep)
    assert shown.inferred_labels.equal(labels)
    assert method.kept[:, own].equal(keep)
    for kind, rows in enumerate((used, ~used)):
        mean = p[own][rows].mean(0)
        following = 0.9999 * prior[own, kind] + 1e-4 * mean
        torch.testing.assert_close(method.prior[own, kind].double(), following, **CLOSE)


@pytest.mark.parametrize("everyone", [True, False])
def test_a_batch_of_one_kind_leaves_prior_and_losses_finite(everyone):
    method = promix(threshold=0.0 if everyone else 1.0, prior_memory=0.5)
    method.base.zero_()
    before = method.prior.clone()
    output = method.training_step(step_of(method, epoch=30))
    total = sum(output.losses.values())
    assert total.isfinite()
    gradients = torch.autograd.grad(total, [*method.parameters()], allow_unused=True)
    assert all(g is None or g.isfinite().all() for g in gradients)
    stays, moves = (1, 0) if everyone else (0, 1)
    assert method.prior[:, stays].equal(before[:, stays])
    assert not method.prior[:, moves].equal(before[:, moves])
    torch.testing.assert_close(method.prior.sum(2), torch.ones(2, 2))
    term = output.losses["network_1.rest" if everyone else "network_1.first_head"]
    assert float(term.detach()) == 0


def test_without_prior_and_at_the_start_it_is_cross_entropy_on_used_rows():
    method = promix(debias=0.0, threshold=1.0)
    method.base.copy_(torch.tensor([[1], [1], [0], [0], [1], [0]]).bool().expand(-1, 2))
    output = method.training_step(step_of(method, epoch=0))
    z = method.network_1(step_of(method).batch.images).logits
    expected = F.cross_entropy(z[[0, 1, 4]], LABELS[[0, 1, 4]])
    torch.testing.assert_close(output.losses["network_1.first_head"], expected)


def test_the_second_head_never_reaches_the_first():
    method = promix()
    method.network_1.head = nn.Identity()
    output = method.training_step(step_of(method, epoch=30))
    for term in ("second_head", "rest"):
        loss = output.losses[f"network_1.{term}"]
        (pull,) = torch.autograd.grad(
            loss, method.network_1.weight, retain_graph=True, allow_unused=True
        )
        assert pull is None, "that weight is the first head here"


@pytest.mark.parametrize("penalty", [False, True])
def test_the_warm_up_is_cross_entropy_of_both_first_heads(penalty):
    method = promix(confidence_penalty=penalty)
    output = method.training_step(step_of(method, "warm-up"))
    for own, name in enumerate(("network_1", "network_2")):
        p = logits_of(method.predictors()[own].weight, torch.arange(6).double()).softmax(1)
        expected = -p[range(6), LABELS].log().mean()
        found = output.losses[f"{name}.cross_entropy"].double()
        torch.testing.assert_close(found, expected, **CLOSE)
        assert (f"{name}.confidence_penalty" in output.losses) == penalty
        assert output.shown[name].selected.all()
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


def test_clean_is_what_both_networks_kept():
    method = promix()
    method.network_1, method.network_2 = Says(torch.eye(3).repeat(2, 1)), Says(torch.zeros(6, 3))
    method.kept.copy_(torch.tensor([[1, 1], [1, 0], [0, 1], [0, 0], [1, 1], [1, 1]]).bool())
    said = method.clean_scores(epoch_of(method))
    assert said.selection.tolist() == [True, False, False, False, True, True]
    own = math.e / (math.e + 2)
    torch.testing.assert_close(said.scores, torch.full((6,), (own + 1 / 3) / 2))


# --- masks, schedule ----------------------------------------------------------------------------


@given(seed=SEEDS, height=st.integers(4, 12), width=st.integers(4, 12), share=st.floats(0, 1))
def test_a_mask_has_its_share_of_ones(seed, height, width, share):
    random = torch.Generator().manual_seed(seed)
    mask = drawn_mask(height, width, torch.tensor(share), random)
    assert mask.shape == (height, width)
    assert set(mask.unique().tolist()) <= {0.0, 1.0}
    assert float(mask.sum()) == pytest.approx(share * height * width, abs=0.51)


def test_a_mask_is_of_few_large_patches():
    def edges(decay):
        random = torch.Generator().manual_seed(0)
        masks = [drawn_mask(32, 32, torch.tensor(0.5), random, decay) for _ in range(20)]
        return sum(float((m[1:] != m[:-1]).float().mean()) for m in masks) / 20

    assert edges(3.0) < 0.1
    assert edges(0.0) > 0.4


@pytest.mark.parametrize(
    ("dataset", "warm", "threshold", "debias"),
    [("cifar10", 10, 0.99, 0.8), ("cifar100", 30, 0.95, 0.5)],
)
def test_presets_have_the_values_of_the_released_code(dataset, warm, threshold, debias):
    preset = registered("promix").preset(dataset, None)
    settings, recipe = ProMixSettings(**preset.settings), Recipe(**preset.recipe)
    stages = ProMix.schedule(settings, recipe)
    assert [stage.epochs for stage in stages] == [warm, 600 - warm]
    assert (settings.threshold, settings.debias) == (threshold, debias)
    assert (recipe.batch_size, settings.rise * 600, settings.agree_from * 600) == (256, 50, 350)
    plans = stages[1].optimisers
    assert set(plans) == {"network_1", "network_2", "pseudo_1", "pseudo_2"}
    rate = plans["pseudo_1"].learning_rate
    middle = (0.05 + 5e-5) / 2
    assert value_at(rate, (300 - warm) / (600 - warm)) == pytest.approx(middle)
    assert replace(plans["pseudo_1"], parts=("network_1",)) == plans["network_1"]
