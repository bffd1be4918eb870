from dataclasses import replace

import numpy as np
import pytest

from lnl import charts, findings
from lnl.charts.detection import SELECTION
from lnl.findings import RunRecords
from lnl.findings.separation import cuts
from lnl.records import BINS, Detection
from tests.support import made_up
from tests.support.seen import texts

CLEAN, WRONG = made_up.pile(600, 0.8, 0.15), made_up.pile(400, 0.3, 0.15)


def scored(threshold):
    """A record whose detection is what its own cut comes to."""
    found, place = cuts(CLEAN, WRONG), round(threshold * BINS)
    values = (float(v[place]) for v in (found.precision, found.recall, found.f1))
    return replace(
        made_up.record(1, "selnlpl"),
        clean_scores={"clean": CLEAN, "mislabelled": WRONG},
        threshold=threshold,
        detection=Detection(*values, 0.9, 0.9),
    )


def runs(*records, method="selnlpl"):
    return [RunRecords(made_up.info(method), list(records))]


def by_name(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.57])
def test_the_operating_point_lies_on_the_curve_at_the_threshold(threshold):
    drawn = by_name(charts.precision_recall(runs(scored(threshold))))
    line, point = drawn["every threshold from 0 to 1"], drawn[SELECTION]
    (place,) = np.flatnonzero(np.isclose(line.customdata, threshold))
    assert point.x[0] == pytest.approx(line.x[place])
    assert point.y[0] == pytest.approx(line.y[place])
    assert f"threshold {threshold:.2f}" in point.hovertemplate


@pytest.mark.parametrize("threshold", [0.1, 0.5])
def test_f1_against_the_threshold_has_the_methods_own(threshold):
    figure = charts.f1_by_threshold(runs(scored(threshold)))
    drawn = by_name(figure)
    (place,) = np.flatnonzero(np.isclose(drawn["F1"].x, threshold))
    assert drawn[SELECTION].y[0] == pytest.approx(drawn["F1"].y[place])
    assert [s.x0 for s in figure.layout.shapes] == [threshold]
    best = drawn["F1"].x[np.argmax(drawn["F1"].y)]
    assert 0.3 < best < 0.8, "the piles part between their centres"


def test_a_selection_without_one_cut_is_a_point_beside_the_curve():
    record = replace(scored(0.5), threshold=None)
    drawn = by_name(charts.precision_recall(runs(record)))
    assert "no single threshold" in drawn[SELECTION].hovertemplate
    assert SELECTION not in by_name(charts.f1_by_threshold(runs(record)))


def test_nothing_flagged_is_no_point():
    nothing = Detection(float("nan"), 0.0, 0.0, 0.5, 0.4)
    record = replace(scored(0.5), detection=nothing)
    assert SELECTION not in by_name(charts.precision_recall(runs(record)))
    point = by_name(charts.f1_by_threshold(runs(record)))[SELECTION]
    assert "precision –, recall 0.0%, F1 0.0%" in point.hovertemplate


@pytest.mark.parametrize(
    "chart", [charts.detection_curves, charts.precision_recall, charts.f1_by_threshold]
)
def test_where_nothing_is_mislabelled_it_says_so(chart):
    undefined = Detection(*[float("nan")] * 5)
    record = replace(scored(0.5), detection=undefined, clean_scores={"clean": CLEAN})
    info = made_up.info("gmm", data=made_up.facts(actual_noise_rate=0.0))
    figure = chart([RunRecords(info, [record])])
    assert [trace.name for trace in figure.data] == ["empty"]
    assert "nothing is mislabelled" in texts(figure)


def test_each_number_is_a_curve_in_its_own_colour_and_dash():
    record = replace(made_up.record(1), detection=Detection(0.1, 0.2, 0.3, 0.4, 0.5))
    drawn = by_name(charts.detection_curves(runs(record)))
    values = {name: pytest.approx(float(t.y[0])) for name, t in drawn.items()}
    assert values == {"precision": 0.1, "recall": 0.2, "F1": 0.3, "AUROC": 0.4}
    assert len({t.line.color for t in drawn.values()}) == 4
    assert len({t.line.dash for t in drawn.values()}) == 4


def test_undefined_numbers_are_left_out():
    nothing = Detection(float("nan"), 0.0, 0.0, 0.5, 0.4)
    records = [replace(made_up.record(1), detection=nothing), made_up.record(2)]
    drawn = by_name(charts.detection_curves(runs(*records)))
    assert drawn["precision"].x.tolist() == [2]
    assert drawn["recall"].x.tolist() == [1, 2]


def test_the_estimated_noise_rate_beside_the_actual_one():
    drawn = by_name(charts.noise_rate_curves(runs(made_up.record(1), made_up.record(2))))
    assert drawn["estimated noise rate"].y.tolist() == pytest.approx([0.38, 0.38])
    assert list(drawn["actual noise rate 40%"].y) == [0.4, 0.4]


def test_the_overlap_of_confidences_and_of_scores_that_are_kept():
    same, apart = {"clean": CLEAN, "mislabelled": CLEAN}, {
        "clean": made_up.pile(5, 0.9, 0.01),
        "mislabelled": made_up.pile(5, 0.1, 0.01),
    }  # fmt: skip
    first = replace(made_up.record(1), confidence={"mean": same}, clean_scores=same)
    then = replace(made_up.record(2, "selnlpl"), confidence={"mean": same}, clean_scores=apart)
    drawn = by_name(charts.overlap_curves(runs(first, then)))
    assert drawn["of the confidences"].y.tolist() == pytest.approx([1, 1])
    assert drawn["of the clean scores"].x.tolist() == [2], "before, it kept no scores"
    assert drawn["of the clean scores"].y.tolist() == [0]


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        (["confidence"] * 2, "wrong where its confidence is 0.5 or less"),
        (["clean_scores"] * 2, "judged by its own clean scores"),
        (["confidence", "clean_scores"], "confidence to epoch 1, then clean scores"),
        (["clean_scores", "confidence"], "by clean scores, now by confidence"),
    ],
)
def test_what_the_selection_is_read_from_is_said_in_words(readings, words):
    records = [replace(made_up.record(e), reading=reading) for e, reading in enumerate(readings, 1)]
    assert words in texts(charts.detection_curves(runs(*records)))


@pytest.mark.parametrize(
    "chart",
    [
        charts.detection_curves,
        charts.overlap_curves,
        charts.precision_recall,
        charts.f1_by_threshold,
    ],
)
def test_without_true_labels_nothing_is_claimed(chart):
    hidden = findings.blind(made_up.run(epochs=20))
    figure = chart([hidden])
    assert [t.name for t in figure.data] == ["empty"]
    assert "nothing known" in texts(figure)


def test_without_true_labels_the_noise_rate_is_an_estimate_alone():
    hidden = findings.blind(RunRecords(made_up.info(), [made_up.record(1)]))
    assert [t.name for t in charts.noise_rate_curves([hidden]).data] == ["estimated noise rate"]


def test_colours_have_their_dark_counterparts():
    drawn = charts.detection_curves(runs(made_up.record(1))).data
    assert {t.line.color for t in drawn} <= set(charts.DARK)
