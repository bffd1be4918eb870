"""RFL and its parts against formulas written out here by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.autograd import grad

from lnl import losses
from lnl.errors import BadInput
from lnl.methods.interface import EpochContext, Step
from lnl.methods.registry import registered
from lnl.methods.rfl.method import alpha
from lnl.methods.schedule import StagePlan
from lnl.shapes import Batch
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place

CPU = place("cpu", "float32", threads=1)
OFF = {"bootstrap": False, "restore": False, "cluster": False}
seeds = st.integers(0, 2**31 - 1)


def random_logits(seed, rows=12, classes=5, scale=2.0):
    generator = torch.Generator().manual_seed(seed)
    return (scale * torch.randn(rows, classes, generator=generator)).requires_grad_()


def make(data, **chosen):
    return make_method("rfl", data, network=chosen.pop("network", "small-cnn"), **chosen)


def step_of(data, rows=16, stage_epoch=0, epochs=5, given_labels=None, views=2):
    index = torch.arange(rows)
    images = (data.train_images[index].float() - 127.5) / 127.5
    shown = (images, images.flip(2) * 0.9)[:views]
    given = data.given_labels[index] if given_labels is None else given_labels
    stage = StagePlan("train", epochs)
    batch = Batch(shown, given, index)
    return Step((batch,), stage, stage_epoch, stage_epoch, 0, 0.0, lambda name: torch.Generator())


def context(stage_epoch=0, epochs=5):
    return EpochContext(StagePlan("train", epochs), stage_epoch, stage_epoch, None, None)


def run(method, data):
    trainer = Trainer(method, data, Plan(0, 32, CPU))
    return list(trainer), trainer.method


# --- A: bootstrapping -----------------------------------------------------------------------------


@given(seed=seeds)
def test_bootstrap_runs_from_cross_entropy_to_the_largest_probability(seed):
    logits = random_logits(seed)
    labels = torch.arange(12) % 5
    p = logits.softmax(1)
    start, end = losses.bootstrap(logits, labels, 1.0), losses.bootstrap(logits, labels, 0.0)
    torch.testing.assert_close(start, -p[range(12), labels].log(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(end, -p.amax(1).log(), atol=1e-5, rtol=1e-4)


@given(seed=seeds, trust=st.floats(0, 1))
def test_gradient_of_bootstrap(seed, trust):
    logits = random_logits(seed)
    labels = torch.arange(12) % 5
    (found,) = grad(losses.bootstrap(logits, labels, trust).sum(), logits)
    expected = logits.detach().softmax(1)
    for row, label in enumerate(labels):
        expected[row, label] -= trust
        expected[row, int(logits[row].argmax())] -= 1 - trust
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_a_step_starts_at_the_given_label_and_ends_at_the_own_guess(blobs):
    method = make(blobs, restore=False, cluster=False)
    for stage_epoch, expected in ((0, "given"), (4, "own")):
        step = step_of(blobs, stage_epoch=stage_epoch, views=1)
        output = method.training_step(step)
        p = output.shown["network"].logits.softmax(1)
        value = p[range(16), step.batch.given_labels] if expected == "given" else p.amax(1)
        torch.testing.assert_close(output.losses["bootstrap"], -value.log().mean())


def test_schedules_of_alpha():
    def at(schedule, epochs=11):
        return [alpha(context(e, epochs), schedule) for e in range(epochs)]

    assert at("linear") == pytest.approx([1 - e / 10 for e in range(11)])
    assert at("cosine") == pytest.approx([(1 + math.cos(math.pi * e / 10)) / 2 for e in range(11)])
    assert at("step") == [1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0, 0, 0]
    assert at("linear", epochs=1) == [1]


# --- B: restoration -------------------------------------------------------------------------------


def test_restoration_is_the_mean_squared_error_to_the_first_view(blobs):
    method = make(blobs)
    step = step_of(blobs)
    found = method.training_step(step).losses["restoration"]
    weak, strong = step.batch.views
    feature_map = method.network(torch.cat([weak, strong])).feature_map[16:]
    difference = method.decoder(feature_map) - weak
    torch.testing.assert_close(found, (difference**2).sum() / (16 * 8 * 8))
    assert (losses.restoration(weak, weak) == 0).all()
    assert (losses.restoration(weak + 0.5, weak) == 0.25).all()


def test_other_labels_change_nothing_but_the_classifier(blobs):
    method = make(blobs)
    one = method.training_step(step_of(blobs)).losses
    labels = (blobs.given_labels[:16] + 1) % 4
    two = method.training_step(step_of(blobs, given_labels=labels)).losses
    assert one["bootstrap"] != two["bootstrap"]
    for term in ("restoration", "assignment_consistency", "information"):
        assert torch.equal(one[term], two[term])


def test_without_its_decoder_it_predicts_the_same(blobs):
    with_decoder, without = make(blobs), make(blobs, restore=False)
    images = step_of(blobs).batch.images
    without.network.load_state_dict(with_decoder.network.state_dict())
    for method in (with_decoder, without):
        method.eval()
    assert torch.equal(with_decoder.network(images).logits, without.network(images).logits)


def test_previews_are_restorations(blobs):
    method = make(blobs).eval()
    images = step_of(blobs).batch.images
    expected = method.decoder(method.network(images).feature_map)
    assert torch.equal(method.previews(images), expected)
    assert make(blobs, restore=False).previews(images) is None


def test_restoring_learns_to_undo_the_augmentation(clean_blobs):
    snapshots, _ = run(make(clean_blobs, epochs=8, bootstrap=False, cluster=False), clean_blobs)
    errors = [snapshot.record.losses["restoration"] for snapshot in snapshots]
    assert errors[-1] < 0.5 * errors[0]
    assert snapshots[-1].previews.restored.shape == snapshots[-1].previews.original.shape


def test_a_network_without_a_feature_map_is_refused_only_for_restoring(blobs):
    with pytest.raises(BadInput, match="'fc2' has no feature map"):
        make(blobs, network="fc2")
    run(make(blobs, epochs=1, network="fc2", restore=False), blobs)


# --- C: clustering --------------------------------------------------------------------------------


@given(seed=seeds, scale=st.floats(0.1, 50))
def test_information_lies_between_nothing_and_log_k(seed, scale):
    logits = random_logits(seed, scale=scale)
    found = losses.marginal_entropy(logits) - losses.conditional_entropy(logits).mean()
    assert -1e-5 <= found.item() <= math.log(5) + 1e-5


def test_information_at_its_ends():
    sure = 100 * torch.eye(5).repeat(3, 1)
    found = losses.marginal_entropy(sure) - losses.conditional_entropy(sure).mean()
    assert found.item() == pytest.approx(math.log(5), abs=1e-5)
    same = random_logits(0, rows=1).expand(8, -1)
    found = losses.marginal_entropy(same) - losses.conditional_entropy(same).mean()
    assert found.item() == pytest.approx(0, abs=1e-6)


def test_information_of_equation_10_as_written_would_be_a_constant():
    q = random_logits(3).softmax(1)
    divergence = (q * (q.log() - math.log(1 / 5))).sum(1)  # KL(q || U)
    entropy = -(q * q.log()).sum(1)
    torch.testing.assert_close(-divergence - entropy, torch.full((12,), -math.log(5)))


@given(seed=seeds)
def test_assignment_consistency_is_at_least_the_entropy(seed):
    own, other = random_logits(seed), random_logits(seed + 1)
    entropy = -(own.softmax(1) * own.log_softmax(1)).sum(1)
    assert (losses.assignment_consistency(own, other) >= entropy - 1e-5).all()
    torch.testing.assert_close(losses.assignment_consistency(own, own), entropy)


def test_assignment_consistency_teaches_only_the_augmented_image():
    own, other = random_logits(0), random_logits(1)
    loss = losses.assignment_consistency(own, other).sum()
    teacher, student = grad(loss, (own, other), allow_unused=True)
    assert teacher is None
    torch.testing.assert_close(student, (other.softmax(1) - own.softmax(1)).detach())
    loose = losses.assignment_consistency(own, other, detach=False).sum()
    assert grad(loose, own)[0].abs().max() > 0


def test_cluster_losses_of_a_step(blobs):
    method = make(blobs, clusters=3, information_weight=0.7)
    step = step_of(blobs)
    found = method.training_step(step).losses
    features = method.network(torch.cat(step.batch.views)).features
    q = method.cluster_head(features).softmax(1)
    assert q.shape == (32, 3)
    own, other = q[:16], q[16:]
    mean = own.mean(0)
    information = -(mean * mean.log()).sum() + (own * own.log()).sum(1).mean()
    expected = -(own * other.log()).sum(1).mean()
    torch.testing.assert_close(found["information"], -0.7 * information)
    torch.testing.assert_close(found["assignment_consistency"], expected)


def test_the_cluster_head_is_taught_by_the_augmented_image_alone_unless_told(blobs):
    biases = {}
    for detach in (True, False):
        method = make(blobs, detach=detach)
        loss = method.training_step(step_of(blobs)).losses["assignment_consistency"]
        (biases[detach],) = grad(loss, method.cluster_head.bias)
    features = method.network(torch.cat(step_of(blobs).batch.views)).features
    own, other = method.cluster_head(features).softmax(1).split(16)
    torch.testing.assert_close(biases[True], (other - own).mean(0))
    assert (biases[False] - biases[True]).abs().max() > 1e-4


def test_clusters_are_as_many_as_classes_and_reach_the_screen(blobs):
    snapshots, method = run(make(blobs), blobs)
    assert method.cluster_head.out_features == 4
    last = snapshots[-1]
    clusters = last.samples.values["cluster"]
    assert clusters.shape == (96,)
    assert set(clusters.tolist()) <= {0, 1, 2, 3}
    assert method.occupancy.sum().item() == pytest.approx(96, rel=1e-4)
    extra = last.record.extra
    assert 0 <= extra["cluster_information"] <= extra["cluster_entropy"] <= math.log(4) + 1e-5
    assert extra["alpha"] == 0


# --- the parts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "terms", "views"),
    [
        ((), {"cross_entropy"}, 1),
        (("bootstrap",), {"bootstrap"}, 1),
        (("restore",), {"cross_entropy", "restoration"}, 2),
        (("cluster",), {"cross_entropy", "assignment_consistency", "information"}, 2),
        (("bootstrap", "restore"), {"bootstrap", "restoration"}, 2),
        (("bootstrap", "cluster"), {"bootstrap", "assignment_consistency", "information"}, 2),
    ],
)
def test_rows_of_table_4(blobs, on, terms, views):
    method = make(blobs, **{**OFF, **dict.fromkeys(on, True)})
    ((stream,),) = method.passes(context())
    assert stream.views == ("weak", "strong_on_first")[:views]
    assert set(method.training_step(step_of(blobs, views=views)).losses) == terms


def test_with_all_parts_off_it_is_cross_entropy(blobs):
    plain = make_method("ce", blobs, network="small-cnn")
    _, plain = run(plain, blobs)
    _, method = run(make(blobs, **OFF), blobs)
    for key, value in method.network.state_dict().items():
        assert torch.equal(value, plain.network.state_dict()[key])


def test_bootstrapping_alone_starts_as_cross_entropy_and_then_leaves_it(blobs):
    _, plain = run(make(blobs, epochs=2, **OFF), blobs)
    snapshots, method = run(make(blobs, epochs=2, restore=False, cluster=False), blobs)
    assert snapshots[0].record.extra["alpha"] == 1
    assert not torch.equal(method.network.head.weight, plain.network.head.weight)


def test_the_classifier_may_learn_from_the_augmented_view(blobs):
    method = make(blobs, cls_view="strong", **OFF)
    ((stream,),) = method.passes(context())
    assert stream.views == ("weak", "strong_on_first")
    step = step_of(blobs)
    found = method.training_step(step)
    logits = method.network(torch.cat(step.batch.views)).logits[16:]
    torch.testing.assert_close(found.shown["network"].logits, logits)
    p_y = logits.softmax(1)[range(16), step.batch.given_labels]
    torch.testing.assert_close(found.losses["cross_entropy"], -p_y.log().mean())


def test_no_clean_scores_of_its_own(blobs):
    assert make(blobs).clean_scores(context()) is None


def test_papers_schedule_is_a_preset():
    preset = registered("rfl").preset("cifar100", None)
    assert preset.settings == {"learning_rate": 0.1, "weight_decay": 1e-4}
    recipe = {"network": "resnet18", "epochs": 300, "batch_size": 128, "milestones": (0.5, 0.75)}
    assert preset.recipe == recipe
    web = registered("rfl").preset("clothing1m", None)
    assert (web.recipe["epochs"], web.recipe["batch_size"]) == (50, 32)


def test_the_optimiser_trains_network_decoder_and_cluster_head(blobs):
    method = make(blobs)
    (stage,) = method.plan
    (optimiser,) = stage.optimisers.values()
    assert optimiser.parts == ("",)
