"""UniCon against the paper: an even division, its label weights, terms, and who is contrasted."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from lnl.methods.dividemix import pair
from lnl.methods.parts.contrastive import simclr
from lnl.methods.parts.divergence import js_divergence
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.methods.unicon import method as module
from lnl.methods.unicon.method import UniCon, UniConSettings
from lnl.shapes import Batch, Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 0, 0, 0, 1, 1, 2, 2])
FITS = torch.tensor([1, 1, 1, 0, 1, 0, 1, 0]).bool()
CLOSE = {"atol": 1e-6, "rtol": 1e-4}


def table(seed=0, fits=FITS):
    noise = torch.rand(8, K, generator=torch.Generator().manual_seed(seed))
    return noise + 4 * F.one_hot(torch.where(fits, LABELS, (LABELS + 1) % K), K)


def unicon(**chosen):
    method = made("unicon", LABELS, K, **chosen)
    method.network_1 = Says(*(table(seed) for seed in range(4)))
    method.network_2 = Says(*(table(seed) for seed in range(4, 8)))
    method.projection_1 = method.projection_2 = nn.Identity()
    return method


def mix_step(method, own=0, **changes):
    kept, dropped = [0, 1, 4, 6], [2, 3, 5, 7]
    images = (torch.arange(8)[None] + 8 * torch.arange(4)[:, None]).float()[..., None, None, None]
    batches = tuple(
        Batch(tuple(view[rows] for view in images), method.given_labels[rows], torch.tensor(rows))
        for rows in (kept, dropped)
    )
    step = step_of(method, "mix", list(range(8)))
    return replace(step, batches=batches, pass_index=own, progress=1.0, **changes)


def passes(method, stage="mix"):
    return method.passes(epoch_of(method, stage))


def test_equally_many_of_each_class_are_kept():
    method = unicon()
    streams = next(passes(method))
    mean = (table(0).softmax(1) + table(4).softmax(1)) / 2
    d = js_divergence(mean, LABELS)
    share = float((d < d.mean()).double().mean())
    assert share == 5 / 8
    quota = int(share * 8 / 3)
    kept = [
        i
        for c in range(K)
        for i in sorted((c == LABELS).nonzero()[:, 0].tolist(), key=lambda i: float(d[i]))[:quota]
    ]
    assert sorted(streams[0].index.tolist()) == sorted(kept)
    assert quota == 1
    assert sorted(streams[1].index.tolist()) == [i for i in range(8) if i not in kept]
    assert all(s.views == ("weak", "weak", "strong", "strong") for s in streams)
    said = method.clean_scores(epoch_of(method, "mix"))
    torch.testing.assert_close(said.scores, 1 - d / math.log(2))
    assert said.selection.nonzero()[:, 0].tolist() == sorted(kept)


@pytest.mark.parametrize(("times", "rows"), [(0.5, 51), (1.0, 102)])
def test_the_fewer_are_clean_the_more_unlabelled_rows_a_step_has(times, rows):
    labelled, unlabelled = next(passes(unicon(unlabelled_rows=times)))
    assert labelled.batch_size == 64
    assert unlabelled.batch_size == rows  # 64 times / R, R = 5/8


def test_there_are_never_more_than_eight_per_labelled_row():
    assert next(passes(unicon(unlabelled_rows=10.0)))[1].batch_size == 8 * 64


def test_the_division_is_made_anew_between_the_passes():
    method = unicon()
    both = passes(method)
    first = next(both)
    with torch.no_grad():
        method.network_1.table[:8] = table(9, ~FITS)
        method.network_2.table[:8] = table(9, ~FITS)
    second = next(both)
    assert set(first[0].index.tolist()) != set(second[0].index.tolist())


def test_a_division_that_keeps_nobody_is_a_pass_of_the_warm_up(monkeypatch):
    monkeypatch.setattr(module, "adaptive_cut", lambda *_: torch.tensor(0.0))
    method = unicon()
    assert [[s.index for s in streams] for streams in passes(method)] == [[None], [None]]
    assert [[s.index for s in streams] for streams in passes(method, "warm-up")] == [[None]] * 2
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


def test_labels_far_from_the_prediction_weigh_less():
    method = unicon()
    method.divergence.copy_(torch.tensor([0.0, 0.2, 0.49, 0.5, 0.6, 0.69, 0.1, 0.3]))
    weight = method.label_weight(torch.arange(8), 0)
    torch.testing.assert_close(weight, torch.tensor([1, 1, 1, 0.5, 0.4, 0.31, 1, 1]))


@pytest.mark.parametrize("own", [0, 1])
def test_the_terms_are_those_of_the_paper(own, monkeypatch):
    monkeypatch.setattr(pair, "folded_share", lambda alpha, random: torch.tensor(1.0))
    method = unicon(contrast=0.5)
    method.divergence.copy_(torch.linspace(0, 0.69, 8))
    output = method.training_step(mix_step(method, own))
    name = f"network_{own + 1}"
    network, other = method.predictors()[own], method.predictors()[1 - own]
    p, q = (n.table.detach().double().softmax(1) for n in (network, other))
    weight = method.label_weight(torch.arange(8), own).double()
    supervised, unsupervised = [], []
    for i in range(8):
        if i in (0, 1, 4, 6):
            hot = F.one_hot(LABELS[i], K)
            target = weight[i] * hot + (1 - weight[i]) * (p[i] + p[i + 8]) / 2
        else:
            target = (p[i] + p[i + 8] + q[i] + q[i + 8]) / 4
        target = target**2 / (target**2).sum()
        for row in (i + 16, i + 24):  # strong views are trained
            if i in (0, 1, 4, 6):
                supervised.append(-(target * p[row].log()).sum())
            else:
                unsupervised.append((p[row] - target).square().sum() / K)
    strong = network.table.detach()
    contrast = simclr(strong[[18, 19, 21, 23]], strong[[26, 27, 29, 31]], 0.05)
    expected = {
        f"{name}.labelled": torch.stack(supervised).mean(),
        f"{name}.unlabelled": 30 * torch.stack(unsupervised).mean(),
        f"{name}.imbalance": -(K * p[16:].mean(0)).log().mean(),
        f"{name}.contrast": 0.5 * contrast.mean().double(),
    }
    assert set(output.losses) == set(expected)
    for term, value in expected.items():
        torch.testing.assert_close(output.losses[term].double(), value, **CLOSE)
    assert grad(sum(output.losses.values()), network)[:16].eq(0).all()


def test_a_projection_learns_with_its_network_alone(blobs):
    trainer = trainer_of("unicon", blobs, warm_up_epochs=1, mix_epochs=2)
    method, original = trainer.method, trainer.method.training_step
    seen = []

    def step_and_check(step):
        idle = (method.projection_1, method.projection_2)[1 - step.pass_index]
        now = [p.detach().clone() for p in idle.parameters()]
        seen.append(((step.epoch, step.pass_index), now))
        return original(step)

    object.__setattr__(method, "training_step", step_and_check)
    list(trainer)
    for (place, values), (after, later) in pairwise(seen):
        if place == after:
            assert all(a.equal(b) for a, b in zip(values, later, strict=True))
    assert not all(a.equal(b) for a, b in zip(seen[0][1], seen[-1][1], strict=True))


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_the_networks_are_certain(classes):
    labels = torch.arange(8) % classes
    method = made("unicon", labels, classes)
    sure = 1e4 * F.one_hot(labels, classes).float()
    method.network_1, method.network_2 = Says(sure, -sure, sure, -sure), Says(*[-sure] * 4)
    method.projection_1 = nn.Identity()
    list(passes(method))
    total = sum(method.training_step(mix_step(method)).losses.values())
    assert total.isfinite()
    assert grad(total, method.network_1).isfinite().all()


@pytest.mark.parametrize(("dataset", "warm"), [("cifar10", 10), ("cifar100", 30)])
def test_presets_have_the_values_of_the_paper(dataset, warm):
    preset = registered("unicon").preset(dataset, None)
    settings, recipe = UniConSettings(**preset.settings), Recipe(**preset.recipe)
    stages = UniCon.schedule(settings, recipe)
    assert [stage.epochs for stage in stages] == [warm, 350 - warm]
    assert (settings.unlabelled_weight, settings.contrast, settings.limit) == (30, 0.025, 0.7)
    assert settings.ramp * settings.mix_epochs == pytest.approx(16)
    rate = stages[1].optimisers["projection_2"].learning_rate
    for epoch in (warm, 140, 280, 349):  # as torch's scheduler with T_max 280
        expected = 2e-4 + (0.02 - 2e-4) * (1 + math.cos(math.pi * epoch / 280)) / 2
        assert value_at(rate, (epoch - warm) / (350 - warm)) == pytest.approx(expected)
