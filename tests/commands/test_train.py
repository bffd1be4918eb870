"""``train`` and ``resume``: what they say of a run that could not go on, and what they leave."""

import pytest

from lnl.cli import main
from lnl.errors import Unwritable
from lnl.runs.store import RunStore

QUICK = ["train", "--limit", "64", "--epochs", "3", "--threads", "1", "--device", "cpu", "--json"]


@pytest.fixture
def full_from(monkeypatch):
    """Let the disk be full from an epoch on."""
    append = RunStore.append

    def fill(epoch):
        def append_or_not(store, run_id, snapshot, checkpoint):
            if snapshot.record.epoch >= epoch:
                raise Unwritable("the disk is full (0 MB free in /store): free some space")
            append(store, run_id, snapshot, checkpoint)

        monkeypatch.setattr(RunStore, "append", append_or_not)

    return fill


def test_on_a_full_disk_a_run_stops_in_one_line_that_says_how_to_go_on(full_from, store, capsys):
    full_from(3)
    assert main(QUICK) == 1
    (run,) = store.runs()
    assert capsys.readouterr().err == (
        f"lnl: run {run.id} was stopped after epoch 2: the disk is full (0 MB free in /store): "
        f"free some space; go on with: python -m lnl resume {run.id}\n"
    )
    assert (run.status, run.last_epoch) == ("interrupted", 2)
    full_from(4)
    assert main(["resume", run.id]) == 0
