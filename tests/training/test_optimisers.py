"""The torch optimisers of a stage, and what each plan of the papers needs of them."""

import copy

import pytest
import torch
from torch import nn

from lnl.methods.base import Method
from lnl.methods.interface import StepOutput
from lnl.methods.schedule import Linear, OptimiserPlan, StagePlan, Steps, inside, scale
from lnl.methods.settings import MethodSettings
from lnl.training import Plan, Stopped, Trainer
from lnl.training.optimisers import make_optimiser, optimisers_for, parameters_of, set_values
from lnl.training.placement import place
from lnl.training.randomness import initialising

CPU = place("cpu", "float32", threads=1)


class Holder(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        self.over_u = nn.Parameter(torch.zeros(5))


def test_parts_are_modules_or_parameters_by_dotted_name_and_taken_once():
    holder = Holder()
    first, second = holder.network
    found = parameters_of(holder, ["network.0", "over_u", "network", "network.0.weight"])
    expected = [first.weight, first.bias, holder.over_u, second.weight, second.bias]
    assert [id(p) for p in found] == [id(p) for p in expected]
    assert len(parameters_of(holder, [""])) == 5
    with pytest.raises(AttributeError, match="nothing"):
        parameters_of(holder, ["network.nothing"])


def test_values_are_absolute_and_follow_the_progress():
    holder = Holder()
    plan = OptimiserPlan(("network",), Steps(0.1, (0.5, 0.75), 0.1), momentum=Linear(0.9, 0.1))
    optimiser = make_optimiser(holder, plan)
    rates = [set_values(optimiser, plan, progress) for progress in (0.0, 0.5, 0.75)]
    assert rates == pytest.approx([0.1, 0.01, 0.001])
    assert optimiser.param_groups[0]["momentum"] == pytest.approx(0.3)


@pytest.mark.parametrize("kind", ["adam", "adamw"])
def test_adam_takes_its_betas(kind):
    plan = OptimiserPlan(("network",), 0.1, kind=kind, beta_1=Steps(0.9, (0.4,), 1 / 9))
    optimiser = make_optimiser(Holder(), plan)
    set_values(optimiser, plan, 0.4)
    assert optimiser.param_groups[0]["betas"] == (pytest.approx(0.1), 0.999)
    assert isinstance(optimiser, torch.optim.Adam)


def test_adagrad_takes_rate_and_decay():
    plan = OptimiserPlan(("network",), 0.1, kind="adagrad", weight_decay=0.01)
    optimiser = make_optimiser(Holder(), plan)
    assert set_values(optimiser, plan, 0.0) == 0.1
    assert optimiser.param_groups[0]["weight_decay"] == 0.01


@pytest.mark.parametrize(
    ("changes", "restart", "goes_on"),
    [
        ({"learning_rate": 0.2, "momentum": 0.5}, (), True),
        ({"kind": "adam"}, (), False),
        ({"nesterov": True}, (), False),
        ({"parts": ("network.1",)}, (), False),
        ({}, ("network",), False),
        ({}, ("network.1",), False),
    ],
)
def test_an_optimiser_goes_on_if_kind_flags_and_parts_agree(changes, restart, goes_on):
    holder, same = Holder(), {"parts": ("network",), "learning_rate": 0.1}
    first = StagePlan("a", 1, {"own": OptimiserPlan(**same)})
    second = StagePlan("b", 1, {"own": OptimiserPlan(**{**same, **changes})}, restart=restart)
    running = optimisers_for(holder, first, None, {})
    assert (optimisers_for(holder, second, first, running)["own"] is running["own"]) == goes_on


# --- what the plans of the papers need ------------------------------------------------------------


class Planned(Method):
    """Cross entropy, with a table of soft labels beside the network, by any schedule."""

    stages = ()

    def build(self):
        self.network = self.new_network()
        self.over_u = nn.Parameter(torch.zeros(self.spec.num_train, self.spec.num_classes))

    @classmethod
    def schedule(cls, settings, recipe):
        return cls.stages

    def training_step(self, step):
        batch = step.batch
        logits = self.network(batch.images).logits + self.over_u[batch.index]
        return StepOutput({"ce": nn.functional.cross_entropy(logits, batch.given_labels)})


class Around(Method):
    """A wrapper that adds nothing."""

    def build(self):
        self.base = Planned(self.spec, self.settings, self.given_labels, self._oracle, self.plan)

    @classmethod
    def schedule(cls, settings, recipe):
        return inside("base", Planned.stages)

    def training_step(self, step):
        return self.base.training_step(step)

    def predictors(self):
        return self.base.predictors()


def trainer(data, stages, cls=Planned):
    Planned.stages = stages
    settings = MethodSettings()
    with initialising(0, "weights"):
        plan = scale(cls.schedule(settings, data.recipe), None)
        method = cls(data.spec, settings, data.given_labels, data.oracle, plan)
    return Trainer(method, data, Plan(0, 32, CPU))


def weights(module):
    return {name: p.detach().clone() for name, p in module.named_parameters()}


def moved(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


def sgd(*parts, **more):
    return OptimiserPlan(parts, 0.1, **more)


def test_a_block_is_restarted_and_trained_alone(blobs):  # PES
    whole = StagePlan("all", 1, {"network": sgd("network")})
    head = StagePlan("head", 1, {"head": sgd("network.head")}, restart=("network.last_block",))
    run = trainer(blobs, [whole, head])
    next(run)
    before = weights(run.method.network)
    block = copy.deepcopy(run.method.network.last_block.state_dict())
    next(run)
    changed = moved(before, weights(run.method.network))
    fresh = run.method.network.last_block.state_dict()
    assert any(not torch.equal(block[name], fresh[name]) for name in block)
    names = {name.split(".")[0] for name in changed}
    assert names == {"head", "layers"}, "the block anew, the head trained, nothing else"
    with initialising(0, "restart", 1):
        twin = run.method.twin().network.last_block
    assert all(
        torch.equal(a, b)
        for a, b in zip(twin.parameters(), run.method.network.last_block.parameters(), strict=True)
    ), "nobody trained the block in this stage"


def test_a_parameter_of_each_sample_has_an_optimiser_of_its_own(blobs):  # PENCIL, SOP
    plan = StagePlan("both", 1, {"network": sgd("network"), "over": sgd("over_u", momentum=0.0)})
    run = trainer(blobs, [StagePlan("first", 1, {"network": sgd("network")}), plan])
    next(run)
    assert (run.method.over_u == 0).all(), "a part in no optimiser rests"
    next(run)
    assert (run.method.over_u != 0).any(1).all()


def test_inside_another_a_schedule_trains_to_the_same_numbers(blobs):  # FINE over any
    stages = [
        StagePlan("one", 1, {"network": sgd("network"), "over": sgd("over_u")}),
        StagePlan("two", 1, {"network": sgd("network.head")}, restart=("network.last_block",)),
    ]
    alone, around = trainer(blobs, stages), trainer(blobs, stages, Around)
    assert [s.record.losses for s in alone] == [s.record.losses for s in around]
    assert not moved(weights(alone.method), weights(around.method.base))


def test_gradients_are_clipped_where_the_plan_says_so(blobs):  # APL
    def change(clip_norm):
        plan = sgd("network", "over_u", momentum=0.0, clip_norm=clip_norm)
        run = trainer(blobs, [StagePlan("train", 1, {"all": plan})])
        before = weights(run.method)
        run.should_stop = iter([False, True]).__next__  # one step
        with pytest.raises(Stopped):
            next(run)
        after = weights(run.method)
        return torch.cat([(after[n] - before[n]).flatten() for n in before]).norm().item()

    free = change(None)
    assert change(1e-3) == pytest.approx(0.1 * 1e-3, rel=1e-3)
    assert change(1e6) == pytest.approx(free)
