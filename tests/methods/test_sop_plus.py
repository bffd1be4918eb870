"""SOP+ against the paper: SOP and two more terms, in closed form."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.methods.sop_plus.loss import balance
from lnl.methods.sop_plus.method import SOPPlus, SOPPlusSettings
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, grad, made, step_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0])
CLOSE = {"atol": 1e-6, "rtol": 1e-4}


def table(seed, rows=4, classes=K):
    return torch.randn(rows, classes, generator=torch.Generator().manual_seed(seed))


def sop_plus(**chosen):
    method = made("sop-plus", LABELS, K, **chosen)
    method.network = Says(table(0), table(1))
    with torch.no_grad():
        method.u.copy_(0.3 * table(2)[:, :1])
        method.v.copy_(0.3 * table(3))
    return method


def test_its_terms_are_those_of_the_paper_with_their_pulls():
    method = sop_plus(consistency=0.9, balance=0.1)
    (stream,) = enter(method, "train")
    assert stream.views == ("weak", "strong")
    output = method.training_step(step_of(method, "train"))
    rows = method.network.table.detach().double().requires_grad_()
    u, v = (t.detach().double().requires_grad_() for t in (method.u, method.v))
    weak, strong = rows[:4].softmax(1), rows[4:].softmax(1)
    hot = F.one_hot(LABELS, K)
    add, take = u.square() * hot, (v.square() * (1 - hot)).detach()
    q = (weak + add - take).clamp_min(1e-4)
    q = q / q.sum(1, keepdim=True)
    predicted = F.one_hot(rows[:4].argmax(1), K)
    target = weak.detach()
    expected = {
        "cross_entropy": -q[range(4), LABELS].log().mean(),
        "square": (predicted + add - v.square() * (1 - hot) - hot).square().sum(1).mean(),
        "consistency": 0.9 * (target * (target.log() - strong.log())).sum(1).mean(),
        "balance": -0.1 / K * sum(q[:, k].mean().log() for k in range(K)),
    }
    assert set(output.losses) == set(expected)
    for name, value in expected.items():
        torch.testing.assert_close(output.losses[name].double(), value, **CLOSE)
    total, slow = sum(output.losses.values()), sum(expected.values())
    leaves = (method.network.table, method.u, method.v)
    for ours, twin in zip(
        torch.autograd.grad(total, leaves), torch.autograd.grad(slow, (rows, u, v)), strict=True
    ):
        torch.testing.assert_close(ours.double(), twin, **CLOSE)


def test_without_the_two_weights_it_is_sop():
    method, sop = sop_plus(consistency=0.0, balance=0.0), made("sop", LABELS, K)
    sop.network = Says(table(0))
    with torch.no_grad():
        sop.u.copy_(method.u)
        sop.v.copy_(method.v)
    ours = method.training_step(step_of(method, "train")).losses
    theirs = sop.training_step(step_of(sop, "train")).losses
    torch.testing.assert_close(sum(ours.values()), sum(theirs.values()))
    assert ours["consistency"] == ours["balance"] == 0


def test_the_weak_view_is_a_target_and_the_strong_one_learns():
    method = sop_plus()
    output = method.training_step(step_of(method, "train"))
    pull = grad(output.losses["consistency"], method.network)
    p = method.network.table.detach().softmax(1)
    assert pull[:4].eq(0).all()
    torch.testing.assert_close(pull[4:], 0.9 / 4 * (p[4:] - p[:4]), **CLOSE)
    assert output.shown["network"].logits.equal(method.network.table[:4])


def test_both_views_go_through_the_network_at_once():
    method, seen = sop_plus(), []
    method.network.register_forward_pre_hook(lambda _, args: seen.append(len(args[0])))
    method.training_step(step_of(method, "train"))
    assert seen == [8]


@given(classes=st.integers(2, 100))
def test_balance_is_least_where_classes_are_even(classes):
    even = torch.eye(classes)
    least = torch.tensor(float(classes)).log()
    torch.testing.assert_close(balance(even), least)
    one = torch.zeros(4, classes)
    one[:, 0] = 1.0
    one.requires_grad_()
    value = balance(one)
    value.backward()
    assert least < value < 9.3
    assert one.grad.isfinite().all()


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_the_network_is_certain(classes):
    labels = torch.arange(4) % classes
    method = made("sop-plus", labels, classes)
    sure = 1e4 * F.one_hot(labels, classes).float()
    method.network = Says(-sure, sure)
    total = sum(method.training_step(step_of(method, "train")).losses.values())
    assert total.isfinite()
    assert all(g.isfinite().all() for g in torch.autograd.grad(total, [*method.parameters()]))


@pytest.mark.parametrize(("dataset", "rates"), [("cifar10", (10, 10)), ("cifar100", (1, 10))])
def test_presets_have_the_values_of_the_paper(dataset, rates):
    preset = registered("sop-plus").preset(dataset, None)
    settings, recipe = SOPPlusSettings(**preset.settings), Recipe(**preset.recipe)
    assert (settings.u_rate, settings.v_rate) == rates
    assert (settings.consistency, settings.balance) == (0.9, 0.1)
    (stage,) = SOPPlus.schedule(settings, recipe)
    assert stage.epochs == 300
    network, u, v = (stage.optimisers[name] for name in ("network", "u", "v"))
    assert value_at(network.learning_rate, 0) == pytest.approx(0.02)
    assert value_at(network.learning_rate, 1) == pytest.approx(2e-4)
    assert (u.learning_rate, v.learning_rate) == rates
    assert replace(u, parts=("v",), learning_rate=rates[1]) == v
    assert u.momentum == u.weight_decay == 0
