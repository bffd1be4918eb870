"""The loss explorer against the closed forms of the papers, over the whole axis."""

import numpy as np
import pytest

from lnl import losses
from lnl.catalogue.loss_pieces import Scene, loss_curves, loss_cuts, pieces, pieces_of
from lnl.charts import pulls
from lnl.errors import BadInput
from lnl.methods.card import ROBUST_LOSSES
from lnl.methods.registry import all_methods

CLASSES = [3, 10, 100]


def curve(name, **scene):
    (found,) = loss_curves([name], Scene(**scene))
    return found


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("classes", CLASSES)
def test_ce_pulls_with_one_minus_p(classes):
    ce = curve("ce", classes=classes)
    close(ce.loss, -np.log(ce.x))
    close(ce.pull, 1 - ce.x)


@pytest.mark.parametrize("classes", CLASSES)
def test_nl_pulls_as_equation_3_of_nlnl_says(classes):
    nl = curve("nl", classes=classes)
    p_bar = (1 - nl.x) / (classes - 1)
    close(nl.loss, -np.log(1 - p_bar))
    close(nl.pull, p_bar / (1 - p_bar) * nl.x)


@pytest.mark.parametrize("classes", CLASSES)
def test_over_the_complementary_label_nl_pulls_evenly(classes):
    nl = curve("nl", classes=classes, over="complementary")
    close(nl.loss, -np.log(1 - nl.x))
    close(nl.pull, nl.x / (classes - 1))
    ce = curve("ce", classes=classes, over="complementary")
    close(ce.pull, 1 - (1 - ce.x) / (classes - 1))


@pytest.mark.parametrize("classes", CLASSES)
def test_selection_cuts_at_chance_and_at_gamma(classes):
    nl, selnl = curve("nl", classes=classes), curve("selnl", classes=classes)
    close(selnl.pull, np.where(nl.x > 1 / classes, nl.pull, 0))
    ce, selpl = curve("ce"), curve("selpl", numbers={"selpl.gamma": 0.7})
    close(selpl.pull, np.where(ce.x > 0.7, ce.pull, 0))
    close(selpl.loss, np.where(ce.x > 0.7, ce.loss, 0))


@pytest.mark.parametrize("classes", CLASSES)
def test_ml_is_nl_on_all_other_classes_and_pm_adds_ce(classes):
    ce, nl, ml, pm = loss_curves(["ce", "nl", "ml", "pm"], Scene(classes=classes))
    close(ml.pull, (classes - 1) * nl.pull)
    close(pm.pull, ce.pull + ml.pull)
    close(pm.loss, ce.loss + ml.loss)


def test_reweighting_turns_the_pull_of_ce_round():
    ce, ar, pm, pm_ar = loss_curves(["ce", "ce-ar", "pm", "pm-ar"])
    weight = ar.x - ar.x[0]
    close(ar.pull, weight * (1 - ar.x))
    close(pm_ar.pull, weight * pm.pull)
    assert ce.pull.argmax() == 0
    assert ar.x[ar.pull.argmax()] == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("trust", [0.0, 0.25, 1.0])
def test_bootstrapping_leans_on_what_is_predicted(trust):
    found = curve("rfl", numbers={"rfl.alpha": trust})
    predicted = found.x > 0.1
    close(found.pull, np.where(predicted, 1 - found.x, trust - found.x))
    if not trust:
        assert (found.pull[~predicted] <= 0).all()


def test_forgetting_and_suppressing_push_the_label_down():
    close(curve("afmu").pull, -(1 - curve("ce").x))
    close(curve("afmu").loss, np.log(curve("afmu").x))
    close(curve("nsnl").pull, -curve("nsnl").x)


@pytest.mark.parametrize("classes", CLASSES)
def test_nl_pulls_most_in_the_middle(classes):
    nl = curve("nl", classes=classes)
    assert 0.4 < nl.x[nl.pull.argmax()] < 0.51
    assert nl.pull[0] < 0.02 * nl.pull.max()


@pytest.mark.parametrize(("name", "number"), [("peer", "weight"), ("cores2", "beta")])
@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("strength", [0.0, 1.0, 4.0])
def test_what_labels_dealt_out_evenly_subtract(name, number, classes, strength):
    found = curve(name, classes=classes, numbers={f"{name}.{number}": strength})
    pull = (1 - found.x + strength * (found.x - 1 / classes)) / (1 + strength)
    seen = np.minimum(found.x, (1 - found.x) / (classes - 1)) > 1e-3  # both hold p above 0
    np.testing.assert_allclose(found.pull[seen], pull[seen], atol=0.015)


def test_every_robust_loss_has_a_curve():
    robust = [entry.name for entry in all_methods() if entry.card.group == ROBUST_LOSSES]
    assert [name for name in robust if len(pieces_of(name)) < 2] == []


def test_the_functions_that_train_are_the_ones_drawn(monkeypatch):
    monkeypatch.setattr(losses, "cross_entropy", lambda logits, labels: 0 * logits[:, 0])
    assert not curve("ce").pull.any()


def test_every_method_begins_with_losses_that_are_there():
    for name in ("", *(entry.name for entry in all_methods())):
        found = pieces_of(name)
        assert found[0] == "ce"
        assert set(found) <= pieces().keys()


def test_what_is_not_there_is_refused():
    with pytest.raises(BadInput, match="unknown loss 'mse'"):
        loss_curves(["mse"])
    with pytest.raises(BadInput, match="at least 3 classes"):
        Scene(classes=2)


def test_losses_stand_left_and_pulls_right_with_the_cuts_in_both():
    curves, cuts = loss_curves(["ce", "selpl"]), loss_cuts(["ce", "selpl"], Scene())
    figure = pulls(curves, "p", cuts)
    assert [trace.xaxis for trace in figure.data] == ["x", "x", "x2", "x2"]
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]
    np.testing.assert_array_equal(figure.data[1].y, curves[1].loss)
    np.testing.assert_array_equal(figure.data[3].y, curves[1].pull)
    assert [shape.x0 for shape in figure.layout.shapes] == [0.5, 0.5]
    assert [text.text for text in figure.layout.annotations][2:] == ["γ 0.5"] * 2
    assert len({(t.line.color, t.line.dash) for t in figure.data}) == 2
    assert figure.data[0].line.width > figure.data[1].line.width, "SelPL lies on CE"


def test_pulls_by_their_largest_reach_one():
    figure = pulls(loss_curves(["ce", "nl", "afmu"]), "p", {}, relative=True)
    largest = [np.abs(trace.y).max() for trace in figure.data[3:]]
    assert largest == pytest.approx([1, 1, 1])
    assert figure.data[5].y.max() <= 0
    nowhere = Scene(numbers={"selpl.gamma": 1.0})
    never = pulls(loss_curves(["selpl"], nowhere), "p", {}, relative=True)
    assert not never.data[1].y.any()
