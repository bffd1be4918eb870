"""The invariants of ACT (methods-core 7.4), by hand on networks that say what we want."""

import pytest
import torch
from torch.nn import functional as F

from lnl.methods.act.method import gap
from lnl.training import make_method
from lnl.training.placement import place
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

CPU = place("cpu", "float32", threads=1)
K = 3
# Given labels, and what network 1 and network 2 predict: both right in five rows of eight, then
# 1 only, 2 only, neither.
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
FIRST = torch.tensor([0, 1, 2, 0, 1, 2, 1, 2])
SECOND = torch.tensor([0, 1, 2, 0, 1, 0, 0, 0])
ROWS_OF_ALL = list(range(8))


def saying(predicted, seed):
    noise = torch.rand(len(predicted), K, generator=torch.Generator().manual_seed(seed))
    return noise + 2 * F.one_hot(predicted, K)


def act(first=FIRST, second=SECOND, labels=LABELS, **chosen):
    method = made("act", labels, K, **chosen)
    method.network_1 = Says(saying(first, 1), saying(first, 2).roll(1, 0))
    method.network_2 = Says(saying(second, 3), saying(second, 4))
    return method


def ce(network, rows, labels, strong=False):
    logits = network.table.detach()[len(LABELS) * strong :][rows]
    return F.cross_entropy(logits, labels, reduction="none")


def selection(method, epoch=0, **step):
    enter(method, epoch=epoch)
    return method.training_step(step_of(method, epoch=epoch, **step)).shown["network_1"].selected


# --- selection ----------------------------------------------------------------------------------


def test_gap_by_hand():
    # Accuracies 6/8 and 6/8, then 5/8 and 8/8.
    assert gap(torch.tensor([5.0, 1, 1, 1])).item() == 0
    assert gap(torch.tensor([5.0, 0, 3, 0])).item() == pytest.approx(3 / 5)
    assert gap(torch.tensor([0.0, 0, 3, 0])).item() == float("inf")


def test_no_lead_mines_what_only_network_2_predicts():
    assert selection(act()).tolist() == [True] * 5 + [False, True, False]


def test_a_lead_above_the_limit_leaves_agreement_only():
    # Without row 5 network 1 has 5 of 7, network 2 has 6: a lead of 0.2.
    rows = [0, 1, 2, 3, 4, 6, 7]
    assert selection(act(), rows=rows).tolist() == [True] * 5 + [False, False]
    assert selection(act(gap_limit=0.21), rows=rows).tolist() == [True] * 6 + [False]
    # At the limit itself, nothing is mined: M < τ.
    exact = float(torch.tensor(1.0) / 5)
    assert selection(act(gap_limit=exact), rows=rows).tolist() == [True] * 5 + [False, False]


def test_network_1_right_nowhere_mines_nothing():
    assert not selection(act(first=(LABELS + 1) % K, second=LABELS)).any()


def test_equal_networks_mine_nothing_and_have_no_gap():
    method = act(second=FIRST)
    assert selection(method).equal(FIRST == LABELS)
    values = method.epoch_values(epoch_of(method))
    assert values["memorisation_gap"].item() == 0
    assert values["only_network_2_agrees"].item() == 0


def test_web_scripts_also_believe_network_1():
    assert selection(act(believe_network_1=True)).tolist() == [True] * 7 + [False]


def test_gap_of_the_epoch_so_far():
    method = act(gap_from="epoch")
    enter(method)
    seen = []
    for rows in ([5, 7], [6, 7], [6, 7]):
        output = method.training_step(step_of(method, rows=rows))
        seen.append(output.shown["network_1"].selected.tolist())
    # Rows right so far for 1 and 2: (1, 0), (1, 1), (1, 2): the last is a lead of 1.
    assert seen == [[False, False], [True, False], [False, False]]


# --- state --------------------------------------------------------------------------------------


def test_counts_go_up_in_the_warm_up_and_where_selected():
    method = act()
    for epoch in range(3):
        enter(method, "warm-up", epoch)
        shown = method.training_step(step_of(method, "warm-up", epoch=epoch)).shown["network_1"]
        assert shown.selected.all()
    assert method.count.eq(3).all()
    assert method.average.equal(F.one_hot(LABELS, K).float())
    for epoch in range(3, 6):
        selection(method, epoch)
        assert (method.count <= epoch + 1).all()
    always = torch.tensor([True] * 5 + [False, True, False])
    assert method.count.equal(torch.where(always, 6, 3))
    scores = method.clean_scores(epoch_of(method, epoch=5))
    assert scores.scores.equal(torch.where(always, 1.0, 0.5))
    assert scores.selection.equal(always)
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


def test_average_prediction_by_hand_sums_to_one():
    method = act(memory=0.8)
    selection(method)
    selection(method, epoch=1)
    p = method.network_1.table.detach()[:8].softmax(1)
    expected = 0.8 * (0.8 * F.one_hot(LABELS, K) + 0.2 * p) + 0.2 * p
    torch.testing.assert_close(method.average, expected)
    torch.testing.assert_close(method.average.sum(1), torch.ones(8))


def test_epoch_values_count_agreement():
    method = act()
    selection(method)
    values = method.epoch_values(epoch_of(method))
    names = ("both_agree", "only_network_1_agrees", "only_network_2_agrees", "neither_agrees")
    assert [values[n].item() for n in names] == [5 / 8, 1 / 8, 1 / 8, 1 / 8]
    assert values["mining"].item() == 1
    enter(method, epoch=1)
    assert method.epoch_values(epoch_of(method))["both_agree"].item() == 0


# --- losses -------------------------------------------------------------------------------------


def test_terms_by_hand_count_before_weight():
    method = act()
    method.count.fill_(1)
    enter(method, epoch=3)
    output = method.training_step(step_of(method, epoch=3))
    selected = torch.tensor([True] * 5 + [False, True, False])
    weak = ce(method.network_1, ROWS_OF_ALL, LABELS)
    # All that are selected now were once before: ω = (1 + 1) / (3 + 1).
    expected = 0.8 * (0.5 * weak)[selected].mean()
    torch.testing.assert_close(output.losses["network_1.cross_entropy"], expected)
    targets = torch.where(selected, LABELS, method.average.argmax(1))
    strong = ce(method.network_1, ROWS_OF_ALL, targets, strong=True)
    torch.testing.assert_close(output.losses["network_1.strong"], 0.2 * strong.mean())
    other = ce(method.network_2, ROWS_OF_ALL, LABELS)
    torch.testing.assert_close(output.losses["network_2.cross_entropy"], other.mean())


def test_all_selected_with_full_weight_is_plain_cross_entropy_of_two_views():
    method = act(first=LABELS, second=LABELS)
    enter(method)
    losses = method.training_step(step_of(method)).losses
    weak = ce(method.network_1, ROWS_OF_ALL, LABELS).mean()
    strong = ce(method.network_1, ROWS_OF_ALL, LABELS, strong=True).mean()
    total = losses["network_1.cross_entropy"] + losses["network_1.strong"]
    torch.testing.assert_close(total, 0.8 * weak + 0.2 * strong)


def test_a_sample_that_is_not_selected_takes_its_average_label():
    method = act(memory=0.0)
    enter(method)
    output = method.training_step(step_of(method))
    inferred = output.shown["network_1"].inferred_labels
    assert inferred.equal(FIRST)
    found = grad(output.losses["network_1.strong"], method.network_1)[8:]
    p = method.network_1.table.detach()[8:].softmax(1)
    targets = torch.where(output.shown["network_1"].selected, LABELS, FIRST)
    torch.testing.assert_close(found, 0.2 * (p - F.one_hot(targets, K)) / 8)


def test_nothing_selected_is_zero():
    method = act(first=(LABELS + 1) % K, second=(LABELS + 2) % K)
    enter(method)
    assert method.training_step(step_of(method)).losses["network_1.cross_entropy"].item() == 0


def test_networks_do_not_reach_each_other():
    method = act()
    enter(method)
    for term, loss in method.training_step(step_of(method)).losses.items():
        own, other = method.network_1, method.network_2
        if term.startswith("network_2"):
            own, other = other, own
        assert grad(loss, own).abs().sum() > 0
        (none,) = torch.autograd.grad(loss, other.table, retain_graph=True, allow_unused=True)
        assert none is None


def test_warm_up_by_hand():
    method = act()
    (streams,) = enter(method, "warm-up")
    assert streams.views == ("weak",)
    losses = method.training_step(step_of(method, "warm-up")).losses
    p = method.network_1.table.detach()[:8].softmax(1)
    first = ce(method.network_1, ROWS_OF_ALL, LABELS).mean() + (p * p.log()).sum(1).mean()
    total = losses["network_1.cross_entropy"] + losses["network_1.confidence_penalty"]
    torch.testing.assert_close(total, first)
    second = ce(method.network_2, ROWS_OF_ALL, LABELS).mean()
    torch.testing.assert_close(losses["network_2.cross_entropy"], second)


# --- in a run -----------------------------------------------------------------------------------


def test_two_networks_two_optimisers_one_predictor(blobs):
    trainer = trainer_of("act", blobs, 2)
    method = trainer.method
    weights = [next(network.parameters()) for network in (method.network_1, method.network_2)]
    assert not weights[0].equal(weights[1])
    assert method.predictors() == [method.network_1]
    list(trainer)
    assert set(trainer._optimisers) == {"network_1", "network_2"}


def test_defaults_are_the_scripts_but_for_the_rate(blobs):
    chosen = make_method("act", blobs).settings
    assert (chosen.gap_limit, chosen.strong_share, chosen.memory) == (0.025, 0.2, 0.8)
    assert (chosen.warm_up_epochs, chosen.selection_epochs) == (20, 80)
    assert (chosen.learning_rate, chosen.end_learning_rate) == (0.05, 5e-4)
    assert make_method("act", blobs, preset="released").settings.learning_rate == 0.001
