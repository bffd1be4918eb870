"""What every registered method must keep, whoever wrote it."""

import copy
from contextlib import suppress
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import torch

from lnl.methods.registry import all_methods, registered
from lnl.training import Stopped
from lnl.training.placement import place
from tests.support import trainers

CPU = place("cpu", "float32", threads=1)
NAMES = [entry.name for entry in all_methods()]
BLIND = [entry.name for entry in all_methods() if not entry.cls.needs]
SEVERAL = [entry.name for entry in all_methods() if entry.card.networks > 1]
every_method = pytest.mark.parametrize("name", NAMES)


def trainer_of(name, data, seed=0, per_stage=2):
    return trainers.trainer_of(name, data, per_stage=per_stage, seed=seed)


def numbers(snapshot):
    """A snapshot without its clock."""
    scalars = snapshot.record.scalars()
    for clock in ("seconds", "evaluation_seconds", "images_per_second"):
        del scalars[clock]
    values = {k: v.tobytes() for k, v in snapshot.samples.values.items()}
    matrix = None if snapshot.transition is None else snapshot.transition.tobytes()
    scores = snapshot.samples.clean_score.tobytes()
    return scalars, snapshot.record.histograms(), scores, values, matrix


def state(trainer):
    return {k: v.clone() for k, v in trainer.method.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


@every_method
def test_records_are_sound(name, blobs):
    for snapshot in trainer_of(name, blobs):
        record = snapshot.record
        assert all(np.isfinite(loss) for loss in record.losses.values())
        assert 0 <= record.test_accuracy <= 1
        scores = snapshot.samples.clean_score
        assert scores.shape == (len(blobs.given_labels),)
        assert ((scores >= 0) & (scores <= 1)).all()
        assert record.reading in ("clean_scores", "confidence")
        if record.threshold is not None and record.reading == "confidence":
            assert record.threshold == 0.5
        for values in snapshot.samples.values.values():
            assert values.shape[0] == len(blobs.given_labels)


@every_method
def test_resume_is_exact_at_every_epochs_end_and_after_a_stop_inside(name, blobs):
    whole = trainer_of(name, blobs)
    expected, saved = [], []
    for snapshot in whole:
        expected.append(numbers(snapshot))
        saved.append(copy.deepcopy(whole.checkpoint()))
    for at, checkpoint in enumerate(saved[:-1], start=1):
        again = trainer_of(name, blobs, seed=0)
        again.restore(checkpoint)
        steps = count()
        again.should_stop = lambda steps=steps: next(steps) == 1
        with suppress(Stopped):  # an epoch in which nothing is selected has no steps
            next(again)
        again = trainer_of(name, blobs, seed=0)
        again.restore(checkpoint)
        assert numbers(next(again)) == expected[at]
    assert same(state(again), state(whole))


@every_method
def test_no_step_moves_a_generator_that_others_share(name, blobs):
    trainer = trainer_of(name, blobs)
    before = torch.get_rng_state()
    list(trainer)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("name", BLIND)
def test_methods_do_not_see_true_labels(name, blobs):
    shuffled = replace(blobs, labels=replace(blobs.labels, true=blobs.true_labels.flip(0)))
    one, two = trainer_of(name, blobs), trainer_of(name, shuffled)
    list(one), list(two)
    assert same(state(one), state(two))


@pytest.mark.parametrize("name", SEVERAL)
def test_a_term_moves_only_its_own_network(name, blobs):
    trainer = trainer_of(name, blobs)
    original = trainer.method.training_step
    checked = []

    def step_and_check(step):
        output = original(step)
        for term, loss in output.losses.items():
            own = term.split(".")[0]
            if not own.startswith("network_"):
                continue
            named = trainer.method.named_parameters()
            parameters = {n: p for n, p in named if p.requires_grad}
            grads = torch.autograd.grad(
                loss, parameters.values(), retain_graph=True, allow_unused=True
            )
            reached = {
                n.split(".")[0] for n, g in zip(parameters, grads, strict=True) if g is not None
            }
            reached = {part for part in reached if part.startswith("network_")}
            assert reached == {own}
            checked.append(term)
        return output

    object.__setattr__(trainer.method, "training_step", step_and_check)
    next(trainer)
    assert checked


@every_method
def test_every_setting_is_explained_and_bounded(name):
    entry = registered(name)
    schema = entry.cls.Settings.model_json_schema()
    for field, facts in schema["properties"].items():
        assert facts.get("description"), field
        number = facts.get("type") in ("integer", "number")
        assert not number or {"minimum", "exclusiveMinimum"} & facts.keys(), field


@every_method
def test_learns_64_clean_samples_by_heart(name, clean_blobs):
    trainer = trainers.trainer_of(name, clean_blobs, 60, batch_size=16)
    # ML alone never pushes down again what it once predicted: classes can stay exchanged for ever.
    enough = 0.4 if name == "ml" else 1.0
    assert any(snapshot.record.train_accuracy_given >= enough for snapshot in trainer)
