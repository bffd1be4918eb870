"""DivideMix against the paper: who divides for whom, targets, weights, and who rests."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from lnl.methods.dividemix import method as module
from lnl.methods.dividemix import pair
from lnl.methods.dividemix.method import DivideMix, DivideMixSettings, spread
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Batch, Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
SMALL = torch.tensor([True, True, True, True, False, False])


def table(fits, seed=0):
    """Logits that give the label where it fits, and else another."""
    noise = torch.rand(6, K, generator=torch.Generator().manual_seed(seed))
    predicted = torch.where(fits, LABELS, (LABELS + 1) % K)
    return noise + 3 * F.one_hot(predicted, K)


def dividemix(fits_1=SMALL, fits_2=SMALL, **chosen):
    method = made("dividemix", LABELS, K, **chosen)
    method.network_1 = Says(table(fits_1), table(fits_1, 2))
    method.network_2 = Says(table(fits_2, 1), table(fits_2, 3))
    return method


def streams(method, stage="mix", epoch=0):
    return list(method.passes(epoch_of(method, stage, epoch)))


def mix_step(method, own=0, kept=(0, 1, 2, 3), progress=1.0, **changes):
    """A step of both kinds of rows; images are numbers, so that mixed ones would name others."""
    rest = [i for i in range(6) if i not in kept]
    one, two = (step_of(method, "mix", rows).batch for rows in (list(kept), rest))
    changes = {"batches": (one, two), "pass_index": own, "progress": progress, **changes}
    return replace(step_of(method, "mix"), **changes)


@pytest.fixture
def unmixed(monkeypatch):
    """λ = 1: no image is mixed, so that a table can be asked for it."""
    monkeypatch.setattr(pair, "folded_share", lambda alpha, random: torch.tensor(1.0))


# --- division -----------------------------------------------------------------------------------


def test_each_network_divides_for_the_other():
    fits_2 = torch.tensor([False, True, True, True, True, False])
    method = dividemix(SMALL, fits_2)
    first, second = streams(method)
    assert [s.index.tolist() for s in first] == [[1, 2, 3, 4], [0, 5]], "by network 2's losses"
    assert [s.index.tolist() for s in second] == [[0, 1, 2, 3], [4, 5]], "by network 1's losses"
    assert all(s.views == ("weak", "weak") for s in (*first, *second))
    scores = method.clean_scores(epoch_of(method, "mix"))
    torch.testing.assert_close(scores.scores, method.posterior.mean(1))
    assert scores.selection.equal(method.posterior.mean(1) > 0.5)
    values = method.epoch_values(epoch_of(method, "mix"))
    assert {name: round(float(v), 4) for name, v in values.items()} == {
        "labelled_share_1": 0.6667,
        "labelled_share_2": 0.6667,
    }


def test_both_are_divided_before_either_trains():
    method = dividemix()
    passes = method.passes(epoch_of(method, "mix"))
    next(passes)
    with torch.no_grad():
        method.network_1.table.copy_(torch.cat([table(~SMALL), table(~SMALL)]))
    assert [s.index.tolist() for s in next(passes)] == [[0, 1, 2, 3], [4, 5]]


@pytest.mark.parametrize("posterior", [0.0, 1.0])
def test_a_division_of_one_kind_is_a_pass_of_the_warm_up(posterior, monkeypatch):
    monkeypatch.setattr(module, "small_loss", lambda each: torch.full_like(each, posterior))
    method = dividemix()
    for only in streams(method):
        assert [s.index for s in only] == [None]
    output = method.training_step(step_of(method, "mix"))
    assert set(output.losses) == {"network_1.cross_entropy"}


def test_losses_are_averaged_over_the_last_epochs():
    method = dividemix(averaged_epochs=2)
    seen = []
    for epoch in range(4):
        fits = torch.rand(6, generator=torch.Generator().manual_seed(epoch)) > 0.5
        method.network_1 = Says(table(fits, epoch), table(fits, epoch))
        own = spread(F.cross_entropy(method.network_1.table[:6].detach(), LABELS, reduction="none"))
        seen.append(own)
        enter(method, "mix", epoch)
        expected = module.small_loss(torch.stack(seen[-2:]).mean(0))
        torch.testing.assert_close(method.posterior[:, 0], expected)


def test_losses_are_spread_over_0_to_1_and_equal_ones_are_0():
    assert spread(torch.tensor([3.0, 1.0, 2.0])).tolist() == [1.0, 0.0, 0.5]
    assert spread(torch.full((3,), 7.0)).tolist() == [0.0, 0.0, 0.0]


# --- a step -------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [0, 1])
def test_targets_and_terms_are_those_of_the_paper(own, unmixed):
    method = dividemix(unlabelled_weight=7.0, ramp=0.5)
    method.posterior.copy_(torch.rand(6, 2, generator=torch.Generator().manual_seed(own)))
    step = mix_step(method, own, progress=0.25)
    output = method.training_step(step)
    name = f"network_{own + 1}"
    assert set(output.losses) == {f"{name}.{term}" for term in TERMS}
    network = method.predictors()[own]
    other = method.predictors()[1 - own]
    p, q = (n.table.detach().double().softmax(1) for n in (network, other))
    supervised, unsupervised = [], []
    pull = torch.zeros(12, K, dtype=torch.float64)
    for i in range(4):
        w = float(method.posterior[i, 1 - own])
        target = w * F.one_hot(LABELS[i], K) + (1 - w) * (p[i] + p[i + 6]) / 2
        target = target**2 / (target**2).sum()
        for row in (i, i + 6):
            supervised.append(-(target * p[row].log()).sum())
            pull[row] += (p[row] - target) / 8
    for i in (4, 5):
        target = (p[i] + p[i + 6] + q[i] + q[i + 6]) / 4
        target = target**2 / (target**2).sum()
        unsupervised += [((p[row] - target) ** 2).sum() / K for row in (i, i + 6)]
    close = {"atol": 1e-6, "rtol": 1e-4}
    labelled = output.losses[f"{name}.labelled"]
    torch.testing.assert_close(labelled.double(), torch.stack(supervised).mean(), **close)
    torch.testing.assert_close(grad(labelled, network).double(), pull, **close)
    expected = 7.0 * 0.5 * torch.stack(unsupervised).mean()
    torch.testing.assert_close(output.losses[f"{name}.unlabelled"].double(), expected, **close)
    mean = p.mean(0)
    penalty = -(K * mean).log().mean()
    torch.testing.assert_close(output.losses[f"{name}.imbalance"].double(), penalty, **close)


TERMS = ("labelled", "unlabelled", "imbalance")


def test_a_weight_of_one_leaves_the_given_label(unmixed):
    method = dividemix()
    method.posterior.fill_(1.0)
    mixed = method.mixed(mix_step(method))
    assert mixed.targets[:8].equal(F.one_hot(LABELS[[0, 1, 2, 3] * 2], K).float())
    torch.testing.assert_close(mixed.targets.sum(1), torch.ones(12))


def test_a_wrapper_is_shown_all_rows_unmixed():
    method = dividemix()
    streams(method)
    assert method.training_step(mix_step(method)).shown == {}
    shown = method.training_step(mix_step(method, show_filtered=True)).shown["network_1"]
    assert shown.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert shown.selected.equal(SMALL)
    assert shown.logits.equal(method.network_1.table[:6])


@pytest.mark.parametrize("penalty", [False, True])
def test_the_warm_up_is_cross_entropy_and_may_keep_from_certainty(penalty):
    method = dividemix(confidence_penalty=penalty)
    assert [s[0].index for s in streams(method, "warm-up")] == [None, None]
    step = replace(step_of(method, "warm-up"), pass_index=1)
    output = method.training_step(step)
    p = method.network_2.table[:6].detach().double().softmax(1)
    expected = {"network_2.cross_entropy": -p.gather(1, LABELS[:, None]).log().mean()}
    if penalty:
        expected["network_2.confidence_penalty"] = (p * p.log()).sum(1).mean()
    assert set(output.losses) == set(expected)
    for name, value in expected.items():
        torch.testing.assert_close(output.losses[name].double(), value, atol=1e-6, rtol=1e-5)
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


def test_the_idle_network_rests_bit_by_bit_in_a_pass(blobs):
    trainer = trainer_of("dividemix", blobs, warm_up_epochs=2, mix_epochs=3)
    method, original = trainer.method, trainer.method.training_step
    seen = []

    def step_and_check(step):
        idle = method.predictors()[1 - step.pass_index]
        now = {k: v.clone() for k, v in idle.state_dict().items()}
        if seen and seen[-1][0] == (step.epoch, step.pass_index):
            assert all(now[k].equal(v) for k, v in seen[-1][1].items())
        seen.append(((step.epoch, step.pass_index), now, len(step.batches)))
        return original(step)

    object.__setattr__(method, "training_step", step_and_check)
    list(trainer)
    assert {streams for *_, streams in seen} == {1, 2}


def test_two_classes_a_hundred_and_certain_networks_stay_finite():
    for classes in (2, 100):
        labels = torch.arange(6) % classes
        method = made("dividemix", labels, classes)
        sure = 1e4 * F.one_hot(labels, classes).float()
        method.network_1, method.network_2 = Says(sure, -sure), Says(-sure, sure)
        images = torch.arange(6).float()[:, None, None, None]
        batches = [
            Batch((images[rows], images[rows] + 6), labels[rows], torch.tensor(rows))
            for rows in ([0, 1], [2, 3, 4, 5])
        ]
        step = replace(step_of(method, "mix"), batches=tuple(batches))
        output = method.training_step(step)
        total = sum(output.losses.values())
        assert total.isfinite()
        assert grad(total, method.network_1).isfinite().all()


# --- schedule and presets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "warm", "weight"), [("cifar10", 10, 25), ("cifar100", 30, 150)]
)
def test_presets_have_the_values_of_the_paper(dataset, warm, weight):
    preset = registered("dividemix").preset(dataset, None)
    settings, recipe = DivideMixSettings(**preset.settings), Recipe(**preset.recipe)
    stages = DivideMix.schedule(settings, recipe)
    assert [(s.name, s.epochs) for s in stages] == [("warm-up", warm), ("mix", 300 - warm)]
    assert settings.unlabelled_weight == weight
    assert settings.ramp * settings.mix_epochs == pytest.approx(16)
    rate = stages[1].optimisers["network_1"].learning_rate
    for epoch, expected in ((warm, 0.02), (149, 0.02), (150, 0.002), (299, 0.002)):
        assert value_at(rate, (epoch - warm) / (300 - warm)) == pytest.approx(expected)
    assert recipe.network == "preact-resnet18"
