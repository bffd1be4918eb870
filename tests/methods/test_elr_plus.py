"""ELR+ against the paper: crossed memories, mixed terms, averages, and ELR as a special case."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.elr_plus import method as module
from lnl.methods.elr_plus.method import ELRPlus, ELRPlusSettings, reweighed
from lnl.methods.parts.ema import follow
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.networks import NetworkOutput
from lnl.shapes import Recipe
from tests.support.saying import Says, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
CLOSE = {"atol": 1e-6, "rtol": 1e-4}


class Linear(torch.nn.Module):
    """Logits W x of the number that stands for an image."""

    def __init__(self, seed):
        super().__init__()
        random = torch.Generator().manual_seed(seed)
        self.table = torch.nn.Parameter(torch.randn(1, K, generator=random) / 3)

    def forward(self, images):
        logits = images[:, 0, 0, :1] * self.table
        return NetworkOutput(logits, logits, None)


def elr_plus(**chosen):
    method = made("elr-plus", LABELS, K, **chosen)
    for seed, name in enumerate(("network_1", "network_2", "teacher_1", "teacher_2")):
        setattr(method, name, Linear(seed))
    start = torch.rand(6, 2, K, generator=torch.Generator().manual_seed(9))
    method.targets.copy_(start / start.sum(2, keepdim=True) / 2)
    return method


@pytest.mark.parametrize("own", [0, 1])
@pytest.mark.parametrize("reweigh", [False, True])
def test_the_terms_are_those_of_the_paper(own, reweigh, monkeypatch):
    order, share, strength, memory = [3, 5, 0, 1, 2, 4], 0.7, 3.0, 0.8
    monkeypatch.setattr(module, "folded_share", lambda alpha, random: torch.tensor(share))
    monkeypatch.setattr(module, "drawn_order", lambda count, random: torch.tensor(order))
    method = elr_plus(strength=strength, memory=memory, reweigh=reweigh)
    before = method.targets.clone()
    output = method.training_step(replace(step_of(method), pass_index=own))
    teacher = method.teachers()[1 - own]
    network = method.predictors()[own]
    assert method.targets[:, 1 - own].equal(before[:, 1 - own]), "the other memory rests"

    weight = network.table.detach().double().requires_grad_()
    cross, agreement, memories = [], [], []
    for i in range(6):
        p = (i * teacher.table.detach().double()[0]).softmax(0)
        memories.append(memory * before[i, own].double() + (1 - memory) * p)
    for i, j in enumerate(order):
        p = ((share * i + (1 - share) * j) * weight[0]).softmax(0)
        hot = share * F.one_hot(LABELS[i], K) + (1 - share) * F.one_hot(LABELS[j], K)
        q = share * memories[i] + (1 - share) * memories[j]
        if reweigh:
            hot = hot * q / (hot * q).sum()
        cross.append(-(hot * p.log()).sum())
        agreement.append(strength * (1 - (q * p).sum()).log())
    torch.testing.assert_close(
        method.targets[:, own].double(), torch.stack(memories), atol=1e-4, rtol=1e-3
    )
    name = f"network_{own + 1}"
    for term, slow in (("cross_entropy", cross), ("early_learning", agreement)):
        expected = torch.stack(slow).mean()
        loss = output.losses[f"{name}.{term}"]
        torch.testing.assert_close(loss.double(), expected, atol=1e-3, rtol=1e-3)
        (slope,) = torch.autograd.grad(expected, weight, retain_graph=True)
        torch.testing.assert_close(grad(loss, network).double(), slope, atol=2e-3, rtol=1e-2)


@given(seed=st.integers(0, 1000))
def test_reweighed_labels_stay_among_their_classes_and_sum_to_one(seed):
    random = torch.Generator().manual_seed(seed)
    labels = torch.tensor([[0.7, 0.3, 0.0], [1.0, 0.0, 0.0]])
    q = torch.rand(2, 3, generator=random) + 0.01
    weighted = reweighed(labels, q)
    torch.testing.assert_close(weighted.sum(1), torch.ones(2))
    assert weighted[labels == 0].eq(0).all()
    assert weighted[1].tolist() == [1, 0, 0]
    assert reweighed(labels, torch.zeros(2, 3)).isfinite().all()


def test_unmixed_and_its_own_teacher_it_is_elr():
    chosen = {"strength": 3.0, "memory": 0.7}
    tables = [torch.randn(6, K, generator=torch.Generator().manual_seed(s)) for s in (0, 1)]
    plus, elr = made("elr-plus", LABELS, K, alpha=0.0, **chosen), made("elr", LABELS, K, **chosen)
    plus.network_1, plus.teacher_2 = Says(tables[0]), Says(tables[0])
    elr.network = Says(tables[0])
    for _ in range(3):
        ours, theirs = plus.training_step(step_of(plus)), elr.training_step(step_of(elr))
        for term, value in theirs.losses.items():
            own = ours.losses[f"network_1.{term}"]
            torch.testing.assert_close(own, value)
            torch.testing.assert_close(grad(own, plus.network_1), grad(value, elr.network))
    torch.testing.assert_close(plus.targets[:, 0], elr.targets)


def test_lambda_rises_over_its_share_of_the_run():
    method = elr_plus(strength_ramp=0.5, strength=2.0)
    full = elr_plus(strength=2.0)
    rising, whole = (
        m.training_step(replace(step_of(m), progress=0.25)).losses["network_1.early_learning"]
        for m in (method, full)
    )
    assert float(rising.detach() / whole.detach()) == pytest.approx(0.2865, rel=1e-3)  # e^(-5/4)


# --- averages -----------------------------------------------------------------------------------


@given(momentum=st.floats(0, 1))
def test_a_momentum_on_the_device_averages_like_a_number(momentum):
    def network(seed):
        torch.manual_seed(seed)
        return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))

    with torch.random.fork_rng():
        one, two, student = network(0), network(0), network(1)
    student[1].running_mean += 1
    follow(one, student, momentum)
    follow(two, student, torch.tensor(momentum))
    for name, value in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name], value, **CLOSE)
    first = network(0)[0].weight.detach()
    expected = momentum * first + (1 - momentum) * student[0].weight.detach()
    torch.testing.assert_close(one[0].weight.detach(), expected, **CLOSE)
    assert one[1].running_mean.equal(student[1].running_mean)


def test_the_averages_follow_faster_at_first():
    method = elr_plus(teacher_momentum=0.9, teacher_ramp=4)
    step = replace(step_of(method), pass_index=1)
    own, slow = method.network_2.table.detach().double(), method.teacher_2.table.detach().double()
    idle = method.teacher_1.table.clone()
    for count in range(1, 7):
        method.after_step(step)
        gamma = 0.9 * torch.tensor(-5 * (1 - min(count / 4, 1)) ** 2).exp().double()
        slow = gamma * slow + (1 - gamma) * own
        torch.testing.assert_close(method.teacher_2.table.detach().double(), slow, **CLOSE)
    assert method.steps.tolist() == [0, 6]
    assert method.teacher_1.table.equal(idle)


def test_the_idle_network_and_its_average_rest_bit_by_bit_in_a_pass(blobs):
    trainer = trainer_of("elr-plus", blobs, 2)
    method, original = trainer.method, trainer.method.training_step
    seen = {}

    def step_and_check(step):
        other = 1 - step.pass_index
        parts = (method.predictors()[other], method.teachers()[other])
        now = [value.clone() for part in parts for value in part.state_dict().values()]
        before = seen.setdefault((step.epoch, step.pass_index), now)
        assert all(a.equal(b) for a, b in zip(before, now, strict=True))
        return original(step)

    object.__setattr__(method, "training_step", step_and_check)
    list(trainer)
    assert len(seen) == 4


# --- what it says -------------------------------------------------------------------------------


def test_the_clean_score_is_the_labels_share_of_both_memories():
    method = elr_plus()
    scores = method.clean_scores(epoch_of(method))
    t = method.targets.double()
    for i, label in enumerate(LABELS.tolist()):
        expected = float(t[i, :, label].sum() / t[i].sum())
        assert float(scores.scores[i]) == pytest.approx(expected, rel=1e-5)
    assert scores.selection.equal(scores.scores > 0.5)
    method.targets.zero_()
    assert method.clean_scores(epoch_of(method)).scores.eq(0).all()


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_networks_are_certain(classes):
    labels = torch.arange(6) % classes
    method = made("elr-plus", labels, classes, alpha=0.0, reweigh=True)
    for sign, name in ((1, "network_1"), (-1, "teacher_2")):
        setattr(method, name, Says(sign * 1e4 * F.one_hot(labels, classes).float()))
    for _ in range(20):
        output = method.training_step(step_of(method))
    total = sum(output.losses.values())
    assert total.isfinite()
    assert grad(total, method.network_1).isfinite().all()


@pytest.mark.parametrize(
    ("dataset", "epochs", "fall", "strength", "memory"),
    [("cifar10", 200, 150, 3, 0.7), ("cifar100", 250, 200, 7, 0.9)],
)
def test_presets_have_the_values_of_the_paper(dataset, epochs, fall, strength, memory):
    preset = registered("elr-plus").preset(dataset, None)
    settings, recipe = ELRPlusSettings(**preset.settings), Recipe(**preset.recipe)
    (stage,) = ELRPlus.schedule(settings, recipe)
    assert (stage.epochs, settings.strength, settings.memory) == (epochs, strength, memory)
    assert (settings.teacher_momentum, settings.teacher_ramp) == (0.997, 40000)
    rate = stage.optimisers["network_2"].learning_rate
    assert value_at(rate, (fall - 1) / epochs) == pytest.approx(0.02)
    assert value_at(rate, fall / epochs) == pytest.approx(0.002)
    assert settings.reweigh == (dataset == "cifar100")
