"""PMNAR and its parts against methods that are written out here by hand."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import grad

from lnl import losses
from lnl.methods.interface import EpochContext, Predictions, Step
from lnl.methods.schedule import StagePlan
from lnl.shapes import Batch
from lnl.training import make_method

seeds = st.integers(0, 2**31 - 1)


def random_logits(seed, rows=6, classes=7, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    return (scale * torch.randn(rows, classes, generator=generator)).requires_grad_()


def random_negatives(seed, labels, classes):
    generator = torch.Generator().manual_seed(seed + 1)
    negatives = torch.rand(len(labels), classes, generator=generator) < 0.6
    return negatives.scatter(1, labels[:, None], False)


def make(name, data, **chosen):
    return make_method(name, data, network="small-cnn", **chosen)  # has no dropout


def stage(name="main", epochs=4):
    return StagePlan(name, epochs)


def step_of(method, data, rows=16, name="main", strong=None):
    index = torch.arange(rows)
    images = (data.train_images[index].float() - 127.5) / 127.5
    views = (images, images.flip(3) if strong is None else strong)
    batch = Batch(views, data.given_labels[index], index)
    return Step((batch,), stage(name), 1, 1, 0, 0.25, lambda place: torch.Generator())


def context(method, table, epoch=1, name="main"):
    """A context whose predictions are ``table``: a network's name -> probabilities [N, K]."""
    names = {id(getattr(method, n)): n for n in method.names}

    def predict(network, view, draws):
        p = table[names[id(network)]]
        return Predictions(p, p.log(), method.given_labels, lambda: p)

    return EpochContext(stage(name), epoch, epoch, predict, lambda place: torch.Generator())


def probabilities(seed, rows, classes):
    return random_logits(seed, rows, classes).detach().softmax(1)


def start_epoch(method, *args, **kwargs):
    return next(iter(method.passes(context(method, *args, **kwargs))))


def gradients(loss, module):
    parameters = list(module.parameters())
    found = grad(loss, parameters, retain_graph=True, allow_unused=True)
    return [torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)]


# --- the equations ------------------------------------------------------------------------------


@given(seed=seeds)
def test_gradient_of_pm_for_any_complementary_set(seed):
    logits = random_logits(seed)
    labels = torch.arange(6)
    negatives = random_negatives(seed, labels, 7)
    loss = losses.positive_multi_negative(logits, labels, negatives).sum()
    (found,) = grad(loss, logits)
    p = logits.detach().softmax(1)
    expected = torch.empty_like(p)
    for b in range(6):
        for i in range(7):
            others = sum(p[b, k] / (1 - p[b, k]) for k in range(7) if negatives[b, k] and k != i)
            own = p[b, i] * negatives[b, i]
            expected[b, i] = p[b, i] - float(i == labels[b]) + own - p[b, i] * others
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


def test_pm_without_negatives_is_cross_entropy():
    logits, labels = random_logits(0), torch.arange(6)
    none = torch.zeros(6, 7, dtype=torch.bool)
    assert (losses.multi_negative_learning(logits, none) == 0).all()
    p_y = logits.softmax(1)[range(6), labels]
    torch.testing.assert_close(losses.positive_multi_negative(logits, labels, none), -p_y.log())


@given(seed=seeds)
def test_weights_are_the_confidence_less_its_minimum(seed):
    confidence = torch.rand(50, 2, generator=torch.Generator().manual_seed(seed))
    weights = losses.adaptive_weights(confidence)
    for column in range(2):
        lowest = min(confidence[:, column].tolist())
        assert weights[:, column].min() == 0
        torch.testing.assert_close(weights[:, column], confidence[:, column] - lowest)
    assert ((weights >= 0) & (weights < 1)).all()


def test_weighted_cross_entropy_has_the_gradient_of_equation_4():
    f_y = torch.tensor([0.2, 0.5, 0.9], requires_grad=True)
    loss = (losses.adaptive_weights(f_y) * -f_y.log()).sum()
    (found,) = grad(loss, f_y)
    torch.testing.assert_close(found, -(1 - 0.2 / f_y.detach()))


# --- the start of an epoch ----------------------------------------------------------------------


def test_two_networks_weigh_each_others_samples(blobs):
    method = make("pmnar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {"network_1": probabilities(1, n, k), "network_2": probabilities(2, n, k)}
    start_epoch(method, table)
    c_1, c_2 = (p[range(n), blobs.given_labels] for p in table.values())
    torch.testing.assert_close(method.weights[:, 0], c_2 - c_2.min())
    torch.testing.assert_close(method.weights[:, 1], c_1 - c_1.min())
    assert torch.equal(method.selected, (c_1 + c_2) / 2 > 0.5)


def test_one_network_weighs_its_own_samples(blobs):
    method = make("pm-ar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {"network": probabilities(1, n, k)}
    start_epoch(method, table)
    c = table["network"][range(n), blobs.given_labels]
    torch.testing.assert_close(method.weights[:, 0], c - c.min())


def test_equal_confidences_leave_only_consistency(blobs):
    method = make("pmnar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    even = torch.full((n, k), 1 / k)
    start_epoch(method, {"network_1": even, "network_2": even})
    assert (method.weights == 0).all()
    output = method.training_step(step_of(method, blobs))
    for name in ("cross_entropy", "multi_negative"):
        for g in gradients(output.losses[f"network_1.{name}"], method.network_1):
            assert g.abs().max() == 0
    moved = gradients(output.losses["network_1.consistency"], method.network_1)
    assert max(g.abs().max() for g in moved) > 0


def test_classes_once_predicted_leave_the_complementary_set_for_good(blobs):
    method = make("pmnar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    given = blobs.given_labels
    expected = torch.ones(n, k, dtype=torch.bool).scatter(1, given[:, None], False)
    assert torch.equal(method.negatives, expected)
    for epoch in range(5):
        table = {"network_1": probabilities(epoch, n, k), "network_2": probabilities(9, n, k)}
        before = expected.sum()
        for i in range(n):
            expected[i, table["network_1"][i].argmax()] = False
        start_epoch(method, table, epoch=epoch)
        assert torch.equal(method.negatives, expected)
        assert not method.negatives[range(n), given].any()
        assert method.ruled_out == before - expected.sum()


def test_history_of_both_rules_out_more(blobs):
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {"network_1": probabilities(1, n, k), "network_2": probabilities(2, n, k)}
    first, both = make("pmnar", blobs), make("pmnar", blobs, history_from="both")
    start_epoch(first, table)
    start_epoch(both, table)
    assert (both.negatives <= first.negatives).all()
    assert not both.negatives[range(n), table["network_2"].argmax(1)].any()


def test_warm_up_weighs_all_alike_and_rules_nothing_out(blobs):
    method = make("pmnar", blobs)
    before = method.negatives.clone()
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {name: probabilities(1, n, k) for name in method.names}
    start_epoch(method, table, name="warm-up")
    assert (method.weights == 1).all()
    assert torch.equal(method.negatives, before)
    shown = method.training_step(step_of(method, blobs, name="warm-up")).shown
    assert shown["network_1"].selected.all()


def test_record_of_the_training_pass_needs_no_evaluation(blobs):
    method = make("pm-ar", blobs, record="train")
    step = step_of(method, blobs, rows=len(blobs.given_labels))
    p = method.training_step(step).shown["network"].logits.detach().softmax(1)
    start_epoch(method, {})  # a look-up would fail
    c = p[range(len(p)), blobs.given_labels]
    torch.testing.assert_close(method.weights[:, 0], c - c.min())
    assert not method.negatives[range(len(p)), p.argmax(1)].any()


def test_nothing_is_read_from_a_training_pass_that_never_was(blobs):
    method = make("pm-ar", blobs, record="train", warm_up_epochs=0)
    start_epoch(method, {}, epoch=0)
    assert (method.weights == 1).all()


# --- one step -----------------------------------------------------------------------------------


def test_losses_of_a_step_are_those_of_the_paper(blobs):
    method = make("pmnar", blobs, consistency_weight=0.3)
    rows, given = 16, blobs.given_labels[:16]
    method.weights.copy_(torch.rand(method.weights.shape))
    method.negatives.copy_(random_negatives(3, blobs.given_labels, blobs.num_classes))
    step = step_of(method, blobs, rows)
    found = method.training_step(step).losses
    weak = [net(step.batch.views[0]).logits.softmax(1) for net in method.networks]
    strong = [net(step.batch.views[1]).logits.softmax(1) for net in method.networks]
    target = (weak[0] + weak[1]) / 2
    for a, name in enumerate(method.names):
        w = method.weights[:rows, a]
        positive = -(w * weak[a][range(rows), given].log()).mean()
        others = torch.where(method.negatives[:rows], (1 - weak[a]).log(), 0.0).sum(1)
        regular = (target * (target.log() - strong[a].log())).sum(1).mean()
        torch.testing.assert_close(found[f"{name}.cross_entropy"], positive)
        torch.testing.assert_close(found[f"{name}.multi_negative"], -(w * others).mean())
        torch.testing.assert_close(
            found[f"{name}.consistency"], 0.3 * regular, atol=1e-6, rtol=1e-4
        )


def test_the_least_believed_sample_moves_nothing(blobs):
    method = make("pm-ar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {"network": probabilities(4, n, k)}
    start_epoch(method, table)
    least = int(table["network"][range(n), blobs.given_labels].argmin())
    step = step_of(method, blobs, rows=n)
    output = method.training_step(step)
    total = torch.stack(list(output.losses.values())).sum()
    (found,) = grad(total, output.shown["network"].logits)
    assert found[least].abs().max() == 0
    assert (found.abs().amax(1) > 0).sum() == n - 1


def test_consistency_is_zero_only_where_the_strong_view_agrees_with_the_mean(blobs):
    method = make("pmnar", blobs)
    method.network_2.load_state_dict(method.network_1.state_dict())
    step = step_of(method, blobs)
    same = replace(step.batch, views=(step.batch.images, step.batch.images))
    agreeing = method.training_step(replace(step, batches=(same,))).losses
    assert agreeing["network_1.consistency"].abs() < 1e-6
    assert method.training_step(step).losses["network_1.consistency"] > 1e-4


def test_consistency_sends_no_gradient_through_its_target(blobs):
    method = make("pmnar", blobs)
    step = step_of(method, blobs)
    output = method.training_step(step)
    loss = output.losses["network_1.consistency"]
    for name in method.names:
        assert (
            grad(loss, output.shown[name].logits, retain_graph=True, allow_unused=True)[0] is None
        )


def test_swapping_the_networks_swaps_their_losses(blobs):
    one, two = make("pmnar", blobs), make("pmnar", blobs)
    two.network_1.load_state_dict(one.network_2.state_dict())
    two.network_2.load_state_dict(one.network_1.state_dict())
    one.weights.copy_(torch.rand(one.weights.shape))
    two.weights.copy_(one.weights.flip(1))
    a = one.training_step(step_of(one, blobs)).losses
    b = two.training_step(step_of(two, blobs)).losses
    for term in ("cross_entropy", "multi_negative", "consistency"):
        torch.testing.assert_close(a[f"network_1.{term}"], b[f"network_2.{term}"])
        torch.testing.assert_close(a[f"network_2.{term}"], b[f"network_1.{term}"])


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("ml", {"multi_negative"}),
        ("pm", {"cross_entropy", "multi_negative"}),
        ("ce-ar", {"cross_entropy"}),
        ("pm-ar", {"cross_entropy", "multi_negative"}),
    ],
)
def test_terms_of_the_parts_with_one_network(blobs, name, terms):
    method = make(name, blobs)
    output = method.training_step(step_of(method, blobs))
    assert set(output.losses) == terms
    reweighs = name.endswith("-ar")
    assert (output.shown["network"].selected is not None) == reweighs
    (stream,) = start_epoch(method, {}, name="warm-up")
    assert stream.views == ("weak",)


def test_clean_scores_are_the_mean_confidence(blobs):
    method = make("pmnar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {"network_1": probabilities(1, n, k), "network_2": probabilities(2, n, k)}
    found = method.clean_scores(context(method, table))
    mean = (table["network_1"] + table["network_2"]) / 2
    expected = mean[range(n), blobs.given_labels]
    torch.testing.assert_close(found.scores, expected)
    assert torch.equal(found.selection, expected > 0.5)
    assert found.threshold == 0.5
    assert method.clean_scores(context(method, table, name="warm-up")) is None
    assert make("pm", blobs).clean_scores(context(method, table)) is None


def test_values_for_the_screen(blobs):
    method = make("pmnar", blobs)
    n, k = len(blobs.given_labels), blobs.num_classes
    table = {name: probabilities(1, n, k) for name in method.names}
    start_epoch(method, table)
    values = method.sample_values(context(method, table))
    assert torch.equal(values["weight"], method.weights[:, 0])
    wrong = table["network_1"].argmax(1) != blobs.given_labels
    assert torch.equal(values["negatives_left"], k - 1 - wrong.long())
    assert method.epoch_values(context(method, table))["ruled_out"] == wrong.sum()
