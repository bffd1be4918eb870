"""``train`` and ``resume``: what they say of a run that could not go on, and what they leave."""

import json

import numpy as np
import pytest

from lnl.cli import main
from lnl.errors import Unwritable
from lnl.findings import labels_wrong
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


@pytest.fixture
def put(tmp_path):
    """Write a data set of ten images a class; its labels turned by so many places."""

    def write(turned):
        labels = (np.arange(40) + turned) % 4
        images = (60 * labels[:, None, None] + np.zeros((40, 8, 8))).astype(np.uint8)
        path = tmp_path / "own.npz"
        np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
        return str(path)

    return write


def test_to_one_s_own_labels_no_noise_is_added_unasked(put, store, capsys):
    assert main([*QUICK, "--dataset", put(0)]) == 0
    (run,) = store.runs()
    assert (run.spec.noise, run.data.actual_noise_rate) == ("none", None)
    for more in (["--rate", "0.3"], ["--noise-set", "sampling=iid"]):
        assert main([*QUICK, "--dataset", put(0), *more]) == 2
    assert "no noise is added to your own labels unasked: name its model" in capsys.readouterr().err
    assert len(store.runs()) == 1


def test_noise_on_one_s_own_labels_is_told_as_added(put, store, capsys):
    noise = ["--noise", "symmetric", "--rate", "0.25"]
    assert main([*QUICK, "--dataset", put(0), *noise]) == 0
    done = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (done["actual_noise_rate"], done["noise_is_added"]) == (0.25, True)
    (run,) = store.runs()
    assert labels_wrong(run.data) == "25.0% wrong labels added to the file's own"
    assert main(["suspects", run.id]) == 0
    told = capsys.readouterr().err
    assert (
        "lnl: note: 25.0% wrong labels added to the file's own (symmetric 25 %) are among" in told
    )


def test_what_was_read_in_another_way_is_told_once(put, store, capsys):
    path = put(0)
    arrays = dict(np.load(path))
    np.savez(path, **{**arrays, "y_train": arrays["y_train"] + 1, "y_test": arrays["y_test"] + 1})
    assert main([*QUICK, "--dataset", path, "--noise", "none"]) == 0
    told = capsys.readouterr()
    note = "Labels 1 to 4 were read as the classes '1' to '4'."
    assert told.err == f"lnl: note: {note}\n"
    assert store.runs()[0].data.class_names == ("1", "2", "3", "4")


def test_a_resume_on_other_data_is_refused_and_changes_nothing(put, full_from, store, capsys):
    full_from(3)
    assert main([*QUICK, "--dataset", put(0)]) == 1
    (run,) = store.runs()
    store.set_status(run.id, "stopped", "by hand")
    before = store.run(run.id), store.standing(run.id), store.log(run.id).text
    capsys.readouterr()
    put(1)
    full_from(4)
    assert main(["resume", run.id]) == 2
    told = capsys.readouterr().err
    assert "own.npz' has changed since the run began. To resume, put the same file back" in told
    assert told.count("\n") == 1
    assert (store.run(run.id), store.standing(run.id), store.log(run.id).text) == before
    assert list((store.folder / "owners").iterdir()) == []
    put(0)
    assert main(["resume", run.id]) == 0


def test_a_resume_on_a_file_that_cannot_be_read_says_why(put, full_from, store, capsys):
    path = put(0)
    full_from(3)
    assert main([*QUICK, "--dataset", path]) == 1
    (run,) = store.runs()
    arrays = dict(np.load(path))
    arrays["y_train"][7] = 255
    np.savez(path, **arrays)
    assert main(["resume", run.id]) == 2
    told = capsys.readouterr().err
    assert "cannot be read as it was when the run began" in told
    assert "y_train row 7 has the label 255, which leaves a gap" in told


def test_a_resume_without_its_checkpoint_is_refused_and_changes_nothing(full_from, store, capsys):
    full_from(3)
    assert main(QUICK) == 1
    (run,) = store.runs()
    before = store.run(run.id), store.standing(run.id)
    path = store.folder / "runs" / run.id / "checkpoint-2.pt"
    path.write_bytes(path.read_bytes()[:100])
    assert main(["resume", run.id]) == 1
    assert "checkpoint-2.pt cannot be read" in capsys.readouterr().err
    assert (store.run(run.id), store.standing(run.id)) == before


def test_help_tells_what_the_words_come_to_and_trains_nothing(store, capsys):
    words = ["--method", "fine", "--set", "base=gmm", "base.threshold=0.4", "--epochs", "10"]
    assert main(["train", *words, "--help"]) == 0
    told = capsys.readouterr().out
    assert "--evaluate-every" in told
    assert "FINE over Small loss (GMM)" in told
    assert "10 (warm-up 1 to 2, selection 3 to 10)" in told
    assert "base.threshold=0.4" in told
    assert "  time      not known" in told, "the cost of FINE is that over SED"
    assert main(["train", "--epochs", "10", "--limit", "100", "--help"]) == 0
    assert "  time      about " in capsys.readouterr().out
    assert main(["train", "--dataset", "mnist", "--data-dir", "nowhere", "--help"]) == 0
    assert "  time      not known" in capsys.readouterr().out
    assert store.runs() == []


def test_help_of_words_that_cannot_be_trained_says_why(capsys):
    assert main(["train", "--method", "fien", "--help"]) == 2
    captured = capsys.readouterr()
    assert "usage:" in captured.out
    assert "Did you mean 'fine'" in captured.err
