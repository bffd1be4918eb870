"""Where runs disagree: which pair is asked about, and what can be said without the truth."""

import numpy as np
import pytest

from tests.support.compare_page import GIVEN, TRUE, drawn, tables, text


def test_samples_that_one_gets_right_and_the_other_has_memorised(compare, seed, labels):
    labels()
    half = np.where(np.arange(len(TRUE)) < 30, GIVEN, TRUE)
    memorised, right = seed(predictions=half), seed("selnlpl", predictions=TRUE)
    at = compare(memorised, right)
    assert "30 of 400 mislabelled samples" in text(at)
    assert "SelNLPL predicts their true label, CE repeats the wrong one" in text(at)
    at.selectbox(key="right").set_value("CE").run()
    at.selectbox(key="wrong").set_value("SelNLPL").run()
    assert "0 of 400 mislabelled samples" in text(at)
    at.selectbox(key="right").set_value("SelNLPL").run()
    assert "Choose two different runs" in text(at)


def test_the_run_that_memorised_most_is_asked_about_first(compare, seed, labels):
    labels()
    resists = seed("selnlpl", predictions=TRUE, epochs=20)
    at = compare(resists, seed(predictions=GIVEN, epochs=20))
    assert "SelNLPL predicts their true label, CE repeats the wrong one" in text(at)


def test_runs_on_the_same_data_are_asked_about_first(compare, seed, labels):
    labels()
    other = seed("selnlpl", fingerprint="e" * 16, dataset="mnist", epochs=20)
    ours = seed(predictions=GIVEN, epochs=20), seed("nl", predictions=TRUE, epochs=20)
    at = compare(ours[0], other, ours[1])
    assert "nl predicts their true label, CE repeats the wrong one" in text(at)


@pytest.mark.parametrize("hidden", [True, False])
def test_without_the_truth_only_disagreement(compare, seed, labels, figures, hidden):
    labels(truth=hidden)
    one = seed(predictions=GIVEN, truth=hidden)
    other = seed("selnlpl", predictions=np.where(np.arange(len(TRUE)) < 7, 9 - GIVEN, GIVEN),
                 truth=hidden)  # fmt: skip
    at = compare(one, other)
    if hidden:
        at.segmented_control(key="hide").set_value("truth").run()
    assert "7 of 1,000 samples" in text(at)
    assert {series for _, series in drawn(figures, at)} == {"test accuracy"}
    assert "memorised" not in tables(at)
    assert "40.0%" not in text(at)
    assert "true labels unknown" in text(at)


def test_runs_on_other_data_cannot_part(compare, seed):
    at = compare(seed(), seed("selnlpl", fingerprint="e" * 16, dataset="mnist"))
    assert "not trained on the same images" in text(at)
