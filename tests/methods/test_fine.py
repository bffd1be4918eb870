"""FINE: its losses by hand, over a base that shows what a test wants."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from lnl.errors import BadInput
from lnl.methods import registry
from lnl.methods.base import Method
from lnl.methods.card import BASELINES, Card, Style
from lnl.methods.interface import Shown, StepOutput
from lnl.methods.registry import Registered
from lnl.methods.settings import MethodSettings, setting
from lnl.training import Plan, Trainer, make_method
from lnl.training.placement import place
from tests.support.saying import Says, enter, epoch_of, made, step_of

CPU = place("cpu", "float32", threads=1)

K = 4
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])
LOGITS = torch.randn(6, K, generator=torch.Generator().manual_seed(0))
SELECTED = torch.tensor([True, False, True, False, False, False])
FILTERED = ~SELECTED


class ShowingSettings(MethodSettings):
    """A knob, to see that settings reach the base."""

    knob: int = setting(1, "A number", ge=0)


class Showing(Method):
    """Learns nothing itself; shows what the test has put there."""

    Settings = ShowingSettings

    def build(self):
        self.network = self.new_network()
        self.selected = self.per_sample(dtype=torch.bool)
        self.inferred = self.per_sample(fill=-1, dtype=torch.long)
        self.silent = nn.Buffer(torch.tensor(False))
        self.selects = nn.Buffer(torch.tensor(True))

    def training_step(self, step):
        assert step.show_filtered
        index = step.batch.index
        logits = self.network(step.batch.images).logits
        inferred = self.inferred[index]
        shown = Shown(
            logits,
            step.batch.given_labels,
            index,
            self.selected[index] if self.selects else None,
            None if (inferred < 0).any() else inferred,
        )
        return StepOutput({"nothing": 0 * logits.sum()}, {} if self.silent else {"network": shown})

    def sample_values(self, epoch):
        return {"own": self.selected.float()}


CARD = Card("showing", "Showing", "tests", BASELINES, "", (), (), Style("grey", "dot"))
SHOWING = Registered(CARD, Showing)


@pytest.fixture(autouse=True)
def _showing(monkeypatch):
    monkeypatch.setitem(registry._REGISTRY, "showing", SHOWING)


def fine(name="fine", labels=LABELS, logits=LOGITS, selected=SELECTED, inferred=None, **chosen):
    method = made(name, labels, logits.shape[1], base="showing", **chosen)
    method.base.network = Says(logits, logits)
    method.base.selected.copy_(selected)
    if inferred is not None:
        method.base.inferred.copy_(inferred)
    return method


def terms(method, epoch=0):
    enter(method, epoch=epoch)
    return method.training_step(step_of(method, epoch=epoch)).losses


def gradient(loss, method):
    (found,) = torch.autograd.grad(loss, method.base.network.table, retain_graph=True)
    return found[: len(LABELS)]


# --- the losses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("reading", "scale"), [("released", 1.0), ("as-written", 1 / K)])
def test_forgetting_is_minus_cross_entropy_on_the_filtered_rows(reading, scale):
    method = fine(reading=reading, beta=0.7)
    found = terms(method)["forget"]
    expected = -F.cross_entropy(LOGITS[FILTERED], LABELS[FILTERED]) * scale
    torch.testing.assert_close(found, 0.7 * expected)
    ascent = (F.one_hot(LABELS, K) - LOGITS.softmax(1)) * FILTERED[:, None] / 4
    torch.testing.assert_close(gradient(found, method), 0.7 * scale * ascent)


def test_released_suppression_is_negative_learning_on_the_given_label():
    method = fine(gamma=0.3)
    found = terms(method)["suppress"]
    p = LOGITS.softmax(1)
    p_y = p.gather(1, LABELS[:, None])
    torch.testing.assert_close(found, 0.3 * -(1 - p_y[FILTERED]).log().mean())
    # p_y at the given label, -p_y p_i / (1 - p_y) elsewhere.
    slope = torch.where(F.one_hot(LABELS, K).bool(), p_y, -p_y * p / (1 - p_y))
    torch.testing.assert_close(gradient(found, method), 0.3 * slope * FILTERED[:, None] / 4)


def test_as_written_suppression_takes_the_other_class():
    labels = torch.tensor([0, 1, 0, 1])
    logits = LOGITS[:4, :2]
    method = fine(
        labels=labels, logits=logits, selected=False, reading="as-written", beta=0.0, gamma=1.0
    )
    # Of two classes the complementary one is certain, so that 1 - p of it is p_y.
    expected = F.cross_entropy(logits, labels) / 2
    torch.testing.assert_close(terms(method)["suppress"], expected)


def test_as_written_suppression_draws_each_other_class_and_never_the_given_one():
    method = fine(logits=torch.zeros(6, K), reading="as-written", beta=0.0)
    step = step_of(method)
    seen = torch.zeros(6, K)
    for seed in range(60):
        object.__setattr__(step, "random_of", lambda name, s=seed: _seeded(s))
        found = method.training_step(step).losses["suppress"]
        seen += gradient(found, method) > 0
    assert seen[SELECTED].eq(0).all()
    assert seen.gather(1, LABELS[:, None]).eq(0).all()
    others = seen[FILTERED].scatter(1, LABELS[FILTERED][:, None], 60)
    assert (others > 8).all()


def _seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_released_keeps_to_labels_that_the_base_disbelieves():
    inferred = LABELS.clone()
    inferred[[3, 4]] = (LABELS[[3, 4]] + 1) % K
    expected = torch.zeros(6, dtype=torch.bool)
    expected[[3, 4]] = True
    released, written = (
        fine(reading=reading, inferred=inferred) for reading in ("released", "as-written")
    )
    terms(released), terms(written)
    assert released.forgotten.equal(expected)
    assert written.forgotten.equal(FILTERED)


def test_average_over_the_batch_counts_selected_rows_too():
    subset, batch = (terms(fine(reduce=reduce)) for reduce in ("subset", "batch"))
    for name in ("forget", "suppress"):
        torch.testing.assert_close(batch[name], subset[name] * 4 / 6)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**31 - 1), reading=st.sampled_from(["released", "as-written"]))
def test_selected_rows_have_no_gradient(seed, reading):
    logits = 5 * torch.randn(6, K, generator=_seeded(seed))
    registry._REGISTRY["showing"] = SHOWING
    method = fine(logits=logits, reading=reading)
    total = sum(terms(method)[name] for name in ("forget", "suppress"))
    assert gradient(total, method)[SELECTED].eq(0).all()


@pytest.mark.parametrize("reduce", ["subset", "batch"])
def test_nothing_filtered_is_zero_without_gradient(reduce):
    method = fine(selected=True, reduce=reduce)
    found = terms(method)
    for name in ("forget", "suppress"):
        assert found[name].item() == 0
        assert gradient(found[name], method).eq(0).all()
    assert method.epoch_values(epoch_of(method))["forgotten_confidence"].item() == 0


def test_what_is_forgotten_is_left_alone():
    logits = LOGITS.clone()
    logits[3] = torch.tensor([12.0, 0, 0, 0])  # p_y of class 3 is about 6e-6
    held, free = (fine(logits=logits, mu_floor=floor) for floor in (1e-4, 0.0))
    assert gradient(terms(held)["forget"], held)[3].eq(0).all()
    assert gradient(terms(held)["forget"], held)[1].ne(0).any()
    assert gradient(terms(free)["forget"], free)[3].ne(0).any()
    torch.testing.assert_close(terms(held)["forget"], terms(free)["forget"])


def test_extreme_logits_stay_finite():
    logits = torch.tensor([[200.0, 0, 0, 0]] * 6)
    method = fine(logits=logits, selected=False, mu_floor=0.0)
    found = terms(method)
    for name in ("forget", "suppress"):
        assert found[name].isfinite()
        assert gradient(found[name], method).isfinite().all()


def test_a_step_on_each_term_does_what_it_is_for():
    def after(name, of):
        method = fine(beta=1.0, gamma=1.0)
        moved = LOGITS - 0.1 * gradient(terms(method)[name], method)
        return [of(table.softmax(1)).item() for table in (LOGITS, moved)]

    def own(p):
        return p.gather(1, LABELS[:, None])[FILTERED]

    before, now = after("forget", lambda p: own(p).log().mean())
    assert now < before
    before, now = after("suppress", lambda p: (1 - own(p)).log().mean())
    assert now > before


def test_parts_are_the_whole_with_one_weight_zero():
    assert set(terms(fine("fine"))) == {"nothing", "forget", "suppress"}
    assert set(terms(fine("afmu"))) == {"nothing", "forget"}
    assert set(terms(fine("nsnl"))) == {"nothing", "suppress"}
    assert set(terms(fine("fine", beta=0.0))) == {"nothing", "suppress"}
    assert set(terms(fine("fine", beta=0.0, gamma=0.0))) == {"nothing"}


def test_presets_are_the_two_readings(blobs):
    released = make_method("fine", blobs, preset="released").settings
    written = make_method("fine", blobs, preset="as-written").settings
    assert (released.reading, released.beta, released.gamma) == ("released", 0.002, 0.1)
    assert (written.reading, written.beta, written.gamma) == ("as-written", 0.001, 0.1)
    assert make_method("fine", blobs).settings == released


# --- what the screen gets -----------------------------------------------------------------------


def test_epoch_values_are_size_and_mean_confidence_of_the_filtered():
    method = fine()
    terms(method)
    values = method.epoch_values(epoch_of(method))
    p_y = LOGITS.softmax(1).gather(1, LABELS[:, None])[:, 0]
    assert values["n_forget"].item() == 4
    assert values["forgotten_confidence"].item() == pytest.approx(p_y[FILTERED].mean().item())
    shown = method.sample_values(epoch_of(method))
    assert shown["forgotten"].equal(FILTERED.float())
    assert shown["own"].equal(SELECTED.float())
    enter(method, epoch=1)
    assert method.epoch_values(epoch_of(method))["n_forget"].item() == 0


# --- bases that do not select -------------------------------------------------------------------


def test_a_base_that_never_selects_is_split_by_its_losses():
    logits = 4 * F.one_hot(LABELS, K).float()
    logits[1] = -logits[1]
    method = fine(logits=logits)
    method.base.selects.fill_(False)
    terms(method, epoch=0)
    assert not method.forgotten.any()
    terms(method, epoch=1)
    assert method.forgotten.tolist() == [False, True, False, False, False, False]


def test_a_base_that_selects_is_not_split():
    method = fine()
    terms(method, epoch=0), terms(method, epoch=1)
    assert not method.never_selects
    assert method.split.all()


def test_a_base_that_shows_nothing_is_refused(blobs):
    method = make_method("fine", blobs, epochs=1, base="showing")
    method.base.silent.fill_(True)
    trainer = Trainer(method, blobs, Plan(0, 32, CPU))
    with pytest.raises(BadInput, match=r"'showing' shows nothing\. Choose another base"):
        next(trainer)


# --- settings of the base -----------------------------------------------------------------------


def test_settings_reach_the_base_and_are_kept_resolved(blobs):
    method = make_method("fine", blobs, base="showing", base_settings={"knob": 3})
    assert method.base.settings.knob == 3
    assert method.settings.base_settings["knob"] == 3
    assert method.settings.base_settings["learning_rate"] == blobs.recipe.learning_rate
    assert method.twin().base.settings == method.base.settings


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"base": "nope"}, "unknown method 'nope'.*the base"),
        ({"base": "showing", "base_settings": {"knop": 1}}, "Did you mean 'knob'.*the base"),
        ({"base": "showing", "base_settings": {"knob": -1}}, "'knob'.*the base, 'showing'"),
        ({"base": "sed", "base_preset": "nope"}, "sed has no preset 'nope'.*the base"),
        ({"beta": -1.0}, "beta"),
        ({"learning_rate": 0.1}, "unknown setting 'learning_rate'"),
    ],
)
def test_bad_input_says_whose_setting_it_is(blobs, chosen, message):
    with pytest.raises(BadInput, match=message):
        make_method("fine", blobs, **chosen)
