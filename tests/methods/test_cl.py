"""Confident learning: the joint and the filters against slow twins, folds, what is kept."""

import math
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.confident_joint import confident_class, joint_counts, shared_out, thresholds
from lnl.methods.cl.finding import flagged, score
from lnl.methods.cl.method import even_folds
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

FILTERS = (
    *("prune_by_noise_rate", "prune_by_class", "both", "confident_learning"),
    *("predicted_neq_given", "low_normalized_margin", "low_self_confidence"),
)
every_filter = pytest.mark.parametrize("by", FILTERS)
problems = st.tuples(st.integers(0, 10**6), st.integers(2, 6), st.integers(20, 80))


def problem(seed, classes, count):
    random = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (count,), generator=random)
    logits = torch.randn(count, classes, generator=random, dtype=torch.float64)
    right = torch.rand(count, generator=random) < 0.7
    looks = torch.where(right, labels, torch.randint(classes, (count,), generator=random))
    return (logits + 2 * F.one_hot(looks, classes)).softmax(1), labels


# --- slow twins, one sample at a time -------------------------------------------------------------


def slow_thresholds(p, labels, classes):
    found = []
    for k in range(classes):
        own = [row[k] for row, y in zip(p, labels, strict=True) if y == k]
        found.append(sum(own) / len(own) if own else math.inf)
    return found


def slow_class(row, t):
    above = [k for k, value in enumerate(row) if value >= t[k] - 1e-6]
    if not above:
        return None
    return above[0] if len(above) == 1 else row.index(max(row))


def slow_joint(p, labels, classes):
    t = slow_thresholds(p, labels, classes)
    counts = [[0] * classes for _ in range(classes)]
    for row, y in zip(p, labels, strict=True):
        g = slow_class(row, t)
        if g is not None:
            counts[y][g] += 1
    found = []
    for a in range(classes):
        counts[a][a] = max(counts[a][a], 1)
        total = labels.count(a)
        exact = [Fraction(total * c, sum(counts[a])) for c in counts[a]]
        whole = [int(value) for value in exact]
        order = sorted(range(classes), key=lambda k: whole[k] - exact[k])
        for k in order[: total - sum(whole)]:
            whole[k] += 1
        found.append(whole)
    return found


def worst(rows, key, count):
    return set(sorted(rows, key=key)[:count])


def slow_flags(p, labels, classes, by):
    joint, t = slow_joint(p, labels, classes), slow_thresholds(p, labels, classes)
    rows = range(len(p))
    of = {a: [i for i in rows if labels[i] == a] for a in range(classes)}
    predicted = {i for i in rows if p[i].index(max(p[i])) == labels[i]}

    def margin(i):
        return p[i][labels[i]] - max(v for k, v in enumerate(p[i]) if k != labels[i])

    by_rate, by_class = set(), set()
    for a in range(classes):
        if len(of[a]) < 2:
            continue
        by_class |= worst(of[a], lambda i, a=a: p[i][a], len(of[a]) - joint[a][a])
        for b in range(classes):
            if a != b:
                by_rate |= worst(of[a], lambda i, a=a, b=b: p[i][a] - p[i][b], joint[a][b])
    counted = {i for i in rows if slow_class(p[i], t) not in (None, labels[i])} - predicted
    return {
        "prune_by_noise_rate": by_rate - predicted,
        "prune_by_class": by_class - predicted,
        "both": (by_rate & by_class) - predicted,
        "confident_learning": counted,
        "predicted_neq_given": set(rows) - predicted,
        "low_normalized_margin": worst(rows, margin, len(counted)),
        "low_self_confidence": worst(rows, lambda i: p[i][labels[i]], len(counted)),
    }[by]


@settings(max_examples=60, deadline=None)
@given(problems)
def test_the_joint_is_that_of_a_slow_twin_and_its_rows_are_the_label_counts(each):
    p, labels = problem(*each)
    found = joint_counts(p, labels)
    assert found.tolist() == slow_joint(p.tolist(), labels.tolist(), p.shape[1])
    assert found.sum(1).equal(torch.bincount(labels, minlength=p.shape[1]))


@every_filter
@settings(max_examples=30, deadline=None)
@given(each=problems)
def test_flags_are_those_of_a_slow_twin(by, each):
    p, labels = problem(*each)
    found = set(flagged(p, labels, by).nonzero()[:, 0].tolist())
    assert found == slow_flags(p.tolist(), labels.tolist(), p.shape[1], by)


@every_filter
def test_other_names_of_the_classes_permute_the_joint_and_leave_the_flags(by):
    p, labels = problem(3, 5, 200)
    order = torch.tensor([3, 0, 4, 1, 2])
    moved, names = p[:, order], order.argsort()[labels]
    assert flagged(moved, names, by).equal(flagged(p, labels, by))
    # Equal remainders may be rounded the other way.
    difference = joint_counts(moved, names) - joint_counts(p, labels)[order][:, order]
    assert difference.abs().max() <= 1


@every_filter
def test_nothing_is_flagged_where_the_given_labels_are_certain(by):
    labels = torch.arange(12) % 4
    assert not flagged(F.one_hot(labels, 4).double(), labels, by).any()


def test_thresholds_and_classes_by_hand():
    p = torch.tensor([[0.9, 0.1, 0.0], [0.5, 0.5, 0.0], [0.2, 0.8, 0.0], [0.75, 0.05, 0.2]])
    labels = torch.tensor([0, 0, 1, 1])
    found = thresholds(p.double(), labels).tolist()
    assert found == pytest.approx([0.7, 0.425, math.inf])  # no sample is labelled 2
    # One above, one above, one above; and 0.75 of the class 0 among those labelled 1.
    assert confident_class(p.double(), labels).tolist() == [0, 1, 1, 0]
    assert joint_counts(p.double(), labels).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_with_nobody_confident_nothing_is_counted_and_with_several_the_most_probable_is():
    p = torch.tensor([[0.4, 0.35, 0.25], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6]]).double()
    labels = torch.tensor([1, 0, 2])  # thresholds 0.3, 0.35, 0.6
    assert confident_class(p, labels).tolist() == [0, 1, 2]
    lone = torch.tensor([[0.2, 0.8], [0.9, 0.1], [0.7, 0.3], [0.6, 0.4]]).double()
    assert confident_class(lone, torch.tensor([1, 0, 0, 0])).tolist() == [1, 0, -1, -1]


def test_remainders_go_up_the_largest_first():
    counts = torch.tensor([[8, 9, 3], [2, 1, 1], [1, 1, 1]])
    # 3.2, 3.6, 1.2; 1.5, 0.75, 0.75; 2/3 of one each, where the first goes before.
    found = shared_out(counts, torch.tensor([8, 3, 2]))
    assert found.tolist() == [[3, 4, 1], [1, 1, 1], [1, 1, 0]]


def test_the_only_sample_of_a_class_stays():
    p = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]).double()
    labels = torch.tensor([1, 0, 0])
    for by in ("prune_by_noise_rate", "prune_by_class", "both"):
        assert not flagged(p, labels, by).any()


# --- scores -------------------------------------------------------------------------------------


def test_scores_by_hand():
    p = torch.tensor([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], dtype=torch.float64)
    labels = torch.tensor([0, 2])
    assert score(p, labels, "self_confidence").tolist() == [0.5, 0.2]
    expected = [(0.5 - 0.3 + 1) / 2, (0.2 - 0.5 + 1) / 2]
    assert score(p, labels, "normalized_margin").tolist() == pytest.approx(expected)
    entropy = -sum(v * math.log(v) for v in (0.5, 0.3, 0.2))
    ratios = [entropy / (math.log(3) * own) for own in (0.5, 0.2)]
    expected = [math.log(1 + r) / r for r in ratios]
    assert score(p, labels, "confidence_weighted_entropy").tolist() == pytest.approx(expected)


@pytest.mark.parametrize("by", ["self_confidence", "normalized_margin"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_scores_of_certain_predictions_are_the_ends(by, dtype):
    p = torch.tensor([[1.0, 0, 0], [1.0, 0, 0]], dtype=dtype)
    assert score(p, torch.tensor([0, 1]), by).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_weighted_entropy_is_in_range_at_its_ends(dtype):
    p = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0]], dtype=dtype)
    found = score(p, torch.tensor([0, 2]), "confidence_weighted_entropy")
    assert found[0] == 1
    assert 0 <= found[1] < 1e-30


@every_filter
def test_a_hundred_classes_of_which_some_are_missing_are_finite(by):
    p, labels = problem(0, 100, 150)
    assert flagged(p, labels, by).shape == (150,)
    assert joint_counts(p, labels).sum() == 150


# --- folds --------------------------------------------------------------------------------------


def test_each_class_is_spread_evenly_over_the_folds():
    labels = torch.tensor([0] * 11 + [1] * 7 + [2] * 2)
    found = even_folds(labels, 5, torch.Generator().manual_seed(0))
    assert torch.bincount(found, minlength=5).tolist() == [4] * 5
    for k in range(3):
        counts = torch.bincount(found[labels == k], minlength=5)
        assert counts.max() - counts.min() <= 1
    other = even_folds(labels, 5, torch.Generator().manual_seed(1))
    assert not other.equal(found)


LABELS = torch.tensor([0, 1, 0, 1, 0, 1, 0, 1])
SURE = 3 * F.one_hot(LABELS, 2).float()
SURE[7] = torch.tensor([3.0, 0.0])  # looks like a 0


def in_two_folds(**chosen):
    return made("cl", LABELS, 2, folds=2, **chosen)


def whole_epoch(method, stage, epoch, last):
    """All of ``passes``: its code after the yield, too."""
    context = epoch_of(method, stage, epoch=9 if last else epoch)
    return list(method.passes(context))


def test_a_fold_is_predicted_by_the_network_that_never_saw_it():
    method = in_two_folds()
    method.network = Says(SURE)
    ((stream,),) = whole_epoch(method, "fold 1", 0, last=False)
    fold = method.fold.clone()
    assert stream.index.equal((fold != 0).nonzero()[:, 0])
    assert method.unseen.eq(0).all()  # not before the fold's last epoch
    whole_epoch(method, "fold 1", 9, last=True)
    assert method.fold.equal(fold)
    assert method.unseen[fold == 0].equal(SURE.softmax(1)[fold == 0])
    assert method.unseen[fold == 1].eq(0).all()
    assert method.kept.all()
    assert method.clean_scores(epoch_of(method, "fold 1", 9)) is None
    method.network = Says(-SURE)
    ((stream,),) = whole_epoch(method, "fold 2", 9, last=True)
    assert stream.index.equal((fold == 0).nonzero()[:, 0])
    assert method.unseen[fold == 0].equal(SURE.softmax(1)[fold == 0])
    assert method.unseen[fold == 1].equal((-SURE).softmax(1)[fold == 1])


def judged(**chosen):
    method = in_two_folds(**chosen)
    method.network = Says(SURE)
    whole_epoch(method, "fold 1", 0, last=False)
    whole_epoch(method, "fold 1", 9, last=True)
    whole_epoch(method, "fold 2", 9, last=True)
    return method


def test_after_the_last_fold_the_wrong_label_is_known():
    method = judged()
    assert method.kept.tolist() == [True] * 7 + [False]
    found = method.clean_scores(epoch_of(method, "fold 2", 9))
    assert found.selection.equal(method.kept)
    p = SURE.softmax(1)
    torch.testing.assert_close(found.scores, p.gather(1, LABELS[:, None])[:, 0])
    assert method.joint.tolist() == [[4, 0], [1, 3]]
    values = method.epoch_values(epoch_of(method, "final"))
    assert float(values["counted_noise_rate"]) == pytest.approx(1 / 8)
    estimate = method.transition_estimate(epoch_of(method, "final"))
    torch.testing.assert_close(estimate, torch.tensor([[4 / 5, 1 / 5], [0, 1]]))
    assert method.transition_estimate(epoch_of(method, "fold 1", 9)) is None
    (margins,) = method.sample_values(epoch_of(method, "final")).values()
    torch.testing.assert_close(margins, score(p, LABELS, "normalized_margin"))


def test_filter_and_score_are_those_chosen():
    method = judged(drop_by="low_self_confidence", score_by="normalized_margin")
    scores = method.clean_scores(epoch_of(method, "final")).scores
    torch.testing.assert_close(scores, score(SURE.softmax(1), LABELS, "normalized_margin"))
    assert method.kept.tolist() == [True] * 7 + [False]


def test_the_last_network_learns_the_kept():
    method = judged()
    kept, others = enter(method, "final")
    assert kept.index.tolist() == list(range(7))
    assert others.index.tolist() == [7]
    output = method.training_step(step_of(method, "final", rows=list(range(7))))
    found = grad(output.losses["cross_entropy"], method.network)
    torch.testing.assert_close(found[:7], (SURE.softmax(1) - F.one_hot(LABELS, 2))[:7] / 7)
    assert found[7].eq(0).all()


def test_each_fold_starts_anew_with_the_recipes_rate():
    cls = registered("cl").cls
    recipe = Recipe("tiny", 4, milestones=(0.5,))
    *folds, final = cls.schedule(cls.Settings(folds=3), recipe)
    assert [stage.name for stage in folds] == ["fold 1", "fold 2", "fold 3"]
    for stage in (*folds, final):
        assert stage.restart == ("network",)
        rate = stage.optimisers["network"].learning_rate
        assert [value_at(rate, p) for p in (0.4, 0.5)] == pytest.approx([0.1, 0.01])
    assert [stage.epochs for stage in (*folds, final)] == [30, 30, 30, 120]


def test_it_finds_wrong_labels(blobs):
    *_, last = trainer_of("cl", blobs, fold_epochs=6, final_epochs=2)
    assert last.record.reading == "clean_scores"
    assert last.record.detection.average_precision > 0.8
    assert last.record.detection.f1 > 0.7
