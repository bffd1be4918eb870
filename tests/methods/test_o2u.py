"""O2U-Net against the paper: the swings, what losses add up to, and who is dropped."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.o2u.method import O2U, O2USettings, swings
from lnl.methods.registry import registered
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
LOGITS = 2 * torch.randn(8, K, generator=torch.Generator().manual_seed(0))
SET = {"rate_from": "set", "noise_rate": 0.25}


def o2u(logits=LOGITS, **chosen):
    method = made("o2u", LABELS, K, **{**SET, **chosen})
    method.network = Says(logits)
    return method


def swung(method, *tables):
    """Epochs of swings in which the network says each of the tables."""
    for epoch, table in enumerate(tables):
        method.network = Says(table)
        passes = method.passes(epoch_of(method, "swings", epoch))
        (stream,) = next(passes)
        for rows in ([0, 3, 5], [7, 1, 2], [4, 6]):
            method.training_step(step_of(method, "swings", rows=rows, epoch=epoch))
        assert next(passes, None) is None
        yield stream


def ce(logits):
    return F.cross_entropy(logits.double(), LABELS, reduction="none")


def epochs_of(settings, total):
    rate = swings(settings)
    return [rate(epoch / total) for epoch in range(total)]


def test_the_swings_are_those_of_the_paper():
    settings = O2USettings()
    expected = []
    for e in range(1, 251):  # the paper's formula, in its epochs
        s = (1 + (e - 1) % 10) / 10
        expected.append((1 - s) * 0.01 + s * 0.001)
    assert epochs_of(settings, 250) == pytest.approx(expected)
    assert expected[:10] == pytest.approx([0.0091 - 0.0009 * k for k in range(10)])


@given(swing=st.integers(1, 20), count=st.integers(1, 60), total=st.integers(1, 90))
def test_at_any_length_a_rate_lies_between_the_two(swing, count, total):
    settings = O2USettings(swing=swing, swing_epochs=count, lower_rate=0.0)
    rates = epochs_of(settings, total)
    assert all(-1e-12 <= rate < 0.01 for rate in rates)
    if total == swing * max(1, round(count / swing)):
        assert sum(b > a for a, b in pairwise(rates)) == (total // swing - 1) * (swing > 1)


def test_losses_less_their_mean_are_added_up_and_the_largest_dropped():
    tables = [LOGITS, LOGITS.flip(0), 3 * LOGITS.roll(1, 1)]
    method = o2u()
    expected = torch.zeros(8, dtype=torch.float64)
    for at, stream in enumerate(swung(method, *tables)):
        assert stream.batch_size == 16
        assert stream.index is None
        expected += ce(tables[at]) - ce(tables[at]).mean()
        torch.testing.assert_close(method.sums, expected, atol=1e-5, rtol=0)
        assert abs(float(method.sums.sum())) < 1e-5
    dropped = expected.argsort(descending=True)[:2]
    assert (~method.kept).nonzero()[:, 0].tolist() == sorted(dropped.tolist())
    ((stream, rest),) = method.passes(epoch_of(method, "clean"))
    assert stream.index.tolist() == method.kept.nonzero()[:, 0].tolist()
    assert rest.index.tolist() == sorted(dropped.tolist())


def test_at_equal_losses_the_sum_is_the_number_of_epochs_times_one():
    method = o2u()
    list(swung(method, LOGITS, LOGITS, LOGITS))
    expected = 3 * (ce(LOGITS) - ce(LOGITS).mean())
    torch.testing.assert_close(method.sums, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.125, 0.5, 0.99])
def test_dropped_is_the_rate_rounded_up_and_somebody_stays(rate):
    method = o2u(noise_rate=rate)
    list(swung(method, LOGITS))
    assert int((~method.kept).sum()) == min(7, -(-rate * 8 // 1))


@pytest.mark.parametrize("stage", ["fit", "swings", "clean"])
def test_a_step_is_cross_entropy_on_its_rows(stage):
    method = o2u()
    output = method.training_step(step_of(method, stage, rows=[1, 4, 6]))
    pull = grad(output.losses["cross_entropy"], method.network)
    expected = torch.zeros(8, K)
    rows = torch.tensor([1, 4, 6])
    expected[rows] = (LOGITS.softmax(1) - F.one_hot(LABELS, K))[rows] / 3
    torch.testing.assert_close(pull, expected, atol=1e-6, rtol=1e-5)
    assert output.shown["network"].selected.all()
    assert bool(method.current.any()) == (stage == "swings")


@pytest.mark.parametrize(("rest", "rows"), [([2, 7], 5), ([2], 3), ([], 3)])
def test_a_wrapper_also_sees_the_rows_that_were_dropped(rest, rows):
    method = o2u()
    both = tuple(step_of(method, "clean", rows=each).batch for each in ([1, 4, 6], rest))
    step = replace(step_of(method, "clean"), batches=both, show_filtered=True)
    output = method.training_step(step)
    shown = output.shown["network"]
    seen = [1, 4, 6, *rest][:rows]
    assert shown.index.tolist() == seen
    assert shown.selected.tolist() == [True] * 3 + [False] * (rows - 3)
    torch.testing.assert_close(shown.logits, LOGITS[seen])
    assert grad(shown.logits.sum(), method.network)[seen].eq(1).all()
    expected = ce(LOGITS)[[1, 4, 6]].mean().float()
    torch.testing.assert_close(output.losses["cross_entropy"], expected)


def test_the_score_is_the_rank_of_the_sum():
    method = o2u()
    assert method.clean_scores(epoch_of(method, "fit")) is None
    list(swung(method, LOGITS))
    found = method.clean_scores(epoch_of(method, "swings"))
    order = ce(LOGITS).argsort()
    torch.testing.assert_close(found.scores[order], 1 - torch.arange(8) / 7)
    assert found.selection.equal(method.kept)
    assert found.scores[found.selection].min() > found.scores[~found.selection].max()
    assert method.sample_values(epoch_of(method))["sum_of_losses"].argmax() == order[-1]
    assert float(method.epoch_values(epoch_of(method))["kept"]) == 0.75


def test_without_swings_all_are_kept_and_there_is_no_score():
    method = o2u(swing_epochs=0)
    ((stream, rest),) = method.passes(epoch_of(method, "clean"))
    assert (len(stream.index), len(rest.index)) == (8, 0)
    assert method.clean_scores(epoch_of(method, "clean")) is None


def test_the_rate_can_be_estimated():
    method = o2u(rate_from="estimated")
    surely = 5.0 * F.one_hot(LABELS, K)
    surely[6:] = surely[6:].roll(1, 1)
    list(swung(method, surely))
    assert float(method.noise_rate) == 0.25
    assert method.kept.tolist() == [True] * 6 + [False] * 2
    assert O2U.asks(O2USettings(rate_from="estimated")) == frozenset()
    assert O2U.asks(O2USettings()) == {"noise_rate"}


def test_one_network_fits_and_swings_and_another_one_is_trained_on_the_rest(blobs):
    trainer = trainer_of("o2u", blobs, per_stage=1, **SET)
    weights = [{name: value.clone() for name, value in trainer.method.network.named_parameters()}]
    for _ in trainer:
        weights.append({n: v.clone() for n, v in trainer.method.network.named_parameters()})
    assert [stage.restart for stage in trainer.method.plan] == [(), (), ("network",)]
    assert int((~trainer.method.kept).sum()) == -(-len(blobs.given_labels) // 4)
    assert trainer.method.current.gt(0).all(), "everyone was visited"


def test_presets_have_the_values_of_the_repository():
    chosen = registered("o2u").preset("cifar10", None)
    settings = O2USettings(**chosen.settings)
    stages = O2U.schedule(settings, Recipe(**chosen.recipe))
    assert [(stage.name, stage.epochs) for stage in stages] == [
        ("fit", 250),
        ("swings", 250),
        ("clean", 250),
    ]
    for stage in (stages[0], stages[2]):
        rate = stage.optimisers["network"].learning_rate
        assert [rate(p) for p in (0, 0.24, 0.25, 0.49, 0.5, 0.99)] == pytest.approx(
            [0.01, 0.01, 0.005, 0.005, 0.001, 0.001]
        )
    for stage in stages:
        plan = stage.optimisers["network"]
        assert (plan.momentum, plan.weight_decay) == (0.9, 5e-4)
