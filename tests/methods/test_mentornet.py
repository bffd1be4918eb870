"""MentorNet: what the self-paced form learns, and the predefined curriculum in closed form."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.mentornet.method import PredefinedSettings, curriculum
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
LOGITS = 2 * torch.randn(8, K, generator=torch.Generator().manual_seed(0))
EACH = F.cross_entropy(LOGITS, LABELS, reduction="none")
PULL = LOGITS.softmax(1) - F.one_hot(LABELS, K)
SET = {"rate_from": "set", "noise_rate": 0.5, "ramp": 0.0}


def mentor(name="mentornet-pd", **chosen):
    method = made(name, LABELS, K, **chosen)
    method.network = Says(LOGITS)
    return method


def at(method, progress, **changes):
    return replace(step_of(method, "train"), progress=progress, **changes)


# --- self-paced ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "kept"), [(0.0, 8), (0.5, 4), (0.4, 4), (0.99, 1)])
def test_it_learns_its_own_small_losses(rate, kept):
    method = mentor("mentornet", **{**SET, "noise_rate": rate})
    output = method.training_step(step_of(method, "train"))
    small = torch.zeros(8, dtype=torch.bool)
    small[sorted(range(8), key=lambda i: float(EACH[i]))[:kept]] = True
    torch.testing.assert_close(output.losses["cross_entropy"], EACH[small].mean())
    torch.testing.assert_close(
        grad(output.losses["cross_entropy"], method.network), PULL * small[:, None] / kept
    )
    assert output.shown["network"].selected.equal(small)
    found = method.clean_scores(epoch_of(method))
    assert found.selection.equal(small)
    torch.testing.assert_close(found.scores, torch.exp(-EACH))


def test_what_is_dropped_rises_over_the_ramp():
    method = mentor("mentornet", **{**SET, "ramp": 0.5})
    found = [float(method.forgotten(epoch_of(method, epoch=e))) for e in range(8)]
    assert found == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5])


def test_it_asks_for_the_noise_rate_only_where_no_setting_replaces_it():
    entry = registered("mentornet")
    for source, asked in (("oracle", {"noise_rate"}), ("set", set()), ("estimated", set())):
        assert entry.asks(entry.cls.Settings(rate_from=source)) == asked
    assert registered("mentornet-pd").cls.needs == frozenset()


# --- predefined curriculum ----------------------------------------------------------------------


@given(level=st.floats(0, 5), width=st.floats(0.1, 3), progress=st.floats(0, 1))
def test_weights_are_those_of_the_curriculum_and_never_rise_with_the_loss(level, width, progress):
    each = torch.linspace(0, 8, 50)
    chosen = PredefinedSettings(width=width)
    found = curriculum(each, torch.tensor(level), progress, chosen)
    for loss, weight in zip(each.tolist(), found.tolist(), strict=True):
        if progress < 0.18:
            assert weight == 1
        elif progress < 0.9:
            assert weight == (loss <= torch.tensor(level).item())
        else:
            assert weight == pytest.approx(min(1, max(0, 1 - (loss - level) / width)), abs=1e-4)
    assert (found.diff() <= 0).all()


def test_the_level_follows_the_percentile_of_the_batch():
    method = mentor(percentile=0.75, memory=0.5)
    ordered = sorted(EACH.tolist())
    percentile = ordered[5] + 0.25 * (ordered[6] - ordered[5])
    for level in (0.5 * percentile, 0.75 * percentile):
        method.training_step(at(method, 0.5))
        assert float(method.level) == pytest.approx(level, rel=1e-5)


def test_a_step_averages_over_the_batch_what_is_weighted_and_not_dropped():
    method = mentor(first_drop=0.5, drop=0.25, burn_in=0.1, drop_until=0.3)
    method.level.fill_(float(EACH.median()))
    draws = torch.rand(8, generator=torch.Generator().manual_seed(0))  # as in ``saying``
    for progress, rate in ((0.2, 0.5), (0.5, 0.25), (0.95, 0.25)):
        output = method.training_step(at(method, progress))
        weights = curriculum(EACH, method.level, progress, method.settings)
        expected = PULL * (weights * (draws >= rate))[:, None] / 8
        torch.testing.assert_close(grad(output.losses["cross_entropy"], method.network), expected)
        torch.testing.assert_close(method.weights, weights)
        assert output.shown["network"].selected.equal(weights > 0)


def test_the_burn_in_counts_all_and_has_no_score_of_its_own():
    method = mentor(first_drop=0.0)
    output = method.training_step(at(method, 0.1))
    torch.testing.assert_close(output.losses["cross_entropy"], EACH.mean())
    assert output.shown["network"].selected.all()
    early = replace(epoch_of(method, "train", 17), stage=StagePlan("train", 100))
    assert method.clean_scores(early) is None
    late = replace(epoch_of(method, "train", 18), stage=StagePlan("train", 100))
    method.level.fill_(float(EACH.median()) + 1e-3)
    found = method.clean_scores(late)
    assert found.selection.equal(method.level >= EACH)
    assert found.selection.equal(found.scores > found.threshold)
    assert 0 < found.selection.sum() < 8


@pytest.mark.parametrize("progress", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("classes", [2, 100])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(progress, classes):
    method = made("mentornet-pd", torch.tensor([0, 1]), classes)
    method.network = Says(1e4 * torch.eye(2, classes).roll(1, 1))
    (loss,) = method.training_step(at(method, progress)).losses.values()
    assert loss.isfinite()
    assert grad(loss, method.network).isfinite().all()


def test_without_a_curriculum_it_is_cross_entropy(blobs):
    def weights(name, **chosen):
        trainer = trainer_of(name, blobs, 2, **chosen)
        list(trainer)
        return trainer.method.network.state_dict()

    plain = weights("ce")
    own = weights("mentornet-pd", burn_in=1.0, first_drop=0.0, drop=0.0)
    for name, value in own.items():
        torch.testing.assert_close(value, plain[name])
