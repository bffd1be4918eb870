"""The invariants of SED (methods-core 6.8), by hand on networks that say what we want."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.parts import balanced
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of

CPU = place("cpu", "float32", threads=1)
seeds = st.integers(0, 2**31 - 1)
LOGITS = torch.randn(40, 4, generator=torch.Generator().manual_seed(1)) * 2
LABELS = torch.randint(0, 4, (40,), generator=torch.Generator().manual_seed(2))


def sed(weak=LOGITS, strong=None, teacher=None, labels=LABELS, **chosen):
    method = made("sed", labels, weak.shape[1], **chosen)
    method.network = Says(weak, weak.flip(1) if strong is None else strong)
    method.teacher = Says(*[weak if teacher is None else teacher] * 2)
    return method


def p_of(logits, labels=LABELS):
    return logits.softmax(1).gather(1, labels[:, None])[:, 0]


# --- selection ----------------------------------------------------------------------------------


def test_without_memory_the_level_is_the_quantile_of_the_confidences():
    method = sed(threshold_momentum=0.0)
    enter(method)
    ordered = p_of(LOGITS).sort().values
    # The 0.8 quantile of 40 values lies at place 31.2, between the 32nd and the 33rd.
    expected = ordered[31] + 0.2 * (ordered[32] - ordered[31])
    torch.testing.assert_close(method.level, expected)


def test_the_level_is_held_at_095():
    sure = 20 * F.one_hot(LABELS, 4).float()
    method = sed(sure, threshold_momentum=0.0)
    enter(method)
    assert method.level.item() == pytest.approx(0.95)


def test_one_fifth_is_clean_where_all_classes_are_learned_alike():
    random = torch.Generator().manual_seed(5)
    labels = torch.arange(2000) % 4
    logits = torch.randn(500, 4, generator=random)
    # The same confidences for each class, by turning the columns.
    logits = torch.stack([logits.roll(c, 1) for c in range(4)], 1).reshape(2000, 4)
    method = sed(logits, labels=labels, threshold_momentum=0.0)
    enter(method)
    torch.testing.assert_close(method.expected, torch.full((4,), 0.25))
    assert method.selected.float().mean() == pytest.approx(0.2, abs=0.002)


@pytest.mark.parametrize(("momentum", "level"), [(0.999, 0.082), (0.99, 0.529), (0.9, 0.950)])
def test_level_after_eighty_epochs_is_that_of_the_register(momentum, level):
    labels = torch.zeros(10, dtype=torch.long)
    sure = torch.zeros(10, 100)
    sure[:, 0] = 30.0
    method = sed(sure, labels=labels, threshold_momentum=momentum)
    for epoch in range(80):
        method._select(epoch_of(method, epoch=epoch))
    # The register's quantile is 0.95, ours here 1: T_80 = m^80 / 100 + (1 - m^80) q.
    share = momentum**80
    assert method.level.item() == pytest.approx(min(share / 100 + 1 - share, 0.95), abs=1e-3)
    assert share / 100 + (1 - share) * 0.95 == pytest.approx(level, abs=1e-3)


def test_thresholds_are_level_times_class_scale():
    method = sed(threshold_momentum=0.0)
    enter(method)
    mean = LOGITS.softmax(1).mean(0)
    expected = method.level * mean[LABELS] / mean.max()
    assert method.selected.equal(p_of(LOGITS) >= expected)
    best = mean.argmax() == LABELS
    torch.testing.assert_close(
        method._thresholds()[best], method.level.expand(int(best.sum())), rtol=1e-6, atol=0
    )


@settings(max_examples=25)
@given(seed=seeds)
def test_within_a_class_the_selection_is_a_cut_of_the_confidence(seed):
    logits = 3 * torch.randn(40, 4, generator=torch.Generator().manual_seed(seed))
    method = sed(logits, threshold_momentum=0.5)
    enter(method)
    confidence = p_of(logits)
    for c in range(4):
        own, chosen = confidence[c == LABELS], method.selected[c == LABELS]
        if chosen.any() and not chosen.all():
            assert own[chosen].min() > own[~chosen].max()


def test_scores_say_the_margin_and_cut_at_one_half():
    method = sed(threshold_momentum=0.0)
    enter(method)
    found = method.clean_scores(epoch_of(method))
    margin = p_of(LOGITS) - method._thresholds()
    torch.testing.assert_close(found.scores, (1 + margin) / 2)
    assert found.selection.equal(method.selected)
    assert found.threshold == 0.5
    assert method.clean_scores(epoch_of(method, "warm-up")) is None


# --- re-weighting -------------------------------------------------------------------------------


def test_moments_by_hand():
    values = torch.tensor([0.2, 0.4, 0.9, 0.5])
    mean, variance = balanced.moments(values, torch.tensor([0, 0, 0, 1]), 3)
    assert mean.tolist() == pytest.approx([0.5, 0.0, 0.0])
    assert variance.tolist() == pytest.approx([(0.09 + 0.01 + 0.16) / 2, 1.0, 1.0])


@given(sure=st.floats(0, 1), mean=st.floats(0, 1), variance=st.floats(0.001, 1))
def test_weight_is_one_from_the_mean_on_and_a_gaussian_below(sure, mean, variance):
    m, mu, v = (torch.tensor([x], dtype=torch.float64) for x in (sure, mean, variance))
    once = balanced.truncated_gaussian(m, mu, v, 1.0).item()
    twice = balanced.truncated_gaussian(m, mu, v, 2.0).item()
    assert 0 < once <= 1
    assert (once == 1) == (sure >= mean or (sure - mean) ** 2 / variance < 1e-15)
    assert math.log(once) == pytest.approx(-(min(sure - mean, 0) ** 2) / (2 * variance), abs=1e-9)
    if math.log(twice) > -700:  # a float's end
        assert math.log(twice) == pytest.approx(4 * math.log(once), abs=1e-9)


def test_no_spread_at_all_is_a_step():
    one = torch.ones(2)
    found = balanced.truncated_gaussian(torch.tensor([0.4, 0.5]), one / 2, 0 * one, 2.0)
    assert found[1] == 1
    assert 0 < found[0] < 1e-30


def test_weights_follow_the_teachers_classes():
    teacher = LOGITS.roll(1, 0)
    method = sed(teacher=teacher, weight_momentum=0.0)
    enter(method)
    sure, inferred = teacher.softmax(1).max(1)
    assert method.inferred_labels.equal(inferred)
    for c in range(4):
        own = sure[inferred == c]
        expected = torch.exp(-4 * (own - own.mean()).clamp(max=0) ** 2 / (2 * own.var()))
        torch.testing.assert_close(method.weights[inferred == c], expected)


def test_memory_of_the_classes():
    method = sed(weight_momentum=0.9)
    enter(method)
    sure, inferred = LOGITS.softmax(1).max(1)
    for c in range(4):
        own = sure[inferred == c]
        assert method.mean[c].item() == pytest.approx(0.9 / 4 + 0.1 * own.mean().item())
        assert method.variance[c].item() == pytest.approx(0.9 + 0.1 * own.var().item())


def test_the_paper_weighs_by_the_network_itself():
    teacher = LOGITS.roll(1, 0)
    method = sed(teacher=teacher, weight_momentum=0.0, weight_from="network", sharpness=1.0)
    enter(method)
    inferred = teacher.argmax(1)
    sure = p_of(LOGITS, inferred)
    own = sure[inferred == 2]
    expected = torch.exp(-((own - own.mean()).clamp(max=0) ** 2) / (2 * own.var()))
    torch.testing.assert_close(method.weights[inferred == 2], expected)


# --- the loss -----------------------------------------------------------------------------------


def test_terms_by_hand():
    method = sed(alpha=0.5, weight_momentum=0.0)
    enter(method)
    output = method.training_step(step_of(method))
    clean = method.selected
    each = -p_of(LOGITS).log()
    torch.testing.assert_close(output.losses["cross_entropy"], each[clean].mean())
    strong = -p_of(LOGITS.flip(1), method.inferred_labels).log()
    torch.testing.assert_close(
        output.losses["corrected"], 0.5 * (method.weights * strong).sum() / 40
    )
    shown = output.shown["network"]
    assert shown.selected.equal(clean)
    assert shown.inferred_labels.equal(method.inferred_labels)


def test_the_paper_averages_clean_and_filtered_samples_apart():
    method = sed(averages="apart", alpha=2.0, weight_momentum=0.0)
    enter(method)
    output = method.training_step(step_of(method))
    each = method.weights * -p_of(LOGITS.flip(1), method.inferred_labels).log()
    clean = method.selected
    torch.testing.assert_close(output.losses["corrected"], each[~clean].mean())
    torch.testing.assert_close(output.losses["consistency"], 2 * each[clean].mean())


def test_clean_term_has_no_gradient_in_filtered_rows_nor_in_strong_views():
    method = sed()
    enter(method)
    output = method.training_step(step_of(method))
    found = grad(output.losses["cross_entropy"], method.network)
    assert found[:40][~method.selected].eq(0).all()
    assert found[40:].eq(0).all()
    wrong = LOGITS.softmax(1) - F.one_hot(LABELS, 4)
    clean = method.selected
    torch.testing.assert_close(found[:40][clean], (wrong / clean.sum())[clean])


def test_corrected_term_does_not_read_given_labels():
    one, two = sed(), sed(labels=LABELS.flip(0))
    for method in (one, two):
        enter(method)
    terms = [m.training_step(step_of(m)).losses["corrected"] for m in (one, two)]
    assert terms[0].equal(terms[1])


def test_an_empty_selection_is_zero():
    method = sed()
    enter(method)
    method.selected.zero_()
    terms = method.training_step(step_of(method)).losses
    assert terms["cross_entropy"].item() == 0
    assert terms["corrected"].item() > 0


# --- warm-up and teacher ------------------------------------------------------------------------


def test_warm_up_is_cross_entropy_less_entropy_and_touches_no_statistic():
    method = sed()
    before = {k: v.clone() for k, v in method.state_dict().items() if "table" not in k}
    (streams,) = enter(method, "warm-up")
    assert streams.views == ("weak",)
    output = method.training_step(step_of(method, "warm-up"))
    p = LOGITS.softmax(1)
    entropy = -(p * p.log()).sum(1).mean()
    total = output.losses["cross_entropy"] + output.losses["confidence_penalty"]
    torch.testing.assert_close(total, -p_of(LOGITS).log().mean() - entropy)
    assert output.shown["network"].selected.all()
    method.after_step(step_of(method, "warm-up"))
    after = method.state_dict()
    assert all(after[k].equal(v) for k, v in before.items())


def test_confidence_penalty_does_not_clamp_logits():
    logits = torch.tensor([[-3.0, -1.0, 2.0]])
    method = sed(logits, labels=torch.tensor([2]))
    found = method.training_step(step_of(method, "warm-up")).losses["confidence_penalty"]
    p = [0.00637, 0.04712, 0.94651]
    assert found.item() == pytest.approx(sum(q * math.log(q) for q in p), abs=1e-4)


@pytest.mark.parametrize("momentum", [0.0, 0.25, 1.0])
def test_teacher_is_a_running_average_of_the_weights(blobs, momentum):
    method = make_method("sed", blobs, teacher_momentum=momentum)
    with torch.no_grad():
        for parameter in method.network.parameters():
            parameter.add_(1.0)
        method.network.layers[1].running_mean.fill_(7.0)
    before = [p.clone() for p in method.teacher.parameters()]
    method.after_step(None)
    for old, new, student in zip(
        before, method.teacher.parameters(), method.network.parameters(), strict=True
    ):
        torch.testing.assert_close(new, momentum * old + (1 - momentum) * student)
        assert not new.requires_grad
        if momentum == 1:
            assert new.equal(old)
        if momentum == 0:
            assert new.equal(student)
    assert method.teacher.layers[1].running_mean.eq(7).all()


def test_teacher_starts_as_the_network_and_gets_no_gradient(blobs):
    method = make_method("sed", blobs, epochs=2)
    pairs = zip(method.teacher.parameters(), method.network.parameters(), strict=True)
    assert all(a.equal(b) for a, b in pairs)
    trainer = Trainer(method, blobs, Plan(0, 32, CPU))
    list(trainer)
    assert all(p.grad is None for p in method.teacher.parameters())


def test_rate_is_constant_in_the_warm_up_then_a_cosine(blobs):
    chosen = {"warm_up_learning_rate": 0.1, "learning_rate": 0.04, "end_learning_rate": 0.02}
    method = make_method("sed", blobs, epochs=6, warm_up_epochs=2, selection_epochs=4, **chosen)
    trainer = Trainer(method, blobs, Plan(0, 32, CPU))
    rates = [snapshot.record.learning_rates["network"] for snapshot in trainer]
    half = 0.02 + 0.01 * (1 + math.cos(math.pi / 4))
    assert rates[:5] == pytest.approx([0.1, 0.1, 0.04, half, 0.03])


def test_presets_are_the_authors_scripts():
    from lnl.methods.sed.settings import PRESETS, SEDSettings

    rows = {
        "cifar100n-sym20": (0.01, 0.05, 5e-4, 100, 0.9, 0.9, 1, 0.99),
        "cifar100n-sym80": (0.01, 0.01, 5e-5, 100, 0.999, 0.99, 1, 0.95),
        "cifar100n-asym40": (0.01, 0.01, 5e-5, 140, 0.9, 0.9, 1, 0.99),
        "cifar80n-sym20": (0.05, 0.05, 5e-4, 140, 0.999, 0.85, 0.5, 0.99),
        "cifar80n-sym80": (0.05, 0.05, 5e-4, 100, 0.95, 0.85, 1, 0.99),
        "cifar80n-asym40": (0.01, 0.01, 5e-5, 140, 0.9, 0.9, 1, 0.99),
        "cifar": (0.05, 0.05, 5e-4, 100, 0.99, 0.99, 1, 0.95),
    }
    for name, row in rows.items():
        s = SEDSettings(**PRESETS[name].settings)
        assert row == (
            s.learning_rate, s.warm_up_learning_rate, s.end_learning_rate,
            s.warm_up_epochs + s.selection_epochs, s.threshold_momentum, s.weight_momentum,
            s.alpha, s.teacher_momentum,
        ), name  # fmt: skip
        assert s.warm_up_epochs == 20
