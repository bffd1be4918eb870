"""CA2C against the authors' code: votes, both losses and their pulls, who sees what."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.ca2c.method import CA2C, CA2CSettings, most_voted
from lnl.methods.ca2c.votes import candidates, likeliest, shares, winner
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 5
LABELS = torch.tensor([0, 1, 2, 0])
CLOSE = {"atol": 1e-6, "rtol": 1e-4}
SEEDS = st.integers(0, 10_000)


def table(seed, classes=K):
    return 2 * torch.randn(4, classes, generator=torch.Generator().manual_seed(seed))


def ca2c(seed=0, **chosen):
    method = made("ca2c", LABELS.clone(), K, **chosen)
    method.network_1 = Says(table(seed), table(seed + 1))
    method.network_2 = Says(table(seed + 2), table(seed + 3))
    random = torch.Generator().manual_seed(seed)
    method.votes.copy_(torch.randint(0, 9, (4, K), generator=random))
    return method


def robust(method):
    return method.training_step(step_of(method, "robust"))


# --- votes --------------------------------------------------------------------------------------


@given(seed=SEEDS, count=st.integers(1, 4))
def test_votes_go_to_the_likeliest_classes(seed, count):
    logits = table(seed)
    for row, chosen in zip(logits.tolist(), likeliest(logits, count), strict=True):
        best = sorted(range(K), key=lambda k: -row[k])[:count]
        assert chosen.nonzero()[:, 0].tolist() == sorted(best)


@given(seed=SEEDS, voted=st.integers(1, 3), visits=st.integers(1, 30))
def test_shares_and_their_largest_stay_within_their_bounds(seed, voted, visits):
    random = torch.Generator().manual_seed(seed)
    votes = torch.zeros(4, K, dtype=torch.int32)
    for _ in range(visits):
        votes += likeliest(torch.randn(4, K, generator=random), voted)
    u = shares(votes)
    torch.testing.assert_close(u.sum(1), torch.ones(4))
    largest = u.max(1).values
    assert ((largest >= 1 / K - 1e-6) & (largest <= 1 / voted + 1e-6)).all()


def test_the_winner_among_equals_has_the_lowest_number():
    votes = torch.tensor([[2, 5, 5, 0], [0, 0, 0, 0], [1, 2, 3, 4]], dtype=torch.int32)
    assert winner(votes).tolist() == [1, 0, 3]
    assert most_voted(votes, torch.tensor([2, 3, 0])).tolist() == [True, True, False]
    assert shares(votes[1:2]).eq(0).all()


@given(seed=SEEDS, share=st.floats(0, 1))
def test_candidates_are_the_winner_and_the_shares(seed, share):
    votes = torch.randint(0, 9, (4, K), generator=torch.Generator().manual_seed(seed)).int()
    votes[:, 0] += 1
    target = candidates(votes, share)
    for row, t in zip(votes.tolist(), target, strict=True):
        first = row.index(max(row))
        slow = [share * (k == first) + (1 - share) * row[k] / sum(row) for k in range(K)]
        torch.testing.assert_close(t, torch.tensor(slow))


@pytest.mark.parametrize(("stage", "each"), [("warm-up", 4), ("robust", 2)])
def test_both_vote_in_the_warm_up_and_then_network_2_alone(stage, each):
    method = ca2c()
    before = method.votes.clone()
    method.training_step(step_of(method, stage))
    new = likeliest(table(2), 2).int()
    if stage == "warm-up":
        new = new + likeliest(table(0), 2)
    assert method.votes.equal(before + new)
    assert (method.votes - before).sum(1).tolist() == [each] * 4


# --- losses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_terms_are_those_of_the_released_code(smoothing):
    method = ca2c(smoothing=smoothing, hard_share=0.7)
    (stream,) = enter(method, "robust")
    assert stream.views == ("weak", "strong")
    output = robust(method)
    votes = method.votes.double()  # with this step's
    z1, s1, z2, s2 = (table(seed).double() for seed in range(4))
    smooth = lambda t: (1 - smoothing) * t + smoothing / K  # noqa: E731
    pll, nl, cr_1, cr_2 = [], [], [], []
    for i in range(4):
        u = votes[i] / votes[i].sum()
        hot = F.one_hot(winner(votes[i : i + 1].int())[0], K)
        pll.append(u.max() * -(smooth(0.7 * hot + 0.3 * u) * z1[i].log_softmax(0)).sum())
        spared = z1[i].topk(2).indices.tolist()
        p2 = z2[i].softmax(0)
        nl.append(sum(-(1 - p2[k]).log() for k in range(K) if k not in spared))
        for terms, weak, strong in ((cr_1, z1, s1), (cr_2, z2, s2)):
            own = F.one_hot(weak[i].argmax(), K)
            terms.append(-(smooth(own) * strong[i].log_softmax(0)).sum())
    expected = {
        "network_1.candidates": 0.8 * torch.stack(pll).mean(),
        "network_1.consistency": 0.2 * torch.stack(cr_1).mean(),
        "network_2.complement": 0.8 * torch.stack(nl).mean(),
        "network_2.consistency": 0.2 * torch.stack(cr_2).mean(),
    }
    assert set(output.losses) == set(expected)
    for name, value in expected.items():
        torch.testing.assert_close(output.losses[name].double(), value, **CLOSE)


@given(seed=SEEDS)
def test_the_pulls_are_the_closed_forms(seed):
    method = ca2c(seed)
    output = robust(method)
    p = table(seed).double().softmax(1)
    u = shares(method.votes).double()
    target = candidates(method.votes, 0.99).double()
    pull = grad(output.losses["network_1.candidates"], method.network_1)[:4].double()
    torch.testing.assert_close(
        pull, 0.8 / 4 * u.max(1, keepdim=True).values * (p - target), **CLOSE
    )
    q, far = table(seed + 2).double().softmax(1), ~likeliest(table(seed), 2)
    far = far & (1 - q > 1e-5)
    each = torch.where(far, q / (1 - q), 0.0)
    own = torch.where(far, 1 / (1 - q), 0.0)
    expected = 0.8 / 4 * q * (own - each.sum(1, keepdim=True))
    pull = grad(output.losses["network_2.complement"], method.network_2)[:4].double()
    torch.testing.assert_close(pull, expected, atol=1e-5, rtol=1e-3)


def test_given_labels_do_not_count_after_the_warm_up():
    one, two = ca2c(), ca2c()
    two.given_labels.copy_(two.given_labels.flip(0))
    ours, theirs = robust(one).losses, robust(two).losses
    assert all(ours[name].equal(theirs[name]) for name in ours)


def test_network_1_only_spares_it_does_not_vote():
    one, two = ca2c(), ca2c()
    order = two.network_1.table.detach()[:4].argsort(1, descending=True)
    with torch.no_grad():  # exchange two classes outside the likeliest two
        rows = torch.arange(4)
        a, b = order[:, 3], order[:, 4]
        values = two.network_1.table[rows, a].clone()
        two.network_1.table[rows, a] = two.network_1.table[rows, b]
        two.network_1.table[rows, b] = values
    ours, theirs = robust(one).losses, robust(two).losses
    assert one.votes.equal(two.votes)
    assert ours["network_2.complement"].equal(theirs["network_2.complement"])


def test_with_one_class_more_than_votes_a_single_class_is_pushed_down():
    method = made("ca2c", LABELS, 3)
    method.network_1, method.network_2 = Says(table(0, 3), table(1, 3)), Says(table(2, 3))
    p = table(2, 3).double().softmax(1)
    least = table(0, 3).argmin(1)
    loss = method._complement(table(0, 3), table(2, 3))
    torch.testing.assert_close(loss.double(), -(1 - p[range(4), least]).log(), **CLOSE)
    assert made("ca2c", LABELS, 3, votes_each=9).voted == 2


def test_the_warm_up_is_cross_entropy_and_keeps_from_certainty():
    method = ca2c()
    (stream,) = enter(method, "warm-up")
    assert stream.views == ("weak",)
    output = method.training_step(step_of(method, "warm-up"))
    for name, seed in (("network_1", 0), ("network_2", 2)):
        p = table(seed).double().softmax(1)
        cross = -p[range(4), LABELS].log().mean()
        torch.testing.assert_close(output.losses[f"{name}.cross_entropy"].double(), cross, **CLOSE)
        penalty = (p * p.log()).sum(1).mean()
        found = output.losses[f"{name}.confidence_penalty"].double()
        torch.testing.assert_close(found, penalty, **CLOSE)
    assert output.shown["network_1"].selected.all()
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


# --- what it says -------------------------------------------------------------------------------


def test_the_clean_score_is_the_share_of_votes_for_the_given_label():
    method = ca2c()
    method.votes.copy_(torch.tensor([[4, 3, 1, 0, 0], [2, 2, 2, 1, 1], [3, 3, 2, 0, 0], [0] * 5]))
    said = method.clean_scores(epoch_of(method, "robust"))
    torch.testing.assert_close(said.scores, torch.tensor([1.0, 0.5, 0.5, 0.0]))
    assert said.selection.tolist() == [True, True, False, True]
    values = method.epoch_values(epoch_of(method, "robust"))
    assert float(values["ties"]) == 0.75
    assert float(values["most_voted_as_given"]) == 0.5


def test_network_1_is_shown_with_its_winner_and_the_labels_that_won():
    method = ca2c()
    output = robust(method)
    assert set(output.shown) == {"network_1"}
    shown = output.shown["network_1"]
    assert shown.logits.equal(method.network_1.table[:4])
    assert shown.inferred_labels.equal(winner(method.votes))
    assert shown.selected.equal(most_voted(method.votes, LABELS))


@pytest.mark.parametrize("classes", [2, 100])
def test_it_is_finite_where_the_networks_are_certain(classes):
    labels = torch.arange(4) % classes
    method = made("ca2c", labels, classes)
    sure = 1e4 * F.one_hot(labels, classes).float()
    method.network_1, method.network_2 = Says(sure, -sure), Says(sure.roll(1, 0), sure)
    total = sum(robust(method).losses.values())
    assert total.isfinite()
    assert all(g.isfinite().all() for g in torch.autograd.grad(total, [*method.parameters()]))


def test_votes_of_a_run_add_up(blobs):
    trainer = trainer_of("ca2c", blobs, warm_up_epochs=2, robust_epochs=3)
    list(trainer)
    assert trainer.method.votes.sum(1).tolist() == [2 * (2 * 2) + 3 * 2] * 96


def test_the_schedule_is_the_authors():
    preset = registered("ca2c").preset("cifar100", None)
    settings, recipe = CA2CSettings(**preset.settings), Recipe(**preset.recipe)
    warm, late = CA2C.schedule(settings, recipe)
    assert (warm.epochs, late.epochs, recipe.network) == (400, 300, "cnn7")
    first, second = warm.optimisers["network_1"], late.optimisers["network_1"]
    assert second.goes_on_from(first)
    assert first.learning_rate == 0.02
    for epoch, expected in ((400, 0.02), (500, 0.02), (600, 0.01), (699, 1.2e-6)):
        rate = value_at(second.learning_rate, (epoch - 400) / 300)
        assert rate == pytest.approx(expected, rel=0.05)
    assert replace(first, parts=("network_2",)) == warm.optimisers["network_2"]
