from dataclasses import replace

import pytest

from lnl.charts import RunRecords, verdict
from tests import made_up


def run(method="ce", epochs=20, truth=True):
    records = [made_up.record(e, method, truth) for e in range(1, epochs + 1)]
    return RunRecords(made_up.info(method), records)


def test_nothing_yet():
    assert verdict(RunRecords(made_up.info(), [])).headline == "Nothing to see yet."


def test_memorising_names_the_epoch_it_began_and_the_fall():
    told = verdict(run())
    first = next(e for e in range(1, 21) if made_up.record(e).memorised >= 0.25)
    assert told.tone == "bad"
    assert f"since epoch {first}, and the test accuracy falls" in told.headline
    assert "Repeats 90% of the wrong labels" in told.numbers
    assert "Test accuracy 72.0%, down from 83.4% at epoch 1." in told.numbers


def test_recovering_without_memorising_is_good():
    told = verdict(run("selnlpl"))
    assert told.tone == "good"
    assert "refused the wrong labels" in told.headline
    assert "gives 90% of those samples their true label" in told.numbers


def test_the_verdict_is_on_the_epoch_looked_at():
    assert verdict(run(), epoch=1).tone == "open", "before it memorises, CE finds the true labels"
    assert "Test accuracy 83.4%." in verdict(run(), epoch=1).numbers


def test_memorising_late_is_told_while_the_test_accuracy_holds():
    records = [replace(made_up.record(e), test_accuracy=0.8) for e in range(1, 21)]
    told = verdict(RunRecords(made_up.info(), records))
    assert told.tone == "bad"
    assert "falls" not in told.headline


@pytest.mark.parametrize("method", ["ce", "selnlpl"])
def test_without_true_labels_no_claim_is_made(method):
    told = verdict(run(method, truth=False))
    assert told.tone == "open"
    assert "True labels are unknown" in told.headline
    assert "wrong labels" not in told.numbers
