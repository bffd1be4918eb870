"""PES against the paper: who rests in which stage, who is confident, and what each class weighs."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lnl.methods.parts.progressive import balanced, lead
from lnl.methods.pes.method import PES, PESSettings
from lnl.methods.registry import registered
from lnl.methods.schedule import value_at
from lnl.shapes import Recipe
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

K = 3
LABELS = torch.tensor([0, 1, 2, 0, 1, 2])
STAGES = {"first_epochs": 1, "block_epochs": 1, "head_epochs": 1, "selection_epochs": 1}


def logits(predicted):
    noise = torch.rand(6, K, generator=torch.Generator().manual_seed(0))
    return noise + 2 * F.one_hot(torch.tensor(predicted), K)


def pes(predicted, **chosen):
    method = made("pes", LABELS, K, freeze_refined=False, **chosen)
    method.network = Says(logits(predicted))
    return method


# --- selection and weights ----------------------------------------------------------------------


@given(labels=st.lists(st.integers(0, 4), max_size=30))
def test_class_weights_keep_the_sum_and_make_classes_equal(labels):
    given = torch.tensor(labels, dtype=torch.long)
    weights = balanced(given, 5)
    counts = torch.bincount(given, minlength=5)
    assert float((counts * weights).sum()) == pytest.approx(len(labels), rel=1e-5)
    present = (counts * weights)[counts > 0]
    torch.testing.assert_close(present, present[:1].expand_as(present))
    assert weights[counts == 0].eq(0).all()


@given(seed=st.integers(0, 1000), classes=st.integers(2, 5))
def test_the_lead_is_above_a_half_where_the_label_is_predicted(seed, classes):
    generator = torch.Generator().manual_seed(seed)
    p = torch.randn(20, classes, generator=generator).softmax(1)
    labels = torch.randint(0, classes, (20,), generator=generator)
    found = lead(p, labels)
    assert (found > 0.5).equal(p.argmax(1) == labels)
    margins = [
        row[y] - max(row[k] for k in range(classes) if k != y)
        for row, y in zip(p, labels, strict=True)
    ]
    torch.testing.assert_close(found, (1 + torch.stack(margins)) / 2)


def test_only_confident_samples_are_learned_each_class_alike():
    method = pes([0, 1, 0, 0, 2, 0])  # rows 0, 1, 3: two of class 0, one of class 1
    streams = enter(method)
    assert [stream.index.tolist() for stream in streams] == [[0, 1, 3], [2, 4, 5]]
    torch.testing.assert_close(method.class_weights, torch.tensor([0.75, 1.5, 0.0]))
    output = method.training_step(step_of(method, rows=[0, 1, 3]))
    found = grad(output.losses["cross_entropy"], method.network)
    p = method.network.table.detach().softmax(1)
    weights = torch.tensor([0.25, 0.5, 0, 0.25, 0, 0])[:, None]
    torch.testing.assert_close(found, weights * (p - F.one_hot(LABELS, K)))
    assert output.shown["network"].selected.all()
    scores = method.clean_scores(epoch_of(method))
    assert scores.selection.tolist() == [True, True, False, True, False, False]


def test_before_the_selection_all_are_learned():
    method = pes([1, 2, 0, 1, 2, 0])
    (stream,) = enter(method, "all layers")
    assert stream.index is None
    output = method.training_step(step_of(method, "all layers"))
    expected = F.cross_entropy(method.network.table.detach(), LABELS)
    torch.testing.assert_close(output.losses["cross_entropy"], expected)
    assert method.clean_scores(epoch_of(method, "all layers")) is None


@pytest.mark.parametrize(("predicted", "sizes"), [(LABELS, [6, 0]), ((LABELS + 1) % K, [0, 6])])
def test_everyone_and_nobody_may_be_confident(predicted, sizes):
    method = pes(predicted.tolist())
    assert [len(stream.index) for stream in enter(method)] == sizes
    assert method.class_weights.isfinite().all()


# --- stages -------------------------------------------------------------------------------------


@pytest.fixture
def data(blobs):
    """On a network that is more than a last block and a head."""
    return replace(blobs, recipe=replace(blobs.recipe, network="small-cnn"))


def parts_of(network):
    """Its parameters by part; the body is what is in neither of the others."""
    named = {"last_block": [], "head": [], "body": []}
    own = {part: set(getattr(network, part).parameters()) for part in ("last_block", "head")}
    for value in network.parameters():
        part = next((name for name, values in own.items() if value in values), "body")
        named[part].append(value.detach().clone())
    return {name: values for name, values in named.items() if values}


@pytest.mark.parametrize("freeze", [True, False])
def test_layers_rest_in_their_stages_bit_by_bit(data, freeze):
    trainer = trainer_of("pes", data, freeze_refined=freeze, **STAGES)
    network = trainer.method.network
    state, moved = parts_of(network), []
    for _ in trainer:
        now = parts_of(network)
        moved.append(
            {
                name
                for name, values in now.items()
                if not all(a.equal(b) for a, b in zip(values, state[name], strict=True))
            }
        )
        state = now
    everything = set(state)
    refined = {"last_block", "head"} & everything
    last = everything - refined if freeze else everything
    assert moved == [everything, refined, {"head"}, last]


def test_batch_norm_goes_on_counting_in_a_frozen_layer(data):
    trainer = trainer_of("pes", data, **STAGES)
    counted = []
    for _ in trainer:
        counted.append([int(m.num_batches_tracked) for m in norms_of(trainer.method.network)])
    before, after = counted[1:3]  # in the stage between only the head is trained
    assert len(before) > 1
    assert all(one < two for one, two in zip(before, after, strict=True))


def norms_of(network):
    return [module for module in network.modules() if hasattr(module, "num_batches_tracked")]


def test_a_network_that_is_all_last_block_and_head_is_not_frozen(blobs):
    trainer = trainer_of("pes", blobs, **STAGES)
    for _ in range(3):
        next(trainer)
    before = trainer.method.network.head.weight.detach().clone()
    next(trainer)
    assert not trainer.method.network.head.weight.equal(before)


def test_a_wrapper_is_shown_what_is_left_out_and_changes_nothing_by_asking(data):
    alone = trainer_of("pes", data, **STAGES)
    list(alone)
    asked = trainer_of("fine", data, 4, base="pes", base_settings=STAGES, beta=0.0, gamma=0.0)
    list(asked)
    ours, theirs = alone.method.network.state_dict(), asked.method.base.network.state_dict()
    assert all(ours[name].equal(theirs[name]) for name in ours)
    assert asked.method.forgotten.any()


@pytest.mark.parametrize(
    ("data", "first", "network"), [("cifar10", 25, "resnet18"), ("cifar100", 30, "resnet34")]
)
def test_presets_have_the_values_of_the_paper(data, first, network):
    chosen = registered("pes").preset(data, None)
    settings, recipe = PESSettings(**chosen.settings), Recipe(**chosen.recipe)
    stages = PES.schedule(settings, recipe)
    assert [stage.epochs for stage in stages] == [first, 7, 5, 200 - first]
    assert recipe.network == network
    rate = stages[3].optimisers["network"].learning_rate
    length = stages[3].epochs
    for epoch, expected in ((first, 0.1), (99, 0.1), (100, 0.01), (149, 0.01), (150, 0.001)):
        assert value_at(rate, (epoch - first) / length) == pytest.approx(expected)
    (refining,) = stages[1].optimisers.values()
    assert (refining.kind, refining.learning_rate) == ("adam", 1e-4)


def test_on_small_images_new_layers_learn_faster():
    chosen = registered("pes").preset("digits", None)
    assert chosen is PES.presets["short"]
    assert PESSettings(**chosen.settings).refining_rate == 1e-2
