from dataclasses import replace

from lnl.findings import joint_misleads
from tests.support import made_up


def ending(*accuracies, given=0.5, memorised=0.1):
    run = made_up.run()
    records = [
        replace(
            made_up.record(epoch),
            test_accuracy=accuracy,
            train_accuracy_given=given,
            memorised=memorised,
        )
        for epoch, accuracy in enumerate(accuracies, start=1)
    ]
    return replace(run, records=records)


def test_a_good_network_is_believed():
    assert joint_misleads(ending(0.6, 0.9)) == ""


def test_at_chance():
    assert "is that of guessing" in joint_misleads(ending(0.6, 0.1))
    assert joint_misleads(ending(0.6, 0.1), 1) == ""


def test_worse_than_half():
    told = "It predicts 55% of the test images wrong: most labels that look wrong are its own"
    assert joint_misleads(ending(0.9, 0.45)).startswith(told)


def test_once_memorised():
    run = ending(0.9, 0.7, 0.7, given=0.95, memorised=0.9)
    assert joint_misleads(run) == (
        "It has memorised wrong labels since epoch 1 and no longer sees them: the estimate of "
        "epoch 1 is more reliable."
    )
    assert joint_misleads(run, 1) == ""
