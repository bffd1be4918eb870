"""How far a run may be believed about labels."""

from dataclasses import replace

import pytest

from lnl.findings import (
    Correction,
    RunRecords,
    doubtful_correction,
    nothing_learned,
    verdict,
)
from lnl.findings.trust import guesses
from tests.support import made_up


def run(*accuracies):
    """A run whose test accuracies these are, to its end."""
    records = [
        replace(made_up.record(epoch), test_accuracy=value)
        for epoch, value in enumerate(accuracies, start=1)
    ]
    info = made_up.info()
    stages = (replace(info.stages[0], first=1, last=len(records)),)
    return RunRecords(replace(info, stages=stages), records)


@pytest.mark.parametrize(
    ("accuracy", "classes", "is_chance"),
    [
        (0.1, 10, True),
        (0.15, 10, True),
        (0.16, 10, False),
        (0.54, 2, True),
        (0.6, 2, False),
        (0.06, 100, True),
        (0.08, 100, False),
    ],
)
def test_guessing(accuracy, classes, is_chance):
    assert guesses(accuracy, classes) is is_chance


def test_a_run_at_chance_says_that_its_suspects_mean_nothing():
    lost = run(0.1, 0.12, 0.11)
    classes = lost.info.data.num_classes
    told = nothing_learned(lost)
    assert f"At epoch 3 its test accuracy, 11.0% of {classes} classes, is that of guessing" in told
    assert "mean nothing" in told
    assert "See first whether plain cross entropy learns" in told
    found = verdict(lost)
    assert (found.tone, found.headline) == (
        "bad",
        "Learned nothing: its test accuracy is that of guessing.",
    )
    assert "mean nothing" in found.numbers


def test_what_has_learned_is_believed():
    learned = run(0.1, 0.5, 0.9)
    assert nothing_learned(learned) == ""
    assert "guessing" in nothing_learned(learned, 1), "at its first epoch it guesses"
    assert "Learned nothing" not in verdict(learned).headline
    assert "Learned nothing" not in verdict(learned, 1).headline, "it may still learn"


def test_what_was_learned_and_forgotten_is_not_called_so():
    assert "Learned nothing" not in verdict(run(0.8, 0.5, 0.1)).headline
    assert "mean nothing" in nothing_learned(run(0.8, 0.5, 0.1))


def test_with_true_labels_the_correction_is_counted():
    """SelNLPL on a set with 5 % wrong labels, which it had not learned."""
    told = doubtful_correction(run(0.71), Correction(0.27, 0.05, 0.29))
    assert "29.0% of them are wrong, 5.0% before" in told
    assert doubtful_correction(run(0.71), Correction(0.27, 0.4, 0.29)) == ""


@pytest.mark.parametrize(
    ("accuracy", "changed", "warns"),
    [
        (0.71, 0.27, True),
        (0.71, 0.7, False),
        (0.95, 0.04, False),
        (0.85, 0.4, False),
        (0.7, 0.0, False),
    ],
)
def test_without_them_it_is_judged_by_the_test_accuracy(accuracy, changed, warns):
    told = doubtful_correction(run(accuracy), Correction(changed))
    assert bool(told) is warns
    if warns:
        assert (
            "27.0% would change, by a network that predicts 29.0% of the test images wrong" in told
        )


def test_without_a_test_accuracy_nothing_is_said():
    unknown = run(None)
    assert nothing_learned(unknown) == ""
    assert doubtful_correction(unknown, Correction(0.3)) == ""


def test_added_noise_is_told_in_the_verdict():
    known = made_up.run("selnlpl")
    facts = replace(known.info.data, noise_is_added=True)
    added = replace(known, info=replace(known.info, data=facts))
    assert "the file's own labels may be wrong too" in verdict(added).numbers
    assert "own labels" not in verdict(known).numbers
