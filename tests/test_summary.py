from lnl.records import EpochRecord
from lnl.summary import Phases, phases


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
