"""Records go through JSON and come back the same."""

import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lnl.findings.summary import RunSummary
from lnl.records import BINS, DataFacts, Detection, EpochRecord, RunSpec

COUNTS = st.lists(st.integers(0, 10**6), min_size=BINS, max_size=BINS)


def make_record(epoch=1, **more):
    base = {
        "epoch": epoch, "stage": "train", "seconds": 1.0, "evaluation_seconds": 0.5,
        "images_per_second": 100.0, "learning_rates": {"network": 0.1}, "losses": {"ce": 2.0},
    }  # fmt: skip
    return EpochRecord(**{**base, **more})


@given(clean=COUNTS, wrong=COUNTS, precision=st.floats(0, 1) | st.just(math.nan))
def test_round_trip(clean, wrong, precision):
    groups = {"clean": np.array(clean), "mislabelled": np.array(wrong)}
    record = make_record(
        detection=Detection(precision, 0.5, 0.5, 0.9, 0.8),
        confidence={"mean": groups},
        clean_scores=groups,
        threshold=0.1,
    )
    scalars = json.loads(json.dumps(record.scalars(), allow_nan=False))
    histograms = json.loads(json.dumps(record.histograms()))
    back = EpochRecord.from_parts(scalars, histograms)
    assert back.scalars() == record.scalars()
    for group, counts in groups.items():
        assert np.array_equal(back.confidence["mean"][group], counts)
        assert np.array_equal(back.clean_scores[group], counts)
    assert math.isnan(back.detection.precision) == math.isnan(precision)


def test_older_records_of_data_without_wrong_labels_are_read_as_undefined():
    stored = make_record(detection=Detection(0.0, math.nan, 0.0, math.nan, math.nan)).scalars()
    assert stored["detection"]["f1"] == 0
    found = EpochRecord.from_parts(stored).detection
    assert all(math.isnan(value) for value in vars(found).values())


def test_scalars_hold_no_histogram():
    record = make_record(confidence={"mean": {"clean": np.ones(BINS, int)}})
    assert "confidence" not in record.scalars()
    assert EpochRecord.from_parts(record.scalars()).confidence == {}


def test_spec_round_trip():
    spec = RunSpec(method="fine", settings={"base": "sed", "base_settings": {"alpha": 0.5}})
    assert RunSpec.from_json(spec.to_json()) == spec


def test_summary_takes_last_and_best():
    facts = DataFacts("f", "Digits", 10, 5, 10, tuple("0123456789"), (1, 8, 8), 0.4)
    records = [
        make_record(1, test_accuracy=0.9),
        make_record(2, test_accuracy=0.7, estimated_noise_rate=0.3),
        make_record(3, evaluated=False),
    ]
    summary = RunSummary.of("r", facts, records)
    assert (summary.test_accuracy, summary.best_test_accuracy) == (0.7, 0.9)
    assert summary.estimated_noise_rate == 0.3
    assert summary.seconds == 4.5
