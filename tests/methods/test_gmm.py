"""Small loss: the mixture against sklearn's and against hand-made cases, and the method on it."""

import warnings
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from lnl.methods.parts.mixture import _two_means, small_loss
from lnl.records import RunSpec
from lnl.training.placement import place
from lnl.training.resolve import resolve
from tests.support.saying import Says, enter, epoch_of, grad, made, step_of
from tests.support.trainers import trainer_of

CPU = place("cpu", "float32", threads=1)
seeds = st.integers(0, 2**31 - 1)


def two_modes(seed, low=300, high=200):
    random = torch.Generator().manual_seed(seed)
    small = 0.4 + 0.15 * torch.randn(low, generator=random).abs()
    large = 3.0 + 0.4 * torch.randn(high, generator=random)
    return torch.cat([small, large])


def test_two_far_modes_are_told_apart():
    posterior = small_loss(two_modes(0))
    assert (posterior[:300] > 0.5).all()
    assert posterior[:300].median() > 0.99
    assert posterior[300:].max() < 0.01


@settings(max_examples=20, deadline=None)
@given(seed=seeds, width=st.floats(0.1, 3), apart=st.floats(1, 6), upper=st.integers(30, 400))
def test_the_fit_is_the_one_of_the_sources_from_the_best_split(seed, width, apart, upper):
    random = torch.Generator().manual_seed(seed)
    low = torch.randn(400, generator=random)
    values = torch.cat([low, apart + width * torch.randn(upper, generator=random)]).double()
    scaled = (values - values.min()) / (values.max() - values.min())
    lower = _two_means(scaled) > 0
    parts = [scaled[lower].numpy(), scaled[~lower].numpy()]
    theirs = GaussianMixture(
        2,
        max_iter=10,
        tol=1e-2,
        reg_covar=5e-4,
        weights_init=[len(part) / len(scaled) for part in parts],
        means_init=[[part.mean()] for part in parts],
        precisions_init=[[[1 / (part.var() + 5e-4)]] for part in parts],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # at ten rounds, as in the sources
        theirs.fit(scaled.numpy()[:, None])
    order = theirs.means_[:, 0].argsort()
    expected = torch.from_numpy(theirs.predict_proba(scaled.numpy()[:, None])[:, order[0]])
    lowest, highest = theirs.means_[order, 0]
    inside = (scaled > lowest) & (scaled < highest)
    found = small_loss(values)
    torch.testing.assert_close(found[inside], expected[inside].float(), atol=1e-5, rtol=0)


@settings(max_examples=20)
@given(seed=seeds, scale=st.floats(0.01, 1000), shift=st.floats(-100, 100))
def test_scale_and_shift_change_nothing(seed, scale, shift):
    values = two_modes(seed).double()
    torch.testing.assert_close(
        small_loss(values * scale + shift), small_loss(values), atol=1e-4, rtol=0
    )


@settings(max_examples=20)
@given(seed=seeds, width=st.floats(0.1, 5))
def test_a_larger_loss_is_never_likelier_to_be_small(seed, width):
    random = torch.Generator().manual_seed(seed)
    values = torch.cat(
        [torch.randn(50, generator=random), 2 + width * torch.randn(50, generator=random)]
    )
    posterior = small_loss(values)[values.argsort()]
    assert (posterior.diff() <= 1e-6).all()


def test_the_smallest_loss_is_the_surest_although_the_other_mode_is_wider():
    # Without the clamp the wide component takes 0.0 over: its tail is heavier there.
    small = torch.linspace(0.9, 1.1, 100)
    values = torch.cat([torch.tensor([0.0]), small, torch.linspace(1.5, 10, 100)])
    posterior = small_loss(values)
    assert posterior[0] == posterior.max()
    assert posterior[0] > 0.5


@settings(max_examples=30)
@given(values=st.lists(st.integers(0, 50), min_size=2, max_size=9).filter(lambda v: len({*v}) > 1))
def test_the_start_is_the_best_split_in_two(values):
    tensor = torch.tensor(values, dtype=torch.float64)

    def cost(lower):
        parts = [tensor[lower > 0], tensor[lower == 0]]
        return sum(float((part - part.mean()).square().sum()) for part in parts)

    cuts = sorted(set(values))[:-1]
    best = min(cost((tensor <= cut).double()) for cut in cuts)
    assert cost(_two_means(tensor)) == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("values", [[2.5], [1.0, 1.0, 1.0]])
def test_where_nothing_stands_out_all_are_small(values):
    assert small_loss(torch.tensor(values)).eq(1).all()


def test_mirrored_values_have_mirrored_probabilities():
    posterior = small_loss(torch.tensor([0.0, 0.3, 0.45, 0.55, 0.7, 1.0]))
    torch.testing.assert_close(posterior + posterior.flip(0), torch.ones(6))
    assert 0.5 < posterior[2] < 1


def test_only_small_losses_are_trained_on():
    labels = torch.tensor([0, 1, 0, 1, 0, 1])
    method = made("gmm", labels, 2)
    logits = torch.full((6, 2), -2.0).scatter(1, labels[:, None], 2.0)
    logits[4:] = logits[4:].flip(1)  # two samples with a large loss
    method.network = Says(logits)
    enter(method)
    assert method.selected.tolist() == [True] * 4 + [False] * 2
    step = step_of(method)
    output = method.training_step(step)
    found = grad(output.losses["cross_entropy"], method.network)
    p = logits.softmax(1)
    expected = (p - torch.nn.functional.one_hot(labels, 2)) / 4
    torch.testing.assert_close(found[:4], expected[:4])
    assert found[4:].eq(0).all()
    assert output.shown["network"].selected.tolist() == method.selected.tolist()


def test_a_batch_of_which_nothing_is_selected_is_no_step():
    method = made("gmm", [0, 1], 2)
    method.selected.zero_()
    method.network = Says(torch.zeros(2, 2))
    assert method.training_step(replace(step_of(method), selected=0)).losses == {}


def test_scores_are_this_epochs_and_the_warm_up_has_none():
    labels = torch.tensor([0, 1, 0, 1])
    method = made("gmm", labels, 2, threshold=0.3)
    method.network = Says([[5.0, 0], [0, 5.0], [0, 5.0], [0, 5.0]])
    assert method.clean_scores(epoch_of(method, "warm-up")) is None
    found = method.clean_scores(epoch_of(method))
    assert found.selection.tolist() == [True, True, False, True]
    assert found.threshold == 0.3
    assert found.selection.equal(found.scores > 0.3)


def test_warm_up_is_cross_entropy_on_all(blobs):
    def weights(name, **chosen):
        trainer = trainer_of(name, blobs, 1, **chosen)
        next(trainer)
        return dict(trainer.method.network.state_dict())

    small = weights("gmm", selection_epochs=0)
    plain = weights("ce")
    for name, value in plain.items():
        torch.testing.assert_close(small[name], value)


def test_short_preset_on_embedded_data_sets():
    found = resolve(RunSpec(method="gmm", dataset="digits"))
    assert [(s.name, s.first, s.last) for s in found.stages] == [
        ("warm-up", 1, 8),
        ("selection", 9, 40),
    ]
