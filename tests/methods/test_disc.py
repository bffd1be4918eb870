"""DISC against the released code: the sets as a slow twin, thresholds, each term in closed form."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.methods.disc import method as module
from lnl.methods.disc.method import DISC
from lnl.methods.disc.selection import divided, labels_of
from lnl.methods.disc.settings import DISCSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
CLOSE = {"atol": 1e-6, "rtol": 1e-4}
CLEAN, HARD, CORRECTED = 0, 1, 2


def table(seed, scale=1.0):
    return scale * torch.randn(6, K, generator=torch.Generator().manual_seed(seed))


def disc(seed=0, **chosen):
    method = made("disc", LABELS.clone(), K, **chosen)
    method.network = Says(table(seed, 2), table(seed + 1, 2))
    return method


def epochs_of(method, count, stage="warm-up"):
    """Full epochs of one step each."""
    for epoch in range(count):
        passes = method.passes(epoch_of(method, stage, epoch))
        next(passes)
        method.training_step(step_of(method, stage, epoch=epoch))
        list(passes)


# --- the sets -----------------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), margin=st.floats(0, 0.6))
def test_the_sets_are_their_slow_twin(seed, margin):
    random = torch.Generator().manual_seed(seed)
    p = (2 * torch.randn(8, 2, K, generator=random)).softmax(2)
    tau = torch.rand(8, 2, generator=random)
    given_labels, before = torch.randint(0, K, (2, 8), generator=random)
    own = p.gather(2, given_labels[:, None, None].expand(-1, 2, 1))[..., 0]
    best = p.mean(1).max(1)
    sets = divided(own, tau, best.values, margin)
    labels = labels_of(sets, given_labels, best.indices, before)
    for i in range(8):
        y = int(given_labels[i])
        beats = [float(p[i, v, y]) > float(tau[i, v]) for v in range(2)]
        mean = [float(p[i, 0, k] + p[i, 1, k]) / 2 for k in range(K)]
        surer = max(mean) > min(float(tau[i].mean()) + margin, 0.99)
        expected = [all(beats), sum(beats) == 1, surer and not any(beats)]
        assert [bool(each[i]) for each in sets] == expected
        if expected[CLEAN] or expected[HARD]:
            assert labels[i] == y
        else:
            assert labels[i] == (mean.index(max(mean)) if expected[CORRECTED] else before[i])
    assert torch.stack(sets).sum(0).max() <= 1


def test_probabilities_are_those_of_the_training_forward():
    method = disc()
    epochs_of(method, 1)
    p = torch.stack([table(0, 2).softmax(1), table(1, 2).softmax(1)], 1)
    torch.testing.assert_close(method.own, p[range(6), :, LABELS])
    torch.testing.assert_close(method.largest, p.max(2).values)
    torch.testing.assert_close(method.best, p.mean(1).max(1).values)
    assert method.predicted.equal(p.mean(1).argmax(1))


@pytest.mark.parametrize("memory", [0.0, 0.7, 1.0])
def test_thresholds_follow_the_largest_probability_after_the_sets_are_made(memory):
    method = disc(memory=memory)
    largest = torch.stack([table(0, 2).softmax(1), table(1, 2).softmax(1)], 1).max(2).values
    tau = torch.full((6, 2), 1 / 6)
    for count in range(1, 4):
        before = method.threshold.clone()
        epochs_of(method, 1)
        own = method.own > before
        assert method.sets[:, CLEAN].equal(own.all(1)), count
        margins = (method.own - before).max(1).values
        torch.testing.assert_close(method.scores, (1 + margins) / 2)
        tau = memory * tau + (1 - memory) * largest
        torch.testing.assert_close(method.threshold, tau)


def test_without_memory_a_label_is_clean_where_it_is_predicted_ever_more_surely():
    method = disc(memory=0.0)
    epochs_of(method, 1)
    with torch.no_grad():
        method.network.table.mul_(1.5)
    predicted = LABELS[:, None] == method.network.table.argmax(1).view(2, 6).T
    epochs_of(method, 1)
    assert method.sets[predicted.all(1), CLEAN].all()
    assert predicted.all(1).any()


def test_the_score_parts_those_that_learn_their_label():
    method = disc(memory=0.5)
    epochs_of(method, 2)
    said = method.clean_scores(epoch_of(method))
    assert said.selection.equal(method.sets[:, [CLEAN, HARD]].any(1))
    assert said.threshold == 0.5
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


# --- a step -------------------------------------------------------------------------------------


def selection_step(method, **changes):
    count = int(method.sets.any(1).sum())
    return replace(step_of(method), selected=count, **changes)


def test_each_set_has_its_loss(monkeypatch):
    shares, orders = iter([0.6, 0.8]), iter([[2, 0, 1, 3], [1, 0, 3, 2]])
    monkeypatch.setattr(module, "folded_share", lambda *_: torch.tensor(next(shares)))
    monkeypatch.setattr(module, "drawn_order", lambda *_: torch.tensor(next(orders)))
    monkeypatch.setattr(module, "pairs", lambda rows, share, order: rows[order])
    method = disc(hard_weight=0.5)
    clean, hard, corrected = [0, 3], [2], [5]
    for column, rows in enumerate((clean, hard, corrected)):
        method.sets[rows, column] = True
    method.labels[5] = 1
    output = method.training_step(selection_step(method))
    p = [table(seed, 2).double().softmax(1) for seed in (0, 1)]
    expected = {
        "clean": sum(-p[v][i, LABELS[i]].log() for v in range(2) for i in clean) / 6,
        "hard": 0.5 * sum((1 - p[v][2, 2] ** 0.7) / 0.7 for v in range(2)) / 6,
    }
    rows, learned = [0, 2, 3, 5], [0, 2, 0, 1]
    for v, (name, share, order) in enumerate(
        (("weak", 0.6, [2, 0, 1, 3]), ("strong", 0.8, [1, 0, 3, 2]))
    ):
        each = []
        for at, j in enumerate(order):
            log_p = p[v][rows[j]].log()  # images are not mixed here, but exchanged
            each.append(-share * log_p[learned[at]] - (1 - share) * log_p[learned[j]])
        expected[f"mixed_{name}"] = sum(each) / 4
    assert set(output.losses) == set(expected)
    for name, value in expected.items():
        torch.testing.assert_close(output.losses[name].double(), value, **CLOSE)
    shown = output.shown["network"]
    assert shown.selected.nonzero()[:, 0].tolist() == [0, 2, 3]
    assert shown.logits.equal(method.network.table[:6])
    assert shown.inferred_labels.equal(method.labels)
    pull = grad(output.losses["hard"], method.network)[2].double()
    q = p[0][2]
    slope = 0.5 / 6 * q[2] ** 0.7 * (q - torch.tensor([0.0, 0, 1]))
    torch.testing.assert_close(pull, slope, **CLOSE)


def test_hard_samples_without_weight_pull_nothing():
    method = disc(hard_weight=0.0)
    method.sets[2, HARD] = True
    output = method.training_step(selection_step(method))
    assert set(output.losses) == {"clean", "hard"}, "a single row is not mixed"
    assert grad(sum(output.losses.values()), method.network).eq(0).all()


def test_nobody_in_a_set_is_no_step():
    method = disc()
    passes = next(method.passes(epoch_of(method)))
    assert passes[0].selected.eq(False).all()
    output = method.training_step(selection_step(method))
    assert output.losses == {}
    assert output.shown["network"].logits.requires_grad


def test_the_warm_up_is_cross_entropy_on_both_views():
    method = disc()
    (stream,) = next(method.passes(epoch_of(method, "warm-up")))
    assert (stream.views, stream.selected) == (("weak", "strong"), None)
    output = method.training_step(step_of(method, "warm-up"))
    p = [table(seed, 2).double().softmax(1) for seed in (0, 1)]
    expected = -sum(view[range(6), LABELS].log().mean() for view in p)
    torch.testing.assert_close(output.losses["cross_entropy"].double(), expected, **CLOSE)
    assert output.shown["network"].selected.all()


def test_both_views_go_through_the_network_at_once():
    method, seen = disc(), []
    method.network.register_forward_pre_hook(lambda _, args: seen.append(len(args[0])))
    method.training_step(step_of(method, "warm-up"))
    assert seen == [12]


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_the_network_is_certain(classes):
    labels = torch.arange(6) % classes
    method = made("disc", labels, classes)
    sure = 1e4 * torch.nn.functional.one_hot(labels, classes).float()
    method.network = Says(-sure, sure)
    method.sets[:3, CLEAN] = method.sets[3:, HARD] = True
    total = sum(method.training_step(selection_step(method)).losses.values())
    assert total.isfinite()
    assert grad(total, method.network).isfinite().all()


# --- schedule -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("preset", "memory"), [(None, 0.95), ("cifar-symmetric", 0.99)])
def test_presets_have_the_values_of_the_released_code(preset, memory):
    chosen = registered("disc").preset("cifar10", preset)
    settings, recipe = DISCSettings(**chosen.settings), Recipe(**chosen.recipe)
    assert (settings.memory, settings.hard_weight) == (memory, 1)
    warm, late = DISC.schedule(settings, recipe)
    assert (warm.epochs, late.epochs) == (20, 180)
    plan = late.optimisers["network"]
    assert (plan.kind, plan.momentum, plan.weight_decay) == ("sgd", 0, 1e-3)
    for epoch, expected in ((20, 0.1), (79, 0.1), (80, 0.01), (160, 0.001)):
        rate = value_at(plan.learning_rate, (epoch - 20) / 180)
        assert rate == pytest.approx(expected)


def test_at_80_percent_noise_it_is_adam_whose_rate_falls_late():
    chosen = registered("disc").preset("cifar10", "cifar-80")
    settings, recipe = DISCSettings(**chosen.settings), Recipe(**chosen.recipe)
    plan = DISC.schedule(settings, recipe)[1].optimisers["network"]
    assert plan.kind == "adam"
    for epoch, rate, beta in (
        (20, 1e-3, 0.9),
        (119, 1e-3, 0.9),
        (120, 1e-3, 0.1),
        (160, 5e-4, 0.1),
    ):
        share = (epoch - 20) / 180
        assert value_at(plan.learning_rate, share) == pytest.approx(rate)
        assert value_at(plan.beta_1, share) == pytest.approx(beta)


def test_adam_trains_too(blobs):
    trainer = trainer_of("disc", blobs, 3, optimiser="adam", learning_rate=0.01)
    assert all(snapshot.record.learning_rates["network"] <= 0.01 for snapshot in trainer)
