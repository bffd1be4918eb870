"""Semi-supervised PES: who is labelled, how a batch is split, its terms, who rests, schedule."""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.parts.freezing import forward_with_fixed
from lnl.methods.pes_semi import method as module
from lnl.methods.pes_semi.method import PESSemi, repeated, split
from lnl.methods.pes_semi.settings import PESSemiSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
CLOSE = {"atol": 1e-6, "rtol": 1e-4}


def table(predicted, seed=0):
    noise = torch.rand(6, K, generator=torch.Generator().manual_seed(seed))
    return noise + 2 * F.one_hot(torch.tensor(predicted), K)


def pes_semi(predicted=(0, 1, 0, 0, 2, 0), **chosen):
    method = made("pes-semi", LABELS, K, freeze_refined=False, **chosen)
    method.network = Says(table(list(predicted)), table(list(predicted), 1))
    return method


def mix_step(method, kept=(0, 1, 3), **changes):
    rest = [i for i in range(6) if i not in kept]
    batches = tuple(step_of(method, "mix", rows).batch for rows in (list(kept), rest))
    return replace(step_of(method, "mix"), batches=batches, **{"progress": 1.0, **changes})


@pytest.fixture
def unmixed(monkeypatch):
    monkeypatch.setattr(module, "folded_share", lambda alpha, random: torch.tensor(1.0))


# --- who is labelled ----------------------------------------------------------------------------


def test_samples_whose_label_is_predicted_are_labelled():
    method = pes_semi()
    labelled, unlabelled = enter(method, "mix")
    assert set(labelled.index.tolist()) == {0, 1, 3}
    assert set(unlabelled.index.tolist()) == {2, 4, 5}
    assert labelled.views == unlabelled.views == ("weak", "weak")
    torch.testing.assert_close(method.class_weights, torch.tensor([0.75, 1.5, 0.0]))
    scores = method.clean_scores(epoch_of(method, "mix"))
    assert scores.selection.tolist() == [True, True, False, True, False, False]
    assert float(method.epoch_values(epoch_of(method, "mix"))["labelled_share"]) == 0.5


def test_no_class_weighs_more_than_the_limit():
    method = pes_semi(largest_weight=1.25)
    enter(method, "mix")
    torch.testing.assert_close(method.class_weights, torch.tensor([0.75, 1.25, 0.0]))


@pytest.mark.parametrize("predicted", [LABELS, (LABELS + 1) % K])
def test_everyone_or_nobody_labelled_is_cross_entropy_on_all(predicted):
    method = pes_semi(predicted.tolist())
    (only,) = enter(method, "mix")
    assert only.index is None
    loss = method.training_step(step_of(method, "mix")).losses["cross_entropy"]
    torch.testing.assert_close(loss, F.cross_entropy(method.network.table[:6], LABELS))


@given(size=st.integers(8, 128), labelled=st.integers(2, 50_000), unlabelled=st.integers(2, 50_000))
def test_a_batch_is_split_in_proportion_with_at_most_half_unlabelled(size, labelled, unlabelled):
    first, second = split(size, labelled, unlabelled)
    assert first + second == size
    assert 2 <= second <= max(2, size // 2)
    share = unlabelled / (labelled + unlabelled)
    if 2 < second < size // 2:
        assert second == int(share * size)


@given(rows=st.integers(2, 20), count=st.integers(1, 90), seed=st.integers(0, 100))
def test_rows_are_cycled_evenly(rows, count, seed):
    index = torch.arange(rows) * 7
    cycled = repeated(index, count, torch.Generator().manual_seed(seed))
    assert len(cycled) == count
    times = Counter(cycled.tolist())
    often = [times[int(i)] for i in index]
    assert max(often) - min(often) <= 1


def test_an_epoch_has_as_many_steps_whatever_the_proportion(blobs):
    trainer = trainer_of("pes-semi", blobs, first_epochs=1, head_epochs=1, mix_epochs=3)
    method, original = trainer.method, trainer.method.training_step
    seen = []

    def step_and_count(step):
        if len(step.batches) > 1:
            seen.append((step.epoch, *(len(batch.index) for batch in step.batches)))
        return original(step)

    object.__setattr__(method, "training_step", step_and_count)
    list(trainer)
    steps = Counter(epoch for epoch, *_ in seen)
    assert steps
    assert set(steps.values()) == {96 // 32}
    assert all(one + two == 32 for _, one, two in seen)


# --- a step -------------------------------------------------------------------------------------


def test_the_terms_are_those_of_the_paper(unmixed):
    method = pes_semi(unlabelled_weight=5.0, ramp=0.5)
    enter(method, "mix")
    output = method.training_step(mix_step(method, progress=0.25))
    assert set(output.losses) == {"labelled", "unlabelled"}
    p = method.network.table.detach().double().softmax(1)
    weights = method.class_weights.double()
    supervised = [
        -weights[LABELS[i]] * p[r, LABELS[i]].log() for i in (0, 1, 3) for r in (i, i + 6)
    ]
    unsupervised = []
    for i in (2, 4, 5):
        target = ((p[i] + p[i + 6]) / 2) ** 2
        target = target / target.sum()
        unsupervised += [(p[r] - target).square().sum() / K for r in (i, i + 6)]
    expected = torch.stack(supervised).mean()
    torch.testing.assert_close(output.losses["labelled"].double(), expected, **CLOSE)
    expected = 5 * 0.5 * torch.stack(unsupervised).mean()
    torch.testing.assert_close(output.losses["unlabelled"].double(), expected, **CLOSE)
    pull = grad(output.losses["labelled"], method.network).double()
    rows = torch.tensor([0, 1, 3])
    gap = weights[LABELS[rows]][:, None] * (p[rows] - F.one_hot(LABELS[rows], K)) / 6
    torch.testing.assert_close(pull[rows], gap, **CLOSE)


def test_mixing_weakens_late_in_the_run(monkeypatch):
    asked = []
    monkeypatch.setattr(
        module, "folded_share", lambda alpha, random: asked.append(alpha) or torch.tensor(1.0)
    )
    method = pes_semi(late_from=0.5)
    for progress in (0.0, 0.49, 0.5, 0.9):
        method.training_step(mix_step(method, progress=progress))
    assert asked == [4.0, 4.0, 0.75, 0.75]


def test_a_wrapper_is_shown_all_rows_unmixed():
    method = pes_semi()
    assert method.training_step(mix_step(method)).shown == {}
    shown = method.training_step(mix_step(method, show_filtered=True)).shown["network"]
    assert shown.index.tolist() == [0, 1, 3, 2, 4, 5]
    assert shown.selected.tolist() == [True] * 3 + [False] * 3
    assert shown.logits.equal(method.network.table[shown.index])


# --- who rests, schedule ------------------------------------------------------------------------


@pytest.mark.parametrize("freeze", [True, False])
def test_layers_rest_in_their_stages_bit_by_bit(blobs, freeze):
    trainer = trainer_of(
        "pes-semi", blobs, first_epochs=1, head_epochs=1, mix_epochs=2, freeze_refined=freeze
    )
    network, moved = trainer.method.network, []
    state = {k: v.detach().clone() for k, v in network.named_parameters()}
    for _ in trainer:
        now = {k: v.detach().clone() for k, v in network.named_parameters()}
        moved.append({k.split(".")[0] for k in now if not now[k].equal(state[k])})
        state = now
    last = {"layers"} if freeze else {"layers", "head"}
    assert moved == [{"layers", "head"}, {"head"}, last, last]


def test_a_fixed_part_gives_the_same_output_and_gets_no_gradient(blobs):
    network = trainer_of("ce", blobs, 1).method.network.eval()
    images = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    output = forward_with_fixed(network, (network.head,), images)
    torch.testing.assert_close(output.logits, network(images).logits)
    output.logits.square().sum().backward()
    assert {n.split(".")[0] for n, p in network.named_parameters() if p.grad is None} == {"head"}


@pytest.mark.parametrize(("dataset", "first", "weight"), [("cifar10", 20, 5), ("cifar100", 35, 75)])
def test_presets_have_the_values_of_the_paper(dataset, first, weight):
    preset = registered("pes-semi").preset(dataset, None)
    settings, recipe = PESSemiSettings(**preset.settings), Recipe(**preset.recipe)
    stages = PESSemi.schedule(settings, recipe)
    assert [stage.epochs for stage in stages] == [first, 5, 300 - first]
    assert settings.unlabelled_weight == weight
    assert settings.ramp * settings.mix_epochs == pytest.approx(16)
    assert first + settings.late_from * settings.mix_epochs == pytest.approx(150)
    rate = stages[2].optimisers["network"].learning_rate
    middle = (0.02 + 2e-4) / 2
    assert value_at(rate, (150 - first) / (300 - first)) == pytest.approx(middle)
    (refining,) = stages[1].optimisers.values()
    assert (refining.kind, refining.learning_rate, refining.parts) == (
        "adam",
        1e-4,
        ("network.head",),
    )
