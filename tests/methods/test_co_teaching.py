"""Co-teaching and Co-teaching+ against the papers, on networks that say what we want."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.errors import BadInput
from lnl.evidence.published import cells
from lnl.methods.co_teaching.method import CoTeaching, CoTeachingSettings
from lnl.methods.co_teaching.pair import forget_rate
from lnl.methods.parts.dropping import smallest
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Oracle, Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
SET = {"rate_from": "set", "noise_rate": 0.5, "ramp": 0.0, "disagree_from": 0.0}


def logits(seed):
    return torch.randn(8, K, generator=torch.Generator().manual_seed(seed))


def pair(name="co-teaching", first=None, second=None, **chosen):
    method = made(name, LABELS, K, **{**SET, **chosen})
    method.network_1 = Says(logits(1) if first is None else first)
    method.network_2 = Says(logits(2) if second is None else second)
    return method


def ce(network):
    return F.cross_entropy(network.table.detach(), LABELS, reduction="none")


def smallest_rows(each, count, rows=range(8)):
    kept = sorted(rows, key=lambda i: each[i])[:count]
    return torch.tensor([i in kept for i in range(8)])


# --- which are kept -----------------------------------------------------------------------------


@given(
    each=st.lists(st.floats(0, 10), min_size=1, max_size=12),
    forget=st.integers(0, 100),
    seed=st.integers(0, 100),
)
def test_kept_are_the_floor_of_their_share_and_none_is_larger_than_a_dropped_one(
    each, forget, seed
):
    values = torch.tensor(each)
    among = torch.rand(len(each), generator=torch.Generator().manual_seed(seed)) < 0.7
    kept = smallest(values, torch.tensor(forget / 100, dtype=torch.float64), among)
    n = int(among.sum())
    assert kept.sum() == min(n, max(1, (100 - forget) * n // 100))
    assert not (kept & ~among).any()
    if kept.any() and (among & ~kept).any():
        assert values[kept].max() <= values[among & ~kept].min()


@given(rate=st.floats(0, 0.99), exponent=st.floats(0.5, 2))
def test_the_share_dropped_rises_to_the_rate_over_the_ramp(rate, exponent):
    settings = CoTeachingSettings(ramp=0.4, exponent=exponent)
    method = pair()
    found = [
        float(forget_rate(settings, torch.tensor(rate).double(), epoch_of(method, epoch=e)))
        for e in range(10)
    ]
    tau = float(torch.tensor(rate)) ** exponent
    assert found == pytest.approx([tau * min(e / 4, 1) for e in range(10)])


# --- a step -------------------------------------------------------------------------------------


def test_each_learns_what_the_other_one_chose():
    method = pair()
    output = method.training_step(step_of(method))
    for own, other in ((1, 2), (2, 1)):
        network = getattr(method, f"network_{own}")
        kept = smallest_rows(ce(getattr(method, f"network_{other}")), 4)
        loss = output.losses[f"network_{own}.cross_entropy"]
        torch.testing.assert_close(loss, ce(network)[kept].mean())
        p = network.table.detach().softmax(1)
        expected = kept[:, None] * (p - F.one_hot(LABELS, K)) / 4
        torch.testing.assert_close(grad(loss, network), expected)
        assert output.shown[f"network_{own}"].selected.equal(kept)
    assert not output.shown["network_1"].selected.equal(output.shown["network_2"].selected)


@pytest.mark.parametrize("name", ["co-teaching", "co-teaching-plus"])
def test_swapping_the_networks_swaps_the_losses(name):
    def found(first, second):
        method = pair(name, logits(first), logits(second))
        terms = method.training_step(step_of(method)).losses
        return [terms["network_1.cross_entropy"], terms["network_2.cross_entropy"]]

    assert found(1, 2) == found(2, 1)[::-1]


@pytest.mark.parametrize("chosen", [{"noise_rate": 0.0}, {"ramp": 0.5}])
def test_with_nothing_to_drop_both_are_plain_cross_entropy(chosen):
    method = pair(**chosen)
    output = method.training_step(step_of(method))
    for name in ("network_1", "network_2"):
        own = ce(getattr(method, name)).mean()
        torch.testing.assert_close(output.losses[f"{name}.cross_entropy"], own)
        assert output.shown[name].selected.all()


def test_where_nearly_all_is_dropped_one_stays():
    method = pair(noise_rate=0.99)
    for shown in method.training_step(step_of(method)).shown.values():
        assert shown.selected.sum() == 1


def test_plus_exchanges_only_where_they_disagree():
    method = pair("co-teaching-plus")
    differ = logits(1).argmax(1) != logits(2).argmax(1)
    rows = differ.nonzero()[:, 0].tolist()
    assert 2 < len(rows) < 8
    shown = method.training_step(step_of(method)).shown
    for own, other in ((1, 2), (2, 1)):
        expected = smallest_rows(ce(getattr(method, f"network_{other}")), len(rows) // 2, rows)
        assert shown[f"network_{own}"].selected.equal(expected)


def test_plus_is_co_teaching_until_its_time_has_come():
    plain, plus = pair(), pair("co-teaching-plus", disagree_from=0.5)
    assert (
        plus.training_step(step_of(plus, epoch=4)).losses
        == plain.training_step(step_of(plain, epoch=4)).losses
    )
    late = plus.training_step(step_of(plus, epoch=5)).losses
    assert late != plain.training_step(step_of(plain, epoch=5)).losses


def test_equal_networks_learn_nothing_from_each_other(blobs):
    trainer = trainer_of("co-teaching-plus", blobs, 2, disagree_from=0.0)
    method = trainer.method
    method.network_2.load_state_dict(method.network_1.state_dict())
    for network in method.predictors():
        network.dropout.rate = 0.0
    before = {name: value.clone() for name, value in method.named_parameters()}
    list(trainer)
    assert all(value.equal(before[name]) for name, value in method.named_parameters())


# --- what it knows of the rate ------------------------------------------------------------------


def test_the_rate_is_the_true_one_and_unknown_it_is_refused(blobs):
    method = trainer_of("co-teaching", blobs, 2).method
    assert float(method.noise_rate) == pytest.approx(blobs.oracle.noise_rate)
    assert CoTeaching.needs == {"noise_rate"}
    with pytest.raises(BadInput, match="noise_rate"):
        made("co-teaching", LABELS, K)


def test_an_estimated_rate_is_the_share_of_large_losses():
    surely = 5.0 * F.one_hot(LABELS, K)
    surely[6:] = surely[6:].roll(1, 1)
    method = pair(first=surely, second=surely, rate_from="estimated")
    enter(method)
    assert float(method.noise_rate) == 0.25
    shown = method.training_step(step_of(method)).shown["network_1"]
    assert shown.selected.tolist() == [True] * 6 + [False] * 2


def test_estimated_it_does_not_see_true_labels(blobs):
    unknown = Oracle(None, None, None)
    method = registered("co-teaching").make(
        blobs.spec, {"rate_from": "estimated"}, blobs.given_labels, unknown
    )
    assert method.settings.rate_from == "estimated"


# --- scores, schedule, presets ------------------------------------------------------------------


def test_the_score_is_the_mean_confidence_and_the_selection_its_largest():
    method = pair()
    found = method.clean_scores(epoch_of(method))
    each = [logits(seed).softmax(1)[range(8), LABELS] for seed in (1, 2)]
    torch.testing.assert_close(found.scores, (each[0] + each[1]) / 2)
    assert found.selection.equal(smallest_rows(-found.scores, 4))
    assert method.epoch_values(epoch_of(method))["forget_rate"] == 0.5


def test_adam_changes_its_rate_and_momentum_where_the_paper_does():
    chosen = registered("co-teaching").preset("cifar10", None)
    (stage,) = CoTeaching.schedule(CoTeachingSettings(**chosen.settings), Recipe(**chosen.recipe))
    assert set(stage.optimisers) == {"network_1", "network_2"}
    plan = stage.optimisers["network_1"]
    assert (plan.kind, plan.weight_decay, stage.epochs) == ("adam", 0, 200)
    for epoch, rate, beta_1 in ((0, 1e-3, 0.9), (79, 1e-3, 0.9), (80, 1e-3, 0.1), (140, 5e-4, 0.1)):
        assert value_at(plan.learning_rate, epoch / 200) == pytest.approx(rate)
        assert value_at(plan.beta_1, epoch / 200) == pytest.approx(beta_1)


@pytest.mark.parametrize(
    ("data", "start", "falls"), [("mnist", 0, 80), ("cifar10", 20, 80), ("cifar100", 5, 100)]
)
def test_presets_have_the_values_of_the_papers(data, start, falls):
    chosen = registered("co-teaching-plus").preset(data, None)
    settings = CoTeachingSettings(**chosen.settings)
    assert settings.disagree_from * 200 == pytest.approx(start)
    assert settings.falls_from * 200 == pytest.approx(falls)
    assert settings.ramp * 200 == pytest.approx(10)
    assert (chosen.recipe["crop"], chosen.recipe["flip"]) == (0, False)


def test_papers_published_the_second_one():
    found = [cell for cell in cells() if cell.our_method.startswith("co-teaching")]
    assert {cell.our_method for cell in found} == {"co-teaching-plus"}
    assert len(found) == 4
