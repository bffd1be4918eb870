"""``train`` and ``resume`` on a table of vectors, by its path."""

import csv

import numpy as np
import pytest

from lnl.cli import main
from lnl.errors import Unwritable
from lnl.runs.store import RunStore

TRAIN = ["train", "--epochs", "2", "--threads", "1", "--device", "cpu", "--dataset"]


@pytest.fixture
def table(tmp_path):
    values = np.random.default_rng(0).normal(size=(40, 3)).round(6)
    path = tmp_path / "mine.csv"
    with path.open("w", newline="") as file:
        rows = [[*map(float, row), "no" if row[0] < 0 else "yes"] for row in values]
        csv.writer(file).writerows([["a", "b", "c", "label"], *rows])
    return path


def test_a_table_trains_without_an_import_and_without_noise(table, store, capsys):
    assert main([*TRAIN, str(table)]) == 0
    said = capsys.readouterr()
    assert "standardised by mean and deviation of the 32 training rows" in said.err
    (run,) = store.runs()
    assert (run.spec.noise, run.spec.network, run.data.columns) == ("none", "mlp", 3)


def test_what_is_wrong_with_a_table_is_one_line_and_nothing_is_stored(table, store, capsys):
    table.write_text(table.read_text().replace("no", ""))
    assert main([*TRAIN, str(table)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "has no label in the column label" in line
    assert not store.runs()


def test_what_restores_images_stores_no_run(table, store, capsys):
    assert main([*TRAIN, str(table), "--method", "rfl"]) == 2
    assert "has no feature map" in capsys.readouterr().err
    assert not store.runs()


def test_a_table_that_has_moved_is_named_at_the_resume(table, store, tmp_path, monkeypatch):
    append = RunStore.append

    def full_at_two(of, run_id, snapshot, checkpoint):
        if snapshot.record.epoch == 2:
            raise Unwritable("the disk is full")
        append(of, run_id, snapshot, checkpoint)

    with monkeypatch.context() as patched:
        patched.setattr(RunStore, "append", full_at_two)
        assert main([*TRAIN, str(table)]) == 1
    (run,) = store.runs()
    moved = table.rename(tmp_path / "moved.csv")
    assert main(["resume", run.id]) == 2
    assert main(["resume", run.id, "--dataset", str(moved)]) == 0
    assert store.run(run.id).last_epoch == 2


def test_a_table_is_looked_at_and_needs_no_import(table, capsys):
    assert main(["images", str(table), "--import"]) == 0
    told = capsys.readouterr().out
    assert "40 rows of 2 classes to use" in told
    assert f"nothing is to be imported: python -m lnl train --dataset {table}" in told


def test_an_export_says_that_its_images_are_glyphs(table, store, tmp_path):
    assert main([*TRAIN, str(table)]) == 0
    (run,) = store.runs()
    assert main(["export", run.id, str(tmp_path / "run.zip")]) == 0
    assert main(["import", str(tmp_path / "run.zip")]) == 0
    assert [each.data.columns for each in store.runs()] == [3, 3]
