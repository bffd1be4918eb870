from dataclasses import replace

import pytest

from lnl.records import Heartbeat, StageSpan
from pages.ui.shell import progress
from tests.support import made_up


def running(last_epoch, beat=None, **changes):
    return made_up.info(
        "selnlpl", status="running", last_epoch=last_epoch, heartbeat=beat, **changes
    )


def test_share_done_counts_the_batches_under_way():
    assert progress.share_done(running(5)) == 0.25
    assert progress.share_done(running(5, Heartbeat("NL", 6, 5, 10, 0.0))) == 5.5 / 20
    assert progress.share_done(running(6, Heartbeat("NL", 6, 5, 10, 0.0))) == 6 / 20, "a stale beat"
    assert progress.share_done(running(0, stages=())) == 0


def test_words_name_stage_and_epoch():
    assert progress.words(running(8, Heartbeat("SelNL", 9, 1, 10, 0.0))) == "SelNL, epoch 9 of 20"
    assert progress.words(made_up.info("ce", status="stopped", last_epoch=3)) == "epoch 3 of 20"
    assert progress.words(made_up.info("ce")) == "all 20 epochs trained"
    assert progress.words(running(0, stages=())) == "preparing the data"


def test_a_schedule_in_words():
    assert progress.planned(made_up.info("ce").stages) == "20 epochs"
    stages = [StageSpan("nl", 1, 8), StageSpan("selnl", 9, 14), StageSpan("warm-up", 15, 20)]
    assert progress.planned(stages) == "NL 8, SelNL 6, warm-up 6 epochs"


def test_time_left_is_that_of_the_remaining_epochs():
    records = [made_up.record(e) for e in range(1, 11)]  # 0.5 s each
    assert progress.seconds_left(running(10), records) == pytest.approx(5)
    assert progress.seconds_left(running(0), []) is None
    assert progress.seconds_left(made_up.info("ce"), records) is None, "it is done"


def test_one_slow_epoch_does_not_move_the_estimate():
    records = [made_up.record(e) for e in range(1, 11)]
    records[-1] = replace(records[-1], seconds=100.0)
    assert progress.seconds_left(running(10), records) == pytest.approx(5)


def test_the_length_of_a_start_is_told_where_it_is_known():
    assert progress.about([20, 60.2], "guessed") == "About 80 s on this machine, guessed."
    assert progress.about([20, 90], "guessed") == "About 2 min on this machine, guessed."
    assert progress.about([0.5, None], "guessed") == ""
    assert progress.about([], "guessed") == ""


def test_runs_that_take_turns_need_the_sum():
    assert progress.together_left([2.0, 3.0]) == 5
    assert progress.together_left([2.0, None]) is None
    assert progress.together_left([]) is None


def test_clock():
    assert progress.clock(65.2) == "1:05 left"
    assert progress.clock(7500) == "2:05:00 left"
    assert progress.clock(None) == ""


def test_when():
    assert progress.when(100, now=130) == "just now"
    assert progress.when(100, now=100 + 720) == "12 min ago"
    assert progress.when(100, now=100 + 7200) == "2 h ago"
    assert progress.when(0, now=10**6).endswith("1970")
