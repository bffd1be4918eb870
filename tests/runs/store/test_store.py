"""The store: what goes in comes out, and what of a long run is kept."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.errors import BadInput, StoreError
from lnl.records import BINS, Detection, EpochRecord, Previews, RunSpec, StageSpan
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore, history, run_table
from tests.runs.conftest import make_facts, make_kept

fractions = st.floats(0, 1)
maybe = st.none() | fractions
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
counts = st.lists(st.integers(0, 2**40), min_size=BINS, max_size=BINS).map(np.array)
undefined = st.just(float("nan"))
odd = fractions | undefined  # without a recall nothing is mislabelled, and all is undefined
detections = st.builds(Detection, *[undefined] * 5) | st.builds(
    Detection, odd, fractions, odd, odd, odd
)
records = st.builds(
    EpochRecord,
    epoch=st.just(1),
    stage=names,
    seconds=fractions,
    evaluation_seconds=fractions,
    images_per_second=fractions,
    learning_rates=st.dictionaries(names, fractions, max_size=2),
    losses=st.dictionaries(names, st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    evaluated=st.booleans(),
    train_accuracy_given=maybe,
    test_accuracy=maybe,
    threshold=maybe,
    detection=st.none() | detections,
    confidence=st.dictionaries(names, st.dictionaries(names, counts, max_size=2), max_size=2),
    extra=st.dictionaries(names, fractions, max_size=2),
)


def same(a, b):
    """Equal, NaN equal to NaN."""
    if isinstance(a, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, EpochRecord | Detection):
        return same(vars(a), vars(b))
    return a == b or (a != a and b != b)


@settings(max_examples=25)
@given(record=records)
def test_a_record_comes_back_as_it_was(tmp_path_factory, record):
    store = RunStore(tmp_path_factory.mktemp("cache"))
    run = store.create(RunSpec()).id
    store.append(run, history.EpochSnapshot(record))
    assert same(store.record(run, 1), record)
    assert same(store.records(run, histograms=True)[0], record)
    (light,) = store.records(run)
    assert light.confidence == {}
    assert same(replace(light, confidence=record.confidence), record)
    store.close()


def test_arrays_come_back_as_they_were(store, new_run, snapshot):
    run = new_run()
    kept = [snapshot(epoch) for epoch in (1, 2, 3)]
    for each in kept:
        store.append(run, each)
    whole = store.history(run)
    assert whole.epochs == [1, 2, 3]
    for each in kept:
        epoch = each.record.epoch
        assert same(vars(whole.row(epoch)), vars(each.samples))
        assert np.array_equal(store.probe_features(run, epoch), each.probe_features)
    one = whole.sample(17)
    for name in ("confidence", "clean_score", "prediction", "selected"):
        expected = [getattr(each.samples, name)[17] for each in kept]
        assert np.array_equal(getattr(one, name), expected)
        assert getattr(one, name).dtype == getattr(kept[0].samples, name).dtype
    expected = [each.samples.values["weight"][17] for each in kept]
    assert np.array_equal(one.values["weight"], expected)


def test_an_estimated_matrix_comes_back_and_other_epochs_have_none(store, new_run, snapshot):
    run = new_run()
    matrix = np.random.default_rng(0).random((3, 3)).astype(np.float32)
    store.append(run, snapshot(1))
    store.append(run, replace(snapshot(2), transition=matrix))
    store.append(run, replace(snapshot(3), transition=matrix.T))
    assert store.transition(run, 1) is None
    assert np.array_equal(store.transition(run, 2), matrix)
    assert store.transition_epochs(run) == [2, 3]
    assert store.history(run).epochs == [1, 2, 3]


def test_previews_come_back_and_other_epochs_have_none(store, new_run, snapshot):
    run = new_run()
    images = np.random.default_rng(0).integers(0, 256, (3, 2, 1, 4, 4)).astype(np.uint8)
    store.append(run, snapshot(1))
    store.append(run, replace(snapshot(2), previews=Previews(*images)))
    assert store.previews(run, 1) is None
    assert np.array_equal(store.previews(run, 2).restored, images[2])
    assert store.history(run).epochs == [1, 2]


def test_values_of_a_later_stage_are_nan_before_it(store, new_run, snapshot):
    run = new_run()
    store.append(run, snapshot(1, values=()))
    store.append(run, snapshot(2, values=("cluster",)))
    store.append(run, snapshot(3, values=("cluster",)))
    one = store.history(run).sample(3)
    assert one.epochs.tolist() == [1, 2, 3]
    assert np.isnan(one.values["cluster"][0])
    assert not np.isnan(one.values["cluster"][1:]).any()
    assert len(one.confidence) == 3


def test_a_long_run_keeps_at_most_300_rows_and_all_samples_of_last_and_best(
    store, new_run, snapshot
):
    run = new_run(epochs=700)  # a row each ceil(700 / 300) = 3 epochs
    for epoch in range(1, 12):
        store.append(run, snapshot(epoch, test_accuracy=0.9 if epoch == 5 else 0.5))
    assert store.history(run).epochs == [1, 4, 7, 10]
    assert store.sampled_epochs(run) == [1, 4, 5, 7, 10, 11]
    ids, best = store.samples(run, 5)
    assert np.array_equal(best.confidence, snapshot(5).samples.confidence)
    assert len(ids) == 50
    with pytest.raises(BadInput, match="epochs with one"):
        store.samples(run, 6)


def test_is_due_never_keeps_more_than_300_rows_and_always_the_last():
    for epochs in (1, 299, 300, 301, 1000, 2160):
        kept, previous = [], None
        for epoch in range(1, epochs + 1):
            if history.is_due(epoch, epochs, previous):
                kept.append(epoch)
                previous = epoch
        assert len(kept) <= 301
        assert kept[-1] == epochs
        assert epochs > 300 or len(kept) == epochs


@pytest.mark.parametrize("images", ["", "1" * 16, "2" * 16])
def test_histories_follow_the_images_where_they_have_a_fingerprint(store, other, snapshot, images):
    """In the rows, beside the labels, and in another store."""
    scheme = 2 if images else 1
    facts = replace(make_facts(50_020), scheme=scheme, images_fingerprint=images)
    run = store.create(RunSpec(), facts, (StageSpan("train", 1, 1),), "CPU").id
    store.append(run, snapshot(1, num_train=50_020))
    kept = make_kept(50_020, images_fingerprint=facts.images)
    store.keep_data(facts.fingerprint, kept)
    expected = history.history_ids.__wrapped__(images or "abc123", 50_020)
    assert np.array_equal(store.history(run).ids, expected)
    assert np.array_equal(store.data(facts.fingerprint).history_ids, expected)
    export_run(store, run, store.folder / "run.zip")
    again = import_run(other, store.folder / "run.zip")
    assert other.run(again).data == facts
    assert np.array_equal(other.history(again).ids, expected)


def test_history_of_many_samples_is_of_50000_chosen_by_the_fingerprint(store, new_run, snapshot):
    run = new_run(num_train=50_020)
    each = snapshot(1, num_train=50_020)
    store.append(run, each)
    ids = store.history(run).ids
    assert len(ids) == 50_000
    assert (np.diff(ids) > 0).all()
    assert np.array_equal(ids, history.history_ids.__wrapped__("abc50020", 50_020))
    assert not np.array_equal(ids, history.history_ids("other", 50_020))
    row = store.history(run).row(1)
    assert np.array_equal(row.confidence, each.samples.confidence[ids])
    everyone, all_samples = store.samples(run, 1)
    assert len(everyone) == 50_020
    assert np.array_equal(all_samples.prediction, each.samples.prediction)
    missing = np.setdiff1d(everyone, ids)[0]
    with pytest.raises(BadInput, match="not among the 50000"):
        store.history(run).sample(int(missing))


def test_checkpoints_last_and_best_are_kept_the_others_removed(store, new_run, snapshot):
    run = new_run()
    assert store.checkpoint(run) is None
    for epoch, accuracy in enumerate((0.5, 0.9, 0.6, 0.7), start=1):
        state = {"epoch": epoch, "weights": torch.full((2,), float(epoch))}
        store.append(run, snapshot(epoch, test_accuracy=accuracy), state)
    assert store.checkpoint(run)["epoch"] == 4
    kept = {path.name for path in (store.folder / "runs" / run).glob("*.pt")}
    assert kept == {"checkpoint-2.pt", "checkpoint-4.pt"}


def test_epochs_must_follow_and_arrays_must_fit(store, new_run, snapshot):
    run = new_run()
    with pytest.raises(StoreError, match="epoch 2 cannot follow epoch 0"):
        store.append(run, snapshot(2))
    with pytest.raises(StoreError, match="values of 7 samples, but its data have 50"):
        store.append(run, snapshot(1, num_train=7))
    assert store.records(run) == []


def test_runs_of_just_these_settings_are_found(store):
    asked = RunSpec(settings={"a": 1.0, "b": {"c": 2}}, network="n", batch_size=8, epochs=3)

    def keep(status="done", **changes):
        run = store.create(replace(asked, **changes))
        store.set_status(run.id, status)
        return run.id

    assert store.of_specs([asked]) == [None]
    keep()
    newest, other = keep(data_dir="/elsewhere"), keep(seed=1)
    for changes in ({"settings": {"a": 1.5, "b": {"c": 2}}}, {"batch_size": 9}, {"threads": 1}):
        keep(**changes)
    for status in ("failed", "stopped"):
        keep(status)
    store.trash(keep())
    found = store.of_specs([asked, replace(asked, seed=1), replace(asked, method="none")])
    assert found == [newest, other, None]
    with store.database.writing() as connection:
        connection.execute("UPDATE runs SET spec = json_set(spec, '$.unknown', json('[\"x\"]'))")
    assert store.of_specs([asked]) == [None], "what a newer version says of it is not known here"


def test_only_runs_that_can_be_meant_are_read(store, monkeypatch):
    asked = RunSpec(epochs=3)
    for seed in range(50):
        store.set_status(store.create(replace(asked, seed=seed)).id, "done")
    read = []
    whole = run_table.run_info
    monkeypatch.setattr(run_table, "run_info", lambda row: read.append(row["id"]) or whole(row))
    assert len(store.of_specs([replace(asked, seed=seed) for seed in (3, 7)])) == 2
    assert len(read) == 2
