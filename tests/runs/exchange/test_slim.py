"""Slim exports: all records, and few rows of arrays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lnl.runs.exchange.exporting import export_slim
from lnl.runs.exchange.importing import import_run
from lnl.runs.exchange.slimming import kept_epochs


def test_a_slim_file_keeps_records_and_few_rows(store, run, other, tmp_path, snapshot):
    for epoch in (4, 5, 6):
        store.append(run, snapshot(epoch, values=("weight",)))
    export_slim(store, run, tmp_path / "slim.zip", most=3)
    twin = import_run(other, tmp_path / "slim.zip")

    assert [r.scalars() for r in other.records(twin)] == [r.scalars() for r in store.records(run)]
    assert np.array_equal(
        other.record(twin, 4).confidence["mean"]["clean"],
        store.record(run, 4).confidence["mean"]["clean"],
    )
    assert other.sampled_epochs(twin) == [1, 3, 6], "of two files, evenly spread, both ends"
    for epoch in (1, 3, 6):
        (_, mine), (_, theirs) = store.samples(run, epoch), other.samples(twin, epoch)
        assert np.array_equal(mine.confidence, theirs.confidence)
        assert mine.values.keys() == theirs.values.keys()
        assert store.probe_features(run, epoch) is not None
        assert other.probe_features(twin, epoch) is None
    assert other.checkpoint(twin) is None
    assert len(other.data("abc50").images) == 50
    assert not list(store.folder.glob("export-*"))


def test_a_slim_file_of_a_short_run_keeps_every_row(store, run, other, tmp_path):
    export_slim(store, run, tmp_path / "slim.zip")
    twin = import_run(other, tmp_path / "slim.zip")
    assert other.sampled_epochs(twin) == [1, 2, 3]
    assert other.run(twin).message == "by hand"


@given(count=st.integers(1, 400), most=st.integers(2, 30))
def test_thinned_epochs_hold_both_ends_and_are_spread(count, most):
    epochs = list(range(1, count + 1))
    kept = sorted(kept_epochs(epochs, most))
    assert {1, count} <= set(kept) <= set(epochs)
    assert len(kept) == min(most, count)
    gaps = np.diff(kept)
    assert not len(gaps) or gaps.max() - gaps.min() <= 1
