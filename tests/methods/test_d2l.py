"""D2L against the paper: LID with a slow twin, the turn, the way back, the blended target."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.d2l.method import D2L, D2LSettings, turns
from lnl.methods.interface import Predictions
from lnl.methods.parts.lid import local_dimensionality, mean_dimensionality
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan, value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

LABELS = torch.tensor([0, 1, 2, 0])
LOGITS = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))


def points(seed, rows, size):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(rows, size, generator=generator, dtype=torch.float64)


# --- local intrinsic dimensionality -------------------------------------------------------------


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), rows=st.integers(3, 12), k=st.integers(1, 12))
def test_lid_is_that_of_a_slow_twin(seed, rows, k):
    features = points(seed, rows, 4)
    expected = []
    for i, own in enumerate(features):
        others = [other for j, other in enumerate(features) if j != i]
        r = sorted(math.dist(own.tolist(), other.tolist()) for other in others)[:k]
        total = sum(math.log(each / r[-1] + 1e-8) for each in r)
        expected.append(min(1e4, -len(r) / total) if total < 0 else 1e4)
    found = local_dimensionality(features, k)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64))


@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e3))
def test_scale_changes_nothing(seed, scale):
    features = points(seed, 30, 3)
    torch.testing.assert_close(
        local_dimensionality(scale * features), local_dimensionality(features)
    )


@pytest.mark.parametrize(("size", "expected"), [(2, 2.0), (4, 3.7), (8, 6.6), (16, 11.0)])
def test_points_in_a_cube_have_nearly_its_dimensions(size, expected):
    random = torch.Generator().manual_seed(0)
    found = mean_dimensionality(points(1, 12_800, size), random, samples=12_800)
    assert float(found) == pytest.approx(expected, rel=0.04)


def test_batches_do_not_see_each_other():
    batches = torch.stack([points(0, 40, 3), points(1, 40, 3)])
    each = [local_dimensionality(batch) for batch in batches]
    torch.testing.assert_close(local_dimensionality(batches), torch.stack(each))


@pytest.mark.parametrize("rows", [2, 3, 127, 129, 2000])
def test_any_number_of_rows_will_do(rows):
    found = mean_dimensionality(points(0, rows, 3).float(), torch.Generator().manual_seed(0))
    assert found.isfinite()
    assert found > 0


def test_equal_and_equally_far_features_stay_finite():
    assert local_dimensionality(torch.ones(30, 4)).isfinite().all()
    far = local_dimensionality(torch.eye(30))
    assert far.eq(1e4).all()
    assert local_dimensionality(torch.eye(2).repeat(5, 1)).isfinite().all()


# --- the turn -----------------------------------------------------------------------------------


@given(values=st.lists(st.integers(1, 50), min_size=6, max_size=9), deviations=st.floats(0, 3))
def test_it_turns_above_so_many_deviations_of_the_window(values, deviations):
    before = values[-6:-1]
    mean = sum(before) / 5
    std = math.sqrt(sum((v - mean) ** 2 for v in before) / 5)
    if abs(values[-1] - mean - deviations * std) < 1e-9 and std:
        return
    found = turns(torch.tensor(values, dtype=torch.float64), 5, deviations)
    assert bool(found) == (values[-1] - mean > deviations * std)


def test_the_deviation_is_that_of_the_window_itself():
    before = [0.0, 0.0, 0.0, 0.0, 10.0]  # mean 2, deviation 4
    for last, turned in ((9.9, False), (10.1, True)):
        lids = torch.tensor([99.0, *before, last])
        assert bool(turns(lids, 5, 2.0)) == turned


def with_history(lids, epochs, **chosen):
    """A method about to start the epoch after those; its network predicts ``LOGITS``."""
    method = made("d2l", LABELS, 3, **chosen)
    method.network, method.previous = Says(LOGITS), Says(torch.zeros(4, 3))
    method.history = torch.nn.Buffer(torch.zeros(epochs, dtype=torch.float64))
    method.history[: len(lids)] = torch.tensor(lids, dtype=torch.float64)
    return method


def start(method, epoch, epochs, features):
    def predict(network, view, draws):
        logits = network.table.detach()
        return Predictions(logits.softmax(1), logits, method.given_labels, lambda: features)

    at = replace(epoch_of(method, "train", epoch), stage=StagePlan("train", epochs))
    next(method.passes(replace(at, predict=predict)))


def test_at_the_turn_the_weights_go_back_and_labels_count_less():
    features = points(0, 4, 2).float()
    low = mean_dimensionality(features, torch.Generator().manual_seed(0)) / 2
    lids = [2 * float(low), *[float(low)] * 5]
    method = with_history(lids, 12, watch_from=0.0, window=5)
    start(method, 6, 12, features)
    assert method.turned
    assert method.network.table.eq(0).all(), "the weights of an epoch ago"
    assert float(method.label_share) == pytest.approx(math.exp(-6 / 12 * 2), rel=1e-5)
    assert float(method.epoch_values(epoch_of(method, "train", 6))["lid"]) == pytest.approx(
        2 * float(low), rel=1e-5
    )
    start(method, 7, 12, features)
    assert float(method.label_share) == pytest.approx(math.exp(-7 / 12 * 2), rel=1e-5)


@pytest.mark.parametrize(("epoch", "turned"), [(44, False), (45, True)])
def test_it_looks_for_the_turn_only_after_the_first_epochs_and_a_window(epoch, turned):
    method = with_history([1e-3] * epoch, 120, watch_from=40 / 120, window=5)
    start(method, epoch, 120, points(0, 4, 2).float())
    assert bool(method.turned) == turned
    assert method.network.table.equal(LOGITS) != turned
    assert method.label_share.eq(1).item() != turned


def test_without_a_turn_it_keeps_the_weights_of_this_start():
    method = with_history([1e3] * 6, 12, watch_from=0.0)
    start(method, 6, 12, points(0, 4, 2).float())
    assert not method.turned
    assert method.previous.table.equal(LOGITS)


# --- a step -------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_the_target_is_a_blend_of_label_and_predicted_class(share):
    method = made("d2l", LABELS, 3)
    method.network = Says(LOGITS)
    method.label_share.fill_(share)
    (loss,) = method.training_step(step_of(method, "train")).losses.values()
    target = share * F.one_hot(LABELS, 3) + (1 - share) * F.one_hot(LOGITS.argmax(1), 3)
    expected = -(target * LOGITS.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(grad(loss, method.network), (LOGITS.softmax(1) - target) / 4)


def test_before_the_turn_it_is_cross_entropy(blobs):
    def weights(name, **chosen):
        trainer = trainer_of(name, blobs, 2, **chosen)
        list(trainer)
        return trainer.method.network.state_dict()

    plain = weights("ce")
    for name, value in weights("d2l", watch_from=1.0).items():
        torch.testing.assert_close(value, plain[name])


def test_lid_is_recorded_each_epoch(blobs):
    records = [snapshot.record for snapshot in trainer_of("d2l", blobs, 3)]
    lids = [record.extra["lid"] for record in records]
    assert len(set(lids)) == 3
    assert min(lids) > 0


# --- values -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "first", "epochs", "falls"),
    [
        ("mnist", 5, 50, (20, 40)),
        ("cifar10", 40, 120, (40, 80)),
        ("cifar100", 60, 200, (80, 120, 160)),
    ],
)
def test_presets_have_the_values_of_the_paper(preset, first, epochs, falls):
    chosen = registered("d2l").preset("", preset)
    own = D2LSettings(**chosen.settings)
    assert own.watch_from * epochs == pytest.approx(first)
    assert (own.window, own.deviations) == (5, 2)
    (stage,) = D2L.schedule(own, Recipe(**chosen.recipe))
    rates = [value_at(stage.optimisers["network"].learning_rate, e / epochs) for e in range(epochs)]
    expected = [0.1 * 0.1 ** sum(e >= fall for fall in falls) for e in range(epochs)]
    assert rates == pytest.approx(expected)
    assert stage.epochs == epochs
