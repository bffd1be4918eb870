"""GCE against the paper: the loss and its pull in closed form, and who is left out, and when."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl import losses
from lnl.catalogue import Scene, loss_curves, loss_cuts, pieces_of
from lnl.charts.histogram import confidence_lines
from lnl.evidence.published import cells
from lnl.methods.gce.loss import generalised_cross_entropy
from lnl.methods.gce.method import GCESettings, prunings
from lnl.methods.registry import registered
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place
from tests.support import made_up
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of

LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
LOGITS = 3 * torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
Q = st.floats(0.01, 1.0)


def p_of_given(logits=LOGITS):
    return logits.softmax(1).gather(1, LABELS[:, None])[:, 0]


@given(q=Q)
def test_the_loss_is_that_of_the_paper(q):
    found = generalised_cross_entropy(LOGITS, LABELS, q).double()
    torch.testing.assert_close(found, (1 - p_of_given() ** q) / q, rtol=1e-4, atol=1e-5)
    assert (found >= 0).all()
    assert (found <= 1 / q).all()


@given(q=Q)
def test_the_gradient_is_that_of_cross_entropy_times_p_to_the_q(q):
    logits = LOGITS.clone().requires_grad_()
    (found,) = torch.autograd.grad(generalised_cross_entropy(logits, LABELS, q).sum(), logits)
    (of_ce,) = torch.autograd.grad(losses.cross_entropy(logits, LABELS).sum(), logits)
    torch.testing.assert_close(found, p_of_given()[:, None] ** q * of_ce, rtol=1e-4, atol=1e-6)


def test_its_ends_are_half_the_absolute_error_and_cross_entropy():
    absolute = (LOGITS.softmax(1) - torch.nn.functional.one_hot(LABELS, 3)).abs().sum(1)
    found = generalised_cross_entropy(LOGITS, LABELS, 1.0)
    torch.testing.assert_close(found.double(), absolute / 2, rtol=1e-5, atol=1e-6)
    near = generalised_cross_entropy(LOGITS, LABELS, 1e-6)
    torch.testing.assert_close(near, losses.cross_entropy(LOGITS, LABELS), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_loss_and_gradient_are_finite_where_p_is_0_or_1(scale):
    logits = (scale * torch.eye(3)[[0, 1]]).requires_grad_()
    each = generalised_cross_entropy(logits, torch.tensor([1, 1]), 0.7)
    (found,) = torch.autograd.grad(each.sum(), logits)
    assert each.tolist() == pytest.approx([1 / 0.7, 0])
    assert found.abs().max() < 1e-6


def test_a_step_pulls_each_sample_by_its_weight():
    method = made("gce", LABELS, 3)
    method.network = Says(LOGITS)
    output = method.training_step(step_of(method))
    found = grad(output.losses["generalised_cross_entropy"], method.network)
    one_hot = torch.nn.functional.one_hot(LABELS, 3)
    expected = p_of_given()[:, None] ** 0.7 * (LOGITS.softmax(1) - one_hot) / 6
    torch.testing.assert_close(found, expected.float(), rtol=1e-4, atol=1e-6)
    assert output.shown["network"].selected is None
    assert method.clean_scores(epoch_of(method, epoch=9)) is None


def test_truncated_trains_on_those_alone_that_were_believed_more_than_k():
    method = made("gce-truncated", LABELS, 3, prune_from=0.5)
    method.network = Says(LOGITS)
    enter(method, epoch=4)
    assert method.kept.all()
    assert method.clean_scores(epoch_of(method, epoch=4)) is None
    enter(method, epoch=5)
    believed = p_of_given() > 0.5
    assert method.kept.equal(believed)
    assert 0 < believed.sum() < 6
    below = generalised_cross_entropy(LOGITS, LABELS, 0.7) < (1 - 0.5**0.7) / 0.7
    assert method.kept.equal(below), "the same as by L_q(k)"
    output = method.training_step(step_of(method))
    found = grad(output.losses["generalised_cross_entropy"], method.network)
    assert found.abs().sum(1).gt(0).equal(believed)
    each = generalised_cross_entropy(LOGITS, LABELS, 0.7)
    torch.testing.assert_close(
        output.losses["generalised_cross_entropy"], (each * believed).sum() / 6
    )
    scores = method.clean_scores(epoch_of(method, epoch=5))
    assert scores.selection.equal(believed)
    torch.testing.assert_close(scores.scores, p_of_given().float())
    assert output.shown["network"].selected.equal(believed)


def test_whom_a_pruning_left_out_the_next_may_take_back():
    method = made("gce-truncated", LABELS, 3, prune_from=0.0, prune_every=0.2)
    sure = torch.nn.functional.one_hot(LABELS, 3) * 9.0
    method.network = Says(-sure)
    enter(method, epoch=0)
    assert not method.kept.any()
    method.network = Says(sure)
    enter(method, epoch=1)
    assert not method.kept.any(), "nobody is asked in between"
    enter(method, epoch=2)
    assert method.kept.all()


def test_with_nobody_kept_no_parameter_changes(blobs):
    method = make_method("gce-truncated", blobs, epochs=3, prune_from=0.0, threshold=0.999)
    trainer = Trainer(method, blobs, Plan(0, 32, place("cpu", "float32", threads=1)))
    before = {name: value.clone() for name, value in method.network.named_parameters()}
    for _ in trainer:
        pass
    assert not method.kept.any()
    assert all(value.equal(before[name]) for name, value in method.network.named_parameters())


def test_prunings_are_those_of_the_paper_and_of_a_short_run():
    def epochs(total, first, every):
        counts = [prunings(epoch / total, first, every) for epoch in range(-1, total)]
        return [epoch for epoch in range(total) if counts[epoch + 1] > counts[epoch]]

    assert epochs(120, 40 / 120, 10 / 120) == [*range(40, 120, 10)]
    assert epochs(150, 80 / 150, 10 / 150) == [*range(80, 150, 10)]
    assert epochs(6, 1 / 3, 1 / 12) == [2, 3, 4, 5]
    assert epochs(10, 0.0, 1.0) == [0]


@pytest.mark.parametrize(
    ("data", "epochs", "network", "first"),
    [
        ("cifar10", 120, "resnet34", 40),
        ("cifar100", 150, "resnet34", 80),
        ("fashion-mnist", 120, "resnet18", 40),
    ],
)
def test_presets_have_the_values_of_the_paper(data, epochs, network, first):
    preset = registered("gce-truncated").preset(data, None)
    settings = GCESettings(**preset.settings)
    assert (settings.q, settings.threshold, settings.learning_rate) == (0.7, 0.5, 0.01)
    assert (preset.recipe["epochs"], preset.recipe["network"]) == (epochs, network)
    assert settings.prune_from * epochs == pytest.approx(first)
    assert settings.prune_every * epochs == pytest.approx(10)


@pytest.mark.parametrize("q", [0.3, 0.7, 1.0])
def test_its_curves_pull_as_the_paper_says(q):
    numbers = {"gce.q": q, "gce-truncated.q": q, "gce-truncated.k": 0.4}
    scene = Scene(numbers=numbers)
    whole, truncated = loss_curves(["gce", "gce-truncated"], scene)
    np.testing.assert_allclose(whole.pull, whole.x**q * (1 - whole.x), rtol=1e-3, atol=1e-5)
    kept = np.where(whole.x > 0.4, whole.pull, 0)
    np.testing.assert_allclose(truncated.pull, kept, rtol=1e-3, atol=1e-5)
    assert loss_cuts(["gce", "gce-truncated"], scene) == {"k 0.4": 0.4}
    assert pieces_of("gce-truncated") == ("ce", "gce", "gce-truncated")


def test_its_cut_is_drawn_on_the_confidence():
    info = made_up.info("gce-truncated")
    info = replace(info, spec=replace(info.spec, settings={"threshold": 0.7}))
    assert "k 0.7" in confidence_lines(info).values()


def test_papers_published_it_and_its_runs_take_nothing_besides():
    found = [cell for cell in cells() if cell.our_method in ("gce", "gce-truncated")]
    assert {cell.paper for cell in found} == {"NLNL", "RFL"}
    assert len([cell for cell in found if cell.our_method == "gce-truncated"]) == 24
    assert not any(cell.besides for cell in found)
