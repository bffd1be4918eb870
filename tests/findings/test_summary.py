import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.findings.summary import Course, Phases, estimated_clean_rate, phases
from lnl.records import EpochRecord


def record(epoch, given, memorised, test, **more):
    return EpochRecord(
        epoch, "train", 1.0, 1.0, 1.0, {}, {},
        train_accuracy_given=given, memorised=memorised, test_accuracy=test, **more,
    )  # fmt: skip


RUN = [
    record(1, 0.40, 0.10, 0.70),
    record(2, 0.55, 0.16, 0.90),
    record(3, 0.61, 0.25, 0.89),
    record(4, 0.70, 0.40, 0.85),
    record(5, 0.90, 0.80, 0.75),
]


def test_each_phase_is_found_where_it_begins():
    assert phases(RUN, 0.6, 10) == Phases(2, 3, 4, clean_rate=0.6)


def test_a_phase_that_ended_does_not_hold():
    back = [*RUN, record(6, 0.55, 0.05, 0.9)]
    assert phases(back, 0.6, 10) == Phases(clean_rate=0.6)
    again = [*back, record(7, 0.65, 0.3, 0.5)]
    assert phases(again, 0.6, 10) == Phases(7, 7, 7, clean_rate=0.6)


def test_a_method_that_refuses_wrong_labels_has_no_phase():
    run = [record(e, 0.6, 0.02, 0.97) for e in range(1, 9)]
    assert phases(run, 0.6, 10) == Phases(clean_rate=0.6)


def test_a_fall_below_the_clean_rate_is_not_overfitting():
    run = [record(1, 0.5, 0.05, 0.9), record(2, 0.4, 0.05, 0.5)]
    assert phases(run, 0.6, 10) == Phases(clean_rate=0.6)


def test_chance_is_not_memorising():
    assert phases([record(1, 0.5, 0.52, 0.5)], 0.6, 2).onset is None
    assert phases([record(1, 0.5, 0.56, 0.5)], 0.6, 2).onset == 1


def test_without_true_labels_the_clean_rate_is_estimated_where_the_test_accuracy_was_best():
    unknown = [record(r.epoch, r.train_accuracy_given, None, r.test_accuracy) for r in RUN]
    found = phases(unknown, None, 10)
    assert found == Phases(None, 3, 4, clean_rate=0.55, estimated=True)
    assert found.onset == 3


def test_an_estimate_is_passed_by_a_clear_margin_only():
    near = [record(1, 0.6, None, 0.9), record(2, 0.64, None, 0.8)]
    assert phases(near, None, 10).onset is None
    assert phases([*near, record(3, 0.66, None, 0.8)], None, 10).onset == 3


def test_a_method_with_clean_scores_is_asked_for_its_own_estimate():
    own = record(3, 0.7, None, 0.8, reading="clean_scores", estimated_noise_rate=0.35)
    assert estimated_clean_rate([*RUN[:2], own]) == pytest.approx(0.65)


@pytest.mark.parametrize("own", [{}, {"reading": "clean_scores", "estimated_noise_rate": 0.75}])
def test_a_network_that_does_not_know_the_classes_estimates_nothing(own):
    """It doubts three labels of four since it has learned nothing, not since they are wrong."""
    assert estimated_clean_rate([record(1, 0.25, None, 0.29, **own)]) is None
    assert estimated_clean_rate([record(1, 0.25, None, 0.5, **own)]) == pytest.approx(0.25)


def test_nothing_is_estimated_from_nothing():
    assert estimated_clean_rate([]) is None
    assert phases([], None, 10) == Phases(estimated=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_course_is_from_the_first_best_to_the_last(tests):
    course = Course.of([record(e, 0.5, None, t) for e, t in enumerate(tests, 1)])
    assert (course.best, course.last, course.last_epoch) == (max(tests), tests[-1], len(tests))
    assert course.best_epoch == tests.index(max(tests)) + 1
    assert course.fell >= 0


def test_no_test_accuracy_no_course():
    assert Course.of([record(1, 0.5, None, None)]) is None
