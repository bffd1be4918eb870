"""The time of a run that was never trained: pace times images, epochs and what the method costs."""

import pytest

from lnl.errors import BadInput
from lnl.evidence import measured_costs
from lnl.measuring import expected
from lnl.records import RunSpec
from lnl.training import frozen, pace
from lnl.training.pace import Pace


@pytest.fixture
def paces(monkeypatch):
    """A pretended pace: 1 ms of training and 0.1 ms of evaluation an image, 10 ms of features."""
    asked = []

    def pace_of(shape, classes, recipe, placement, samples, columns):
        asked.append((recipe.network, samples))
        return Pace(1e-3, 1e-4, 1e-2 if recipe.network.startswith("frozen") else 0.0)

    monkeypatch.setattr(pace, "pace_of", pace_of)
    return asked


def test_images_times_epochs_times_cost(paces):
    spec = RunSpec("digits", method="gmm", epochs=10)
    cost = measured_costs.newest()["gmm"].epoch
    assert expected.seconds_of(spec) == pytest.approx(cost * 10 * (1.437 + 0.1797))
    assert paces == [("small-cnn", (1437, 360))]


def test_a_limit_and_epochs_that_are_not_evaluated(paces):
    spec = RunSpec("digits", method="ce", epochs=10, limit=100, evaluate_every=5)
    cost = measured_costs.newest()["ce"].epoch
    assert expected.seconds_of(spec) == pytest.approx(cost * 10 * (0.1 + 0.046 / 5))


def test_features_come_first_and_once(paces, monkeypatch):
    spec = RunSpec("digits", network="frozen:efficientnet-lite0", epochs=1)
    whole = expected.seconds_of(spec)
    monkeypatch.setattr(frozen, "left_to_compute", lambda spec: 0)
    assert whole - expected.seconds_of(spec) == pytest.approx(17.97)


def test_what_has_no_measured_cost_has_no_time(paces):
    assert expected.seconds_of(RunSpec("digits", method="fine", settings={"base": "gmm"})) is None
    with pytest.raises(BadInput):
        expected.seconds_of(RunSpec("nowhere"))
    assert expected.expecting(RunSpec("nowhere")).result() is None


def test_in_a_thread_a_spec_is_tried_once(paces):
    spec = RunSpec("digits", epochs=3, seed=12345)
    assert expected.expecting(spec) is expected.expecting(RunSpec("digits", epochs=3, seed=12345))
    assert expected.expecting(spec).result() == expected.seconds_of(spec)
