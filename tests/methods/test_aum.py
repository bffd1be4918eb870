"""AUM against the paper: margins, the cut of threshold samples, two runs, the network kept for."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lnl.methods.aum.margins import cut, margin, verdict
from lnl.methods.aum.method import RUNS
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
LOGITS = 2 * torch.randn(8, K, generator=torch.Generator().manual_seed(0))


# --- margins ------------------------------------------------------------------------------------


def slow_margin(row, label):
    return row[label] - max(value for k, value in enumerate(row) if k != label)


def test_the_margin_is_over_the_largest_other_logit():
    expected = [slow_margin(r, y) for r, y in zip(LOGITS.tolist(), LABELS.tolist(), strict=True)]
    assert margin(LOGITS, LABELS).tolist() == pytest.approx(expected, abs=1e-6)


@given(st.floats(-50, 50), st.floats(0.1, 10))
def test_a_constant_on_a_row_changes_nothing_and_a_scale_scales(shift, scale):
    found = margin(LOGITS, LABELS)
    torch.testing.assert_close(margin(LOGITS + shift, LABELS), found, atol=1e-4, rtol=0)
    torch.testing.assert_close(margin(scale * LOGITS, LABELS), scale * found, atol=1e-4, rtol=0)


# --- the verdict --------------------------------------------------------------------------------


def test_the_cut_is_the_percentile_of_the_runs_own_threshold_samples():
    areas = torch.tensor([5.0, -1.0, 0.5, 2.0, 9.0], dtype=torch.float64)
    role = torch.tensor([0, 0, 0, 1, -1])
    expected = np.percentile([5.0, -1.0, 0.5], 99)
    assert float(cut(areas, role, 0, 0.99)) == pytest.approx(expected)
    assert float(cut(areas, role, 1, 0.99)) == 2.0
    assert float(cut(areas, role, 2, 0.99)) == -np.inf


def test_dropped_is_what_every_run_drops_in_which_it_was_real():
    # Cuts: 1 in the first run (sample 0), 2 in the second (sample 1).
    areas = torch.tensor([[1.0, 1.9], [3.0, 2.0], [0.9, 1.9], [0.9, 2.5], [1.0, 0.0], [0.0, 2.0]])
    role = torch.tensor([0, 1, -1, -1, -1, -1])
    found = verdict(areas, torch.ones(6, 2), role, 0.99)
    assert found.kept.tolist() == [False, True, False, True, True, True]
    distance = torch.tensor([-0.1, 2.0, -0.1, 0.5, 0.0, 0.0])
    expected = [0.5 * (1 + d / (1 + abs(d))) for d in distance.tolist()]
    assert found.scores.tolist() == pytest.approx(expected, abs=1e-6)
    assert (found.scores >= 0.5).equal(found.kept)


def test_what_was_no_real_sample_yet_is_kept_and_in_between():
    areas = torch.tensor([[4.0, 0.0], [3.0, 0.0], [5.0, 0.0]])
    visits = torch.tensor([[2.0, 0.0]]).repeat(3, 1)
    found = verdict(areas, visits, torch.tensor([0, 1, -1]), 0.99)
    assert found.kept.tolist() == [True, False, True]
    assert found.scores.tolist() == pytest.approx([0.5, 0.25, 0.75])


def test_without_threshold_samples_all_are_kept():
    found = verdict(torch.tensor([[-9.0, 3.0]]), torch.ones(1, 2), torch.tensor([-1]), 0.99)
    assert found.kept.all()
    assert found.scores.isfinite().all()


# --- the runs -----------------------------------------------------------------------------------


def measuring(stage=RUNS[0]):
    """Samples 6 and 7 stand for the threshold, one in each run."""
    method = made("aum", LABELS, K)
    method.role[6], method.role[7] = 0, 1
    method.network = Says(LOGITS)
    method.made_up = nn.Linear(K, 1)
    return method, step_of(method, stage)


def with_made_up(method):
    return torch.cat([LOGITS, method.made_up(LOGITS).detach()], 1)


@pytest.mark.parametrize(("stage", "threshold"), [(RUNS[0], 6), (RUNS[1], 7)])
def test_a_step_learns_the_made_up_class_for_the_runs_threshold_samples(stage, threshold):
    method, step = measuring(stage)
    labels = LABELS.clone()
    labels[threshold] = K
    output = method.training_step(step)
    logits = with_made_up(method)
    expected = F.cross_entropy(logits, labels)
    torch.testing.assert_close(output.losses["cross_entropy"], expected)
    run = RUNS.index(stage)
    slow = [slow_margin(r, y) for r, y in zip(logits.tolist(), labels.tolist(), strict=True)]
    assert method.sums[:, run].tolist() == pytest.approx(slow, abs=1e-5)
    assert method.sums[:, 1 - run].eq(0).all()
    assert output.shown["network"].selected.all()


def test_the_area_is_the_mean_over_the_visits_of_a_run():
    method, _ = measuring()
    first = with_made_up(method)
    method.training_step(step_of(method, RUNS[0], rows=[0, 1, 2]))
    with torch.no_grad():
        method.made_up.bias += 3
    second = with_made_up(method)
    method.training_step(step_of(method, RUNS[0], rows=[0, 1]))
    mean = [
        (slow_margin(a, y) + slow_margin(b, y)) / 2
        for a, b, y in zip(first.tolist(), second.tolist(), LABELS.tolist(), strict=True)
    ]
    found = method._areas()[:, 0].tolist()
    assert found[:2] == pytest.approx(mean[:2], abs=1e-5)
    assert found[2] == pytest.approx(slow_margin(first[2].tolist(), 2), abs=1e-5)
    assert found[3:] == [0.0] * 5


@pytest.mark.parametrize(("count", "classes", "size"), [(60, 3, 15), (101, 100, 1), (5, 10, 1)])
def test_each_run_has_threshold_samples_of_its_own(count, classes, size):
    method = made("aum", torch.arange(count) % classes, classes)
    (stream,) = enter(method, RUNS[0])
    assert stream.batch_size == 64
    assert stream.index is None
    assert [(method.role == run).sum() for run in (0, 1)] == [size, size]
    before = method.role.clone()
    enter(method, RUNS[1], epoch=3)
    assert method.role.equal(before)


# --- the last network ---------------------------------------------------------------------------


def test_the_last_network_learns_the_kept_with_its_own_logits():
    method, _ = measuring()
    method.kept.copy_(torch.tensor([True] * 5 + [False] * 3))
    kept, others = enter(method, "final")
    assert kept.index.tolist() == [0, 1, 2, 3, 4]
    assert others.index.tolist() == [5, 6, 7]
    output = method.training_step(step_of(method, "final", rows=kept.index.tolist()))
    found = grad(output.losses["cross_entropy"], method.network)
    expected = (LOGITS.softmax(1) - F.one_hot(LABELS, K)) / 5
    torch.testing.assert_close(found[:5], expected[:5])
    assert found[5:].eq(0).all()
    assert method.sums.eq(0).all()


@pytest.mark.parametrize("kept", [0, 1])
def test_where_next_to_nothing_is_kept_all_are_learned(kept):
    method, _ = measuring()
    method.kept.copy_(torch.arange(8) < kept)
    (stream,) = enter(method, "final")
    assert stream.index is None


def test_the_rate_falls_in_the_last_stage_only():
    cls = registered("aum").cls
    recipe = Recipe("tiny", 4, milestones=(0.5, 0.75))
    first, second, final = cls.schedule(cls.Settings(), recipe)
    assert [stage.epochs for stage in (first, second, final)] == [150, 150, 300]
    for stage in (first, second):
        assert stage.optimisers["network"].learning_rate == 0.1
        assert stage.restart == ("network", "made_up")
    rate = final.optimisers["network"].learning_rate
    assert [value_at(rate, p) for p in (0.4, 0.5, 0.75)] == pytest.approx([0.1, 0.01, 0.001])
    assert final.restart == ("network",)


def test_it_finds_the_wrong_labels_and_the_made_up_class_is_hardly_predicted(blobs):
    trainer = trainer_of("aum", blobs, measuring_epochs=15, final_epochs=1)
    records = [next(trainer).record for _ in range(30)]
    assert records[-1].detection.average_precision > 0.8
    method = trainer.method.eval()
    assert method.visits.eq(15).all()
    with torch.no_grad():
        output = method.network(
            next(trainer._evaluator.train.in_order([range(len(blobs.given_labels))]))
        )
    real = method.role != 1
    made_up = method.made_up(output.features)[:, 0] > output.logits.max(1).values
    assert made_up[real].float().mean() <= 0.01
    kept = method.kept.clone()
    assert next(trainer).record.estimated_noise_rate == records[-1].estimated_noise_rate
    assert method.kept.equal(kept)
    found = method.clean_scores(epoch_of(method))
    assert found.selection.equal(kept)
    assert found.threshold == 0.5
