"""NCT against the released code: ramps, random labels, the two losses and who gets a gradient."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.nct.method import (
    NCT,
    NCTSettings,
    distillation,
    randomised,
    randomness,
    reliance,
)
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan, value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0])
seeds = st.integers(0, 1000)


def table(seed):
    return 2 * torch.randn(4, K, generator=torch.Generator().manual_seed(seed))


def nct(seed=0, **chosen):
    method = made("nct", LABELS, K, **chosen)
    method.network_1, method.network_2 = Says(table(seed)), Says(table(seed + 1))
    return method


def at(epoch, epochs=200):
    return replace(epoch_of(nct(), "train", epoch), stage=StagePlan("train", epochs))


# --- ramps --------------------------------------------------------------------------------------


def test_reliance_and_randomness_are_those_of_the_code_at_200_epochs():
    chosen = NCTSettings()
    for e in range(200):
        expected = 0.9 * math.exp(-5 * (1 - min(e / 20, 1)) ** 2)
        assert reliance(chosen, at(e)) == pytest.approx(expected)
        rise = math.log(e - 3) / math.log(200 - 3) if e > 3 else 0
        assert randomness(chosen, at(e)) == pytest.approx(0.2 + 0.5 * rise)
    assert reliance(NCTSettings(ramp=0.0), at(0)) == 0.9


@pytest.mark.parametrize("epochs", [1, 2, 3, 10])
def test_ramps_stay_within_their_bounds_in_short_runs(epochs):
    for e in range(epochs):
        assert 0 <= reliance(NCTSettings(), at(e, epochs)) <= 0.9
        assert 0.2 <= randomness(NCTSettings(), at(e, epochs)) <= 0.7


# --- labels -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "classes"), [(0.0, 10), (0.7, 10), (0.7, 2), (1.0, 100)])
def test_a_share_r_times_k_minus_1_over_k_of_the_labels_changes(rate, classes):
    labels = torch.arange(20_000) % classes
    found = randomised(labels, classes, rate, torch.Generator().manual_seed(0))
    changed = (found != labels).float().mean().item()
    assert changed == pytest.approx(rate * (classes - 1) / classes, abs=0.01)
    assert found.min() >= 0
    assert found.max() < classes


def test_each_network_has_labels_of_its_own():
    method, names = nct(), []
    step = replace(
        step_of(method, "train"),
        random_of=lambda name: names.append(name) or torch.Generator().manual_seed(0),
    )
    method.training_step(step)
    assert len(set(names)) == 2


# --- losses -------------------------------------------------------------------------------------


@given(seed=seeds, temperature=st.floats(0.5, 8))
def test_distillation_and_its_pull(seed, temperature):
    own, other = table(seed).requires_grad_(), table(seed + 1).requires_grad_()
    each = distillation(own, other, temperature)
    found, none = torch.autograd.grad(each.sum(), (own, other), allow_unused=True)
    assert none is None
    p, q = ((z.detach().double() / temperature).softmax(1) for z in (own, other))
    expected = temperature**2 * (q * (q.log() - p.log())).sum(1)
    torch.testing.assert_close(each.detach().double(), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.double(), temperature * (p - q), atol=1e-4, rtol=1e-4)


@given(seed=seeds)
def test_a_step_is_the_loss_of_the_paper_for_both(seed):
    method = nct(seed, ramp=0.0, reliance=0.6, first_random=0.5, last_random=0.5)
    terms = method.training_step(step_of(method, "train")).losses
    labels = randomised(LABELS, K, 0.5, torch.Generator().manual_seed(0))  # as in ``saying``
    tables = [table(seed), table(seed + 1)]
    for k, name in enumerate(("network_1", "network_2")):
        own, other = tables[k].double(), tables[1 - k].double()
        p, q = (own / 4).softmax(1), (other / 4).softmax(1)
        expected = 0.4 * F.cross_entropy(own, labels)
        expected = expected + 0.6 * 16 * (q * (q.log() - p.log())).sum(1).mean()
        value = terms[f"{name}.cross_entropy"] + terms[f"{name}.distillation"]
        torch.testing.assert_close(value.double(), expected, atol=1e-5, rtol=1e-4)
        network = (method.network_1, method.network_2)[k]
        pull = 0.4 * (own.softmax(1) - F.one_hot(labels, K)) / 4 + 0.6 * 4 * (p - q) / 4
        torch.testing.assert_close(
            grad(sum(terms.values()), network).double(), pull, atol=1e-5, rtol=1e-4
        )


@pytest.mark.parametrize("classes", [2, 100])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(classes):
    method = made("nct", torch.tensor([0, 1]), classes, ramp=0.0)
    logits = 1e4 * torch.eye(2, classes)
    method.network_1, method.network_2 = Says(logits), Says(logits.roll(1, 1))
    terms = method.training_step(step_of(method, "train")).losses
    assert all(term.isfinite() for term in terms.values())
    for network in method.predictors():
        assert grad(sum(terms.values()), network).isfinite().all()


def test_without_reliance_and_random_labels_it_is_cross_entropy(blobs):
    trainer = trainer_of("nct", blobs, 2, reliance=0.0, first_random=0.0, last_random=0.0)
    plain = trainer_of("ce", blobs, 2)
    trainer.method.network_1.load_state_dict(plain.method.network.state_dict())
    terms = {k: [s.record.losses for s in t] for k, t in (("nct", trainer), ("ce", plain))}
    for ours, theirs in zip(terms["nct"], terms["ce"], strict=True):
        assert ours["network_2.distillation"] == 0
        assert ours["network_1.cross_entropy"] == pytest.approx(
            theirs["cross_entropy"], rel=0.05
        )  # dropout draws for two networks


# --- values -------------------------------------------------------------------------------------


def test_the_preset_has_the_values_of_the_code():
    chosen = registered("nct").preset("cifar10", None)
    own = NCTSettings(**chosen.settings)
    assert (own.temperature, own.reliance, own.first_random, own.last_random) == (4, 0.9, 0.2, 0.7)
    assert (own.ramp * 200, own.rises_from * 200, own.weight_decay) == (20, 3, 5e-4)
    (stage,) = NCT.schedule(own, Recipe(**chosen.recipe))
    for plan in stage.optimisers.values():
        rates = [value_at(plan.learning_rate, e / 200) for e in range(200)]
        expected = [0.1 * 0.2 ** sum(e >= fall for fall in (60, 120, 160)) for e in range(200)]
        assert rates == pytest.approx(expected)
    assert len(stage.optimisers) == 2


def test_the_ramps_are_recorded():
    values = nct().epoch_values(at(100))
    assert values["reliance"].item() == pytest.approx(0.9)
    assert values["random_labels"].item() == pytest.approx(0.2 + 0.5 * math.log(97) / math.log(197))
