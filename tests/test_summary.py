import pytest

from lnl.records import EpochRecord
from lnl.summary import Phases, RunSummary, phases
from tests import made_up


def record(epoch, given, memorised, test):
    return EpochRecord(
        epoch, "train", 1.0, 1.0, 1.0, {}, {},
        train_accuracy_given=given, memorised=memorised, test_accuracy=test,
    )  # fmt: skip


def test_each_phase_is_found_where_it_begins():
    run = [
        record(1, 0.40, 0.10, 0.70),
        record(2, 0.55, 0.16, 0.90),
        record(3, 0.61, 0.25, 0.89),
        record(4, 0.70, 0.40, 0.85),
        record(5, 0.90, 0.80, 0.75),
    ]
    assert phases(run, 0.6, 10) == Phases(2, 3, 4)


def test_a_method_that_refuses_wrong_labels_has_no_phase():
    run = [record(e, 0.6, 0.02, 0.97) for e in range(1, 9)]
    assert phases(run, 0.6, 10) == Phases()


def test_a_fall_below_the_clean_rate_is_not_overfitting():
    run = [record(1, 0.5, 0.05, 0.9), record(2, 0.4, 0.05, 0.5)]
    assert phases(run, 0.6, 10) == Phases()


def test_unknown_true_labels_have_no_phases():
    assert phases([record(1, 0.9, None, 0.9)], None, 10) == Phases()


def test_a_run_comes_to_its_last_and_best_values_and_the_mean_of_its_last_ten():
    tests = [0.1, 0.9, *(0.80 + 0.01 * n for n in range(10))]
    records = [record(e, 0.5, 0.1 * e, test) for e, test in enumerate(tests, start=1)]
    found = RunSummary.of("r", made_up.facts(), records)
    assert found.test_accuracy == pytest.approx(0.89)
    assert found.best_test_accuracy == 0.9
    assert found.gap == pytest.approx(0.01)
    assert found.mean_of_last_ten == pytest.approx(0.845)
    assert found.memorised == pytest.approx(1.2)
    assert (found.seconds, found.seconds_per_epoch, found.epochs) == (24.0, 2.0, 12)


def test_a_run_without_epochs_comes_to_nothing():
    found = RunSummary.of("r", made_up.facts(), [])
    assert (found.gap, found.mean_of_last_ten, found.seconds_per_epoch) == (None, None, None)
