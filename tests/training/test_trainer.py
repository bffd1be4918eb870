"""Each part of the engine's interface, exercised by small methods made for it."""

import copy

import pytest
import torch
from torch import nn

from lnl.errors import BadInput, RunFailed
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, Shown, StepOutput, Stream
from lnl.methods.schedule import OptimiserPlan, StagePlan, scale
from lnl.methods.settings import MethodSettings
from lnl.networks import Dropout
from lnl.shapes import Oracle
from lnl.training import Plan, Stopped, Trainer, make_method
from lnl.training.placement import place
from lnl.training.randomness import initialising
from tests.support.trainers import scalars

CPU = place("cpu", "float32", threads=1)


class Probe(Method):
    """Two networks, a trained per-sample table, two streams, two passes, three stages, dropout."""

    def build(self):
        self.network_1 = self.new_network()
        self.network_2 = self.new_network()
        self.average = self.new_network()
        self.dropout = Dropout(0.5)
        self.table = nn.Parameter(torch.zeros(self.spec.num_train, self.spec.num_classes))
        self.seen = self.per_sample(fill=-1.0)
        self.views_seen = nn.Buffer(torch.zeros((), dtype=torch.long))

    @classmethod
    def schedule(cls, settings, recipe):
        both = OptimiserPlan(("network_1", "network_2"), 0.05, momentum=0.9)
        table = OptimiserPlan(("table",), 0.1, momentum=0.0)
        again = OptimiserPlan(("network_1", "network_2"), 0.01, kind="adam")
        return [
            StagePlan("one", 2, {"networks": both}),
            StagePlan("two", 2, {"networks": both, "table": table}, restart=("network_2",)),
            StagePlan("three", 2, {"networks": again}),
        ]

    def passes(self, epoch):
        if epoch.epoch:
            self.seen.copy_(epoch.predictions(self.network_1).confidence)
            weak = epoch.predictions(self.network_2, view="weak", draws=2)
            self.views_seen.add_((weak.probabilities.sum() > 0).long())
        half = torch.arange(self.spec.num_train // 2)
        yield (Stream(("weak", "strong_on_first")), Stream(("plain",), index=half, batch_size=20))
        self.views_seen.add_(1)
        yield (Stream(index=half.flip(0), batch_size=16, drop_last=True),)

    def training_step(self, step):
        batch = step.batches[-1]
        first = self.network_1(step.batch.images)
        logits = self.dropout(first.features) @ self.network_1.head.weight.T
        noise = torch.rand(logits.shape, generator=step.random("jitter"))
        losses = {
            "network_1.ce": nn.functional.cross_entropy(
                logits + 0.1 * noise, step.batch.given_labels
            )
        }
        if step.stage.name == "two":
            soft = self.table[batch.index].softmax(1)
            second = self.network_2(batch.images).logits
            losses["network_2.soft"] = -(soft * second.log_softmax(1)).sum(1).mean()
        shown = Shown(first.logits, step.batch.given_labels, step.batch.index)
        return StepOutput(losses, {"network_1": shown})

    def after_step(self, step):
        with torch.no_grad():
            for slow, fast in zip(
                self.average.parameters(), self.network_1.parameters(), strict=True
            ):
                slow.lerp_(fast, 0.5)

    def predictors(self):
        return self.network_1, self.network_2

    def clean_scores(self, epoch):
        scores = epoch.predictions(self.network_1).confidence
        return CleanScores(scores, scores > 0.3, 0.3)

    def sample_values(self, epoch):
        return {"seen": self.seen}


def make(cls, data, seed=0, epochs=None):
    settings = MethodSettings()
    plan = scale(cls.schedule(settings, data.recipe), epochs)
    with initialising(seed, "weights"):
        return cls(data.spec, settings, data.given_labels, data.oracle, plan)


def trainer_of(cls, data, epochs=None, seed=0, every=1):
    return Trainer(make(cls, data, seed, epochs), data, Plan(seed, 32, CPU, every))


def state(trainer):
    return {k: v.clone() for k, v in trainer.method.state_dict().items()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def numbers(snapshot):
    """A record without its clock."""
    return scalars(snapshot), snapshot.record.histograms()


def reloaded(trainer):
    """The checkpoint as a file would give it back."""
    return copy.deepcopy(trainer.checkpoint())


def test_same_seed_same_records_and_other_seed_others(blobs):
    runs = [[numbers(s) for s in trainer_of(Probe, blobs, seed=seed)] for seed in (0, 0, 1)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_records_tell_their_stage_and_terms(blobs):
    records = [s.record for s in trainer_of(Probe, blobs)]
    assert [r.stage for r in records] == ["one", "one", "two", "two", "three", "three"]
    assert [r.epoch for r in records] == [1, 2, 3, 4, 5, 6]
    assert set(records[0].losses) == {"network_1.ce"}
    assert set(records[2].losses) == {"network_1.ce", "network_2.soft"}
    assert set(records[0].confidence) == {"mean", "network_1", "network_2"}
    assert records[0].reading == "clean_scores"
    counts = sum(c.sum() for c in records[0].confidence["mean"].values())
    assert counts == len(blobs.given_labels)


@pytest.mark.parametrize("at", range(1, 6))
def test_resume_at_every_epochs_end_is_exact(blobs, at):
    whole = trainer_of(Probe, blobs)
    expected = [numbers(snapshot) for snapshot in whole]
    first = trainer_of(Probe, blobs)
    for _ in range(at):
        next(first)
    second = trainer_of(Probe, blobs, seed=0)
    second.restore(reloaded(first))
    assert [numbers(snapshot) for snapshot in second] == expected[at:]
    assert same(state(whole), state(second))


@pytest.mark.parametrize("at", range(6))
def test_a_stop_inside_an_epoch_drops_it_and_nothing_else(blobs, at):
    whole = trainer_of(Probe, blobs)
    expected = [numbers(snapshot) for snapshot in whole]
    broken = trainer_of(Probe, blobs)
    saved = None
    for _ in range(at):
        next(broken)
        saved = reloaded(broken)
    steps = iter(range(100))
    broken.should_stop = lambda: next(steps) == 2
    with pytest.raises(Stopped):
        next(broken)
    again = trainer_of(Probe, blobs)
    if saved:
        again.restore(saved)
    assert [numbers(snapshot) for snapshot in again] == expected[at:]


def test_diagnostics_change_no_bit(blobs):
    plain = trainer_of(Probe, blobs)
    watched = trainer_of(Probe, blobs)
    last = list(plain)[-1]

    def disturb(heartbeat):
        torch.rand(7)
        watched._evaluator.predictions(watched.method.network_2)

    watched.on_batch = disturb
    assert numbers(list(watched)[-1]) == numbers(last)
    assert same(state(plain), state(watched))


def test_evaluating_less_often_trains_the_same(blobs):
    every, third = trainer_of(Probe, blobs), trainer_of(Probe, blobs, every=4)
    list(every)
    records = [s.record for s in third]
    assert [r.evaluated for r in records] == [False, False, False, True, False, True]
    assert records[0].test_accuracy is None
    assert same(state(every), state(third))


def test_restart_gives_new_weights_once_and_only_to_its_module(blobs):
    trainer = trainer_of(Probe, blobs)
    next(trainer), next(trainer)
    before = state(trainer)
    trainer._enter(1)
    after = state(trainer)
    changed = {k for k in before if not torch.equal(before[k], after[k])}
    assert changed
    assert all(k.startswith("network_2.") for k in changed)
    assert next(trainer).record.stage == "two"


def test_a_network_without_gradient_is_not_moved(blobs):
    trainer = trainer_of(Probe, blobs)
    before = state(trainer)
    next(trainer)
    after = state(trainer)
    weights = [k for k in before if k.startswith("network_2.") and "num_batches" not in k]
    assert all(torch.equal(before[k], after[k]) for k in weights)


def test_the_rest_of_one_row_joins_the_batch_before(blobs):
    passes = trainer_of(Probe, blobs)._passes()
    for rows, sizes in ((33, [33]), (34, [32, 2]), (1, [1]), (64, [32, 32]), (65, [32, 33])):
        cut = passes.cut(Stream(index=torch.arange(rows)), (0,))
        assert [len(c) for c in cut] == sizes
        assert torch.cat(cut).sort().values.equal(torch.arange(rows))
    assert [len(c) for c in passes.cut(Stream(index=torch.arange(40), drop_last=True), (0,))] == [
        32
    ]


class EmptyStreams(Probe):
    def passes(self, epoch):
        none = torch.empty(0, dtype=torch.long)
        yield (Stream(index=none), Stream())  # no rows: no steps
        yield (Stream(), Stream(index=none))  # batches of no rows

    def training_step(self, step):
        assert len(step.batches[1].index) == 0
        assert step.pass_index == 1
        return StepOutput({})


def test_streams_without_rows_and_steps_without_terms(blobs):
    trainer = trainer_of(EmptyStreams, blobs)
    before = {k: v for k, v in state(trainer).items() if "network_1" in k}
    record = next(trainer).record
    assert record.losses == {}
    assert all(torch.equal(v, state(trainer)[k]) for k, v in before.items())


class Breaking(Probe):
    def training_step(self, step):
        output = super().training_step(step)
        if step.epoch == 1 and step.pass_index == 0:
            return StepOutput({**output.losses, "bad": output.losses["network_1.ce"] * torch.inf})
        return output


def test_a_loss_that_is_not_finite_names_term_stage_epoch_and_batch(blobs):
    trainer = trainer_of(Breaking, blobs)
    next(trainer)
    good = reloaded(trainer)
    with pytest.raises(RunFailed, match=r"term 'bad' is inf in stage one, epoch 2, batch 1 of 6"):
        next(trainer)
    assert good["epoch"] == trainer.finished == 1


class Greedy(Probe):
    def training_step(self, step):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB")


def test_no_memory_left_says_what_to_lower(blobs):
    with pytest.raises(RunFailed, match=r"Lower the batch size \(now 32\)"):
        next(trainer_of(Greedy, blobs))


class WithoutGradient(Probe):
    def training_step(self, step):
        output = super().training_step(step)
        shown = output.shown["network_1"]
        hidden = Shown(shown.logits.detach(), shown.given_labels, shown.index)
        return StepOutput(output.losses, {"network_1": hidden})


def test_shown_logits_must_carry_gradient(blobs):
    with pytest.raises(TypeError, match="without gradient"):
        next(trainer_of(WithoutGradient, blobs))


class BareTensor(Probe):
    def build(self):
        self.table = torch.zeros(3)


class LateAttribute(Probe):
    def training_step(self, step):
        self.steps_so_far = 1
        return StepOutput({})


def test_state_that_a_resume_would_lose_is_refused(blobs):
    with pytest.raises(AttributeError, match="bare tensor"):
        make(BareTensor, blobs)
    with pytest.raises(AttributeError, match="set after build"):
        next(trainer_of(LateAttribute, blobs))


class Peeking(Probe):
    def training_step(self, step):
        self.oracle.noise_rate  # noqa: B018
        return StepOutput({})


class Declared(Peeking):
    needs = frozenset({"noise_rate"})


def test_oracle_knowledge_must_be_declared(blobs):
    with pytest.raises(AttributeError, match="does not declare it"):
        next(trainer_of(Peeking, blobs))
    next(trainer_of(Declared, blobs))
    unknown = Declared(
        blobs.spec,
        MethodSettings(),
        blobs.given_labels,
        Oracle(None, None, None),
        [StagePlan("train", 1)],
    )
    with pytest.raises(BadInput, match="unknown here"):
        next(Trainer(unknown, blobs, Plan(0, 32, CPU)))


def test_progress_is_exact_and_each_pass_crosses_it(blobs):
    seen = []

    class Watching(Probe):
        def training_step(self, step):
            seen.append((step.epoch, step.pass_index, step.progress))
            return super().training_step(step)

    next(trainer_of(Watching, blobs))
    assert [s[2] for s in seen if s[1] == 0] == pytest.approx([0, 1 / 6, 2 / 6])
    assert [s[2] for s in seen if s[1] == 1] == pytest.approx([0, 1 / 6, 2 / 6])


def test_predictions_are_computed_once_until_weights_change(blobs):
    trainer = trainer_of(Probe, blobs)
    next(trainer)
    network = trainer.method.network_1
    first = trainer._evaluator.predictions(network)
    assert trainer._evaluator.predictions(network) is first
    with torch.no_grad():
        next(network.parameters()).add_(0.1)
    assert trainer._evaluator.predictions(network) is not first
    features = first.features
    assert features.shape == (len(blobs.given_labels), network.feature_size)


def test_one_seed_gives_all_methods_the_same_first_weights_and_batches(blobs):
    first, second = (make_method(name, blobs, seed=3) for name in ("ce", "nl"))
    assert same(first.network.state_dict(), second.network.state_dict())
    assert not same(
        first.network.state_dict(), make_method("ce", blobs, seed=4).network.state_dict()
    )


def test_making_a_method_leaves_the_global_generator_alone(blobs):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    make_method("ce", blobs, seed=7)
    assert torch.rand(3).equal(expected)
