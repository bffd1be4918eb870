"""Each claim on records with known numbers: the effect is there, and it is not."""

import re
from dataclasses import replace

import numpy as np
import pytest

from lnl.lessons import LESSONS, Seen, early, negative, robust, structure, two_phases, weighing
from lnl.lessons.reading import mean_confidence, recently, stage_ends
from lnl.records import Detection
from tests.support import made_up


def seen(name, epochs=10, clean_rate=0.6, **courses):
    """A run whose numbers go from the first to the last value of each course, in equal steps.

    A course of three has its middle value half way.
    """
    records = []
    for epoch in range(1, epochs + 1):
        values = {
            field: float(np.interp(epoch, np.linspace(1, epochs, len(points)), points))
            for field, points in courses.items()
        }
        auroc = values.pop("auroc", 0.9)
        restoration = values.pop("restoration", 1.0)
        records.append(
            replace(
                made_up.record(epoch),
                detection=Detection(0.8, 0.75, 0.77, auroc, 0.85),
                losses={"cross_entropy": 1.0, "restoration": restoration},
                **values,
            )
        )
    return Seen(name, made_up.facts(actual_noise_rate=1 - clean_rate), records)


MEMORISING = {
    "memorised": (0.0, 0.2, 0.9),
    "recovered": (0.6, 0.6, 0.1),
    "test_accuracy": (0.3, 0.9, 0.6),
    "train_accuracy_given": (0.3, 0.6, 0.95),
}
STEADY = {
    "memorised": (0.0, 0.05),
    "recovered": (0.3, 0.8),
    "test_accuracy": (0.3, 0.9),
    "train_accuracy_given": (0.3, 0.58),
}


def test_two_phases_are_found_with_their_numbers():
    outcome = two_phases.rises_then_falls([seen("CE", 11, **MEMORISING)])
    assert outcome.shows
    assert outcome.effects["test accuracy lost"] == pytest.approx(0.3)
    assert "best at epoch 6: 90%" in outcome.text
    assert "20% of the wrong labels fitted" in outcome.text
    assert "At epoch 7 its training accuracy passed the clean rate of 60%" in outcome.text
    assert "90% of the wrong labels, and the test accuracy is 60%, 30 points below" in outcome.text


def test_two_phases_are_not_found_where_nothing_is_memorised():
    outcome = two_phases.rises_then_falls([seen("SelNLPL", **STEADY)])
    assert not outcome.shows
    assert "never passed the clean rate of 60%" in outcome.text


def test_without_wrong_labels_nothing_can_be_memorised():
    run = seen("CE", clean_rate=1.0, test_accuracy=(0.5, 0.95), train_accuracy_given=(0.5, 1.0))
    clean = [replace(record, memorised=None, recovered=None) for record in run.records]
    outcome = two_phases.rises_then_falls([replace(run, records=clean)])
    assert not outcome.shows
    assert "clean rate of 100%" in outcome.text


def test_negative_learning_resists():
    there = negative.resists([seen("CE", 11, **MEMORISING), seen("NL", **STEADY)])
    assert there.shows
    assert there.effects["test accuracy ahead"] == pytest.approx(0.3)
    assert "CE repeats 90% of the wrong labels in the end, NL 5%" in there.text
    assert "had 90% on the test images once and ends at 60%; NL ends at 90%" in there.text
    assert not negative.resists([seen("CE", **MEMORISING), seen("NL", **MEMORISING)]).shows
    assert not negative.resists([seen("CE", **STEADY), seen("NL", **STEADY)]).shows


def staged(clean, tests, mislabelled=0.05):
    """Three stages of two epochs; mean confidence of clean samples and tests at their ends."""
    records = []
    for epoch in range(1, 7):
        place = (epoch - 1) // 2
        groups = {
            "clean": made_up.pile(600, clean[place], 0.02),
            "mislabelled": made_up.pile(400, mislabelled, 0.02),
        }
        changes = {"stage": ("nl", "selnl", "selpl")[place], "test_accuracy": tests[place]}
        records.append(replace(made_up.record(epoch), confidence={"mean": groups}, **changes))
    return [Seen("SelNLPL", made_up.facts(), records)]


def test_the_stages_part_the_piles():
    outcome = negative.parts_the_piles(staged((0.305, 0.805, 0.955), (0.8, 0.9, 0.95)))
    assert outcome.shows
    told = re.search(r"clean images was (.+?);", outcome.text)[1].split(", ")
    assert [float(number) for number in told] == pytest.approx([0.305, 0.805, 0.955], abs=0.02)
    assert "80%, 90%, 95%" in outcome.text
    assert outcome.effects["test accuracy gained"] == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("clean", "tests", "mislabelled"),
    [
        ((0.3, 0.35, 0.4), (0.8, 0.9, 0.95), 0.05),  # hardly surer
        ((0.3, 0.8, 0.95), (0.9, 0.8, 0.95), 0.05),  # a stage that harms
        ((0.3, 0.8, 0.95), (0.9, 0.9, 0.91), 0.05),  # nothing gained
        ((0.3, 0.8, 0.95), (0.8, 0.9, 0.95), 0.6),  # wrong labels believed, too
    ],
)
def test_the_stages_do_not(clean, tests, mislabelled):
    assert not negative.parts_the_piles(staged(clean, tests, mislabelled)).shows


def test_many_complementary_labels_learn_faster():
    slow = seen("1 per step", memorised=(0.03,), test_accuracy=(0.2, 0.6))
    fast = seen("5 per step", memorised=(0.03,), test_accuracy=(0.2, 0.9))
    outcome = negative.more_labels_faster([slow, fast])
    assert outcome.shows
    assert outcome.effects["test accuracy ahead"] == pytest.approx(recently(fast) - recently(slow))
    assert not negative.more_labels_faster([slow, slow]).shows
    paid = seen("5 per step", memorised=(0.03, 0.5), test_accuracy=(0.2, 0.9))
    assert not negative.more_labels_faster([slow, paid]).shows


def test_weights_keep_wrong_labels_out():
    there = weighing.weighs_down([seen("CE", 11, **MEMORISING), seen("CE+AR", **STEADY)])
    assert there.shows
    assert "CE repeats 90% of the wrong labels, CE+AR 5%" in there.text
    assert not weighing.weighs_down([seen("CE", **MEMORISING), seen("CE+AR", **MEMORISING)]).shows
    assert not weighing.weighs_down([seen("CE", **STEADY), seen("CE+AR", **STEADY)]).shows


def test_fine_unlearns():
    base = seen("base", **MEMORISING)
    better = seen("FINE", **{**MEMORISING, "memorised": (0.0, 0.6), "recovered": (0.6, 0.3)})
    outcome = weighing.unlearns([base, better])
    assert outcome.shows
    assert outcome.effects["memorised, less"] == pytest.approx(0.3)
    assert not weighing.unlearns([base, base]).shows
    assert not weighing.unlearns([better, base]).shows


def test_restoring_needs_no_label():
    right = seen("right labels", restoration=(0.6, 0.2), test_accuracy=(0.5, 0.98))
    wrong = seen("80 % wrong", restoration=(0.6, 0.25), test_accuracy=(0.2, 0.3))
    outcome = robust.needs_no_label([right, wrong])
    assert outcome.shows
    assert outcome.effects["restoration, ratio"] == pytest.approx(1.25)
    assert "fell from 0.60 to 0.20 with right labels" in outcome.text
    assert not robust.needs_no_label([right, right]).shows
    worse = seen("80 % wrong", restoration=(0.6, 0.4), test_accuracy=(0.2, 0.3))
    assert not robust.needs_no_label([right, worse]).shows


def test_bootstrapping_locks_errors_in():
    low = seen("40 % wrong", memorised=(0.1,), recovered=(0.8,), test_accuracy=(0.5, 0.9))
    high = seen("80 % wrong", memorised=(0.1,), recovered=(0.4,), test_accuracy=(0.3, 0.6, 0.4))
    outcome = robust.locks_errors_in([low, high])
    assert outcome.shows
    assert outcome.effects["third class, 80 % wrong"] == pytest.approx(0.5)
    assert "With 40 % wrong, 10% of the mislabelled images end in a third class" in outcome.text
    assert not robust.locks_errors_in([low, low]).shows
    rising = seen("80 % wrong", memorised=(0.1,), recovered=(0.4,), test_accuracy=(0.3, 0.6))
    assert not robust.locks_errors_in([low, rising]).shows


def test_clusters_help():
    alone = seen("bootstrapping", recovered=(0.4,), test_accuracy=(0.4,))
    better = seen("with clusters", recovered=(0.6,), test_accuracy=(0.6,))
    assert robust.clusters_help([alone, better]).shows
    assert "so 20 points more" in robust.clusters_help([alone, better]).text
    assert not robust.clusters_help([better, alone]).shows
    assert "so 20 points less" in robust.clusters_help([better, alone]).text


def test_errors_that_follow_a_rule_are_harder():
    random = seen("any class", memorised=(0.0,), auroc=(1.0,), test_accuracy=(0.98,))
    ruled = seen("next class", memorised=(0.2,), auroc=(0.75,), test_accuracy=(0.75,))
    outcome = structure.rule_is_harder([random, ruled])
    assert outcome.shows
    assert "75%, 23 points less" in outcome.text
    assert "in 100% of cases there, in 75% here" in outcome.text
    assert not structure.rule_is_harder([random, random]).shows
    assert not structure.rule_is_harder([ruled, random]).shows


def test_selection_and_memory_both_resist():
    outcome = early.both_resist([seen("Co-teaching", **STEADY), seen("ELR", **STEADY)])
    assert outcome.shows
    assert outcome.effects["memorised, ELR"] == pytest.approx(0.05)
    assert "Co-teaching memorised 5% of the wrong labels" in outcome.text
    for courses in ([STEADY, MEMORISING], [MEMORISING, STEADY]):
        runs = [seen(name, **course) for name, course in zip("ab", courses, strict=True)]
        assert not early.both_resist(runs).shows
    weak = STEADY | {"test_accuracy": (0.3, 0.5)}
    assert not early.both_resist([seen("a", **STEADY), seen("b", **weak)]).shows


def test_corrected_labels_come_right():
    plain = seen("CE", **MEMORISING | {"test_accuracy": (0.6,)})
    corrected = STEADY | {"test_accuracy": (0.9,)}
    outcome = early.labels_come_right([plain, seen("JO", **corrected)])
    assert outcome.shows
    assert "ends 30 points higher on the test images: 90% against 60%" in outcome.text
    assert outcome.effects["recovered, JO"] == pytest.approx(0.8)
    assert outcome.effects["memorised, CE"] == pytest.approx(0.9)
    assert "CE memorised 90% of the wrong labels. JO gives 80% of these images" in outcome.text
    locked_in = corrected | {"recovered": (0.6, 0.3)}
    assert not early.labels_come_right([plain, seen("JO", **locked_in)]).shows
    no_better = corrected | {"test_accuracy": (0.65,)}
    assert not early.labels_come_right([plain, seen("JO", **no_better)]).shows
    resists = seen("CE", **STEADY | {"test_accuracy": (0.6,)})
    assert not early.labels_come_right([resists, seen("JO", **corrected)]).shows


def test_readings():
    record = made_up.record(5)
    groups = {"clean": np.zeros(100, np.int64)}
    groups["clean"][[20, 80]] = 1, 3  # middles 0.205 and 0.805
    known = replace(record, confidence={"mean": groups})
    assert mean_confidence(known, "clean") == pytest.approx(0.655)
    assert np.isnan(mean_confidence(known, "mislabelled"))
    stages = [replace(record, epoch=e, stage=s) for e, s in enumerate("aabcc", 1)]
    assert [r.epoch for r in stage_ends(stages)] == [2, 3, 5]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_every_claim_can_be_read_off_any_run(lesson):
    """Also where a change leaves it no wrong labels, or no detection."""
    for changes in ({}, {"memorised": None, "recovered": None, "detection": None}):
        runs = []
        for planned in lesson.runs:
            run = seen(planned.name, restoration=(0.5, 0.2))
            runs.append(replace(run, records=[replace(r, **changes) for r in run.records]))
        outcome = lesson.claim(runs)
        assert outcome.text
        assert "nan" not in outcome.text
        assert all(np.isfinite(value) for value in outcome.effects.values())
