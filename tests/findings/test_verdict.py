from dataclasses import replace
from functools import partial

import pytest

from lnl import findings
from lnl.findings import Doubts, RunRecords, advice, doubts, verdict
from tests.support import made_up

run = partial(made_up.run, epochs=20)


def test_nothing_yet():
    assert verdict(RunRecords(made_up.info(), [])).headline == "Nothing to see yet."


def test_memorising_names_the_epoch_it_began_and_the_fall():
    told = verdict(run())
    first = next(e for e in range(1, 21) if made_up.record(e).memorised > 0.15)
    assert told.tone == "bad"
    assert f"since epoch {first}, and the test accuracy falls" in told.headline
    assert "Repeats 90% of the wrong labels" in told.numbers
    assert "Test accuracy 72.0%, down from 83.4% at epoch 1." in told.numbers


def test_recovering_without_memorising_is_good():
    told = verdict(run("selnlpl"))
    assert told.tone == "good"
    assert "resisted the wrong labels" in told.headline
    assert "gives 90% of those samples their true label" in told.numbers


def test_the_verdict_is_on_the_epoch_looked_at():
    assert verdict(run(), epoch=1).tone == "open", "before it memorises, CE finds the true labels"
    assert "Test accuracy 83.4%." in verdict(run(), epoch=1).numbers


def test_memorising_late_is_told_while_the_test_accuracy_holds():
    records = [replace(made_up.record(e), test_accuracy=0.8) for e in range(1, 21)]
    told = verdict(RunRecords(made_up.info(), records))
    assert told.tone == "bad"
    assert "falls" not in told.headline


def test_a_swing_on_the_way_is_no_fall():
    records = run("selnlpl").records[:15]
    records[-1] = replace(records[-1], test_accuracy=records[-2].test_accuracy - 0.05)
    told = verdict(RunRecords(made_up.info("selnlpl"), records))
    assert "fallen" not in told.headline


def test_refusing_wrong_labels_is_no_praise_once_the_test_accuracy_has_fallen():
    records = run("selnlpl").records
    records[-1] = replace(records[-1], test_accuracy=0.6)
    told = verdict(RunRecords(made_up.info("selnlpl"), records))
    assert told.tone == "open"
    assert "its test accuracy has fallen" in told.headline
    assert "Test accuracy 60.0%, down from" in told.numbers


def test_classes_learned_in_part_are_no_success():
    records = run("selnlpl").records
    records[-1] = replace(records[-1], recovered=0.6)
    told = verdict(RunRecords(made_up.info("selnlpl"), records))
    assert (told.tone, "only some of the classes" in told.headline) == ("open", True)


def test_two_classes_are_not_memorised_by_chance():
    info = made_up.info(data=made_up.facts(num_classes=2))
    record = replace(made_up.record(20), memorised=0.5, recovered=0.5)
    assert verdict(RunRecords(info, [record])).tone != "bad"
    record = replace(record, memorised=0.9, recovered=0.1)
    assert verdict(RunRecords(info, [record])).tone == "bad"


def test_clean_data_have_nothing_to_memorise():
    info = made_up.info(data=made_up.facts(actual_noise_rate=0.0))
    record = replace(made_up.record(3), memorised=None, recovered=None)
    told = verdict(RunRecords(info, [record]))
    assert "No label is wrong" in told.headline
    assert "unknown" not in told.headline


def test_without_true_labels_no_claim_is_made():
    told = verdict(findings.blind(run("selnlpl")))
    assert told.tone == "open"
    assert "True labels are unknown" in told.headline
    assert "about 62% of them are right, as estimated" in told.numbers
    assert "wrong labels" not in told.numbers


def test_without_true_labels_overfitting_is_told_as_an_estimate():
    told = verdict(findings.blind(run()))
    assert told.tone == "bad"
    assert "Probably memorising wrong labels since epoch 7 (estimated)" in told.headline


def alive(records, method="ce", **changes):
    last = records[-1].epoch
    return RunRecords(made_up.info(method, status="running", last_epoch=last, **changes), records)


def test_a_run_that_only_gets_worse_is_advised_to_stop_with_its_best_epoch():
    told = advice(alive(run().records[:12]))
    assert told == "Stop here? The best test accuracy so far, 83.4%, was at epoch 1."
    assert "was at epoch 1" in advice(findings.blind(alive(run().records[:12])))


@pytest.mark.parametrize("epochs", [1, 4])
def test_no_advice_before_wrong_labels_are_memorised(epochs):
    assert advice(alive(run().records[:epochs])) == ""


def test_no_advice_for_a_run_that_has_ended_or_still_gains():
    assert advice(run()) == ""
    gaining = [replace(r, test_accuracy=r.epoch / 20) for r in run().records[:12]]
    assert advice(alive(gaining)) == ""


def test_no_advice_while_a_stage_is_to_come_that_may_undo_it():
    memorising = [replace(r, stage="NL") for r in run().records]
    assert advice(alive(memorising[:12], "selnlpl")) == ""
    assert advice(alive(memorising[:16], "selnlpl"))


def test_doubts_of_a_run_that_has_memorised_are_best_read_where_it_was_best():
    assert doubts(run()) == Doubts(memorising_since=9, best_read_at=1, estimated=False)
    assert doubts(findings.blind(run())) == Doubts(7, 1, estimated=True)


def test_doubts_are_told_only_beyond_the_onset_and_as_of_the_epoch_looked_at():
    told = [epoch for epoch in range(1, 21) if doubts(run(), epoch)]
    assert told == list(range(11, 21)), "memorised beyond doubt, 25 % of the wrong labels, from 11"
    assert doubts(findings.blind(run()), 7) is None
    assert doubts(findings.blind(run()), 8) == Doubts(7, 1, estimated=True)


def test_an_epoch_that_memorises_is_sent_to_a_later_one_if_the_run_was_best_there():
    records = run().records
    records[19] = replace(records[19], test_accuracy=0.99, memorised=0.0)
    assert doubts(RunRecords(made_up.info(), records), 15) == Doubts(9, 20, estimated=False)
    assert doubts(RunRecords(made_up.info(), records)) is None


@pytest.mark.parametrize("test_accuracy", [0.8, None])
def test_doubts_are_left_alone_where_no_epoch_is_known_to_be_better(test_accuracy):
    records = [replace(r, test_accuracy=test_accuracy) for r in run().records]
    assert doubts(RunRecords(made_up.info(), records)) is None


def test_doubts_of_a_run_that_resists_and_of_none_are_left_alone():
    assert doubts(run("selnlpl")) is None
    assert doubts(findings.blind(run("selnlpl"))) is None
    assert doubts(RunRecords(made_up.info(), [])) is None
