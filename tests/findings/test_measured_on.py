from dataclasses import replace

import pytest

from lnl import findings
from lnl.findings import measured_on, verdict
from tests.support import made_up

FACTS = replace(made_up.facts(), num_test=40, title="Photos")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "test set"),
        ({"held_out": True}, "held-out images"),
        ({"held_out": True, "actual_noise_rate": None}, "whose labels may be wrong too"),
        ({"held_out": True, "noise_is_added": True}, "whose labels may be wrong too"),
    ],
)
def test_what_is_tested_on(changes, words):
    assert findings.words_for_test_set(replace(FACTS, **changes)).endswith(words)


def test_nothing_is_said_of_a_test_set():
    assert measured_on([FACTS]) == ()
    assert measured_on([]) == ()


def test_a_hold_out_and_validation_images_are_told_once():
    data = replace(FACTS, held_out=True, actual_noise_rate=None, num_validation=12)
    assert measured_on([data, data]) == (
        "Test accuracy on 40 held-out images whose labels may be wrong too: there is no test set.",
        "Validation accuracy on 12 images, against their given labels, which may be wrong too.",
    )


def test_checked_labels_to_validate_on_are_not_doubted():
    data = replace(FACTS, num_validation=12, validation_is_true=True)
    assert measured_on([data]) == ("Validation accuracy on 12 images, against their true labels.",)


def test_with_its_title_where_it_is_not_said_of_all():
    data = replace(FACTS, held_out=True, fingerprint="b" * 16)
    assert measured_on([FACTS, data]) == (
        "Photos: Test accuracy on 40 held-out images: there is no test set.",
    )


def test_a_verdict_says_it_too():
    held_out = replace(FACTS, held_out=True, actual_noise_rate=None)
    run = made_up.run()
    run = replace(run, info=replace(run.info, data=held_out))
    assert "on held-out images whose labels may be wrong too" in verdict(run).numbers
