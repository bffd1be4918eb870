"""Rankings of samples against a history whose every entry is known, and their speed."""

import csv
import io
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.charts import counted
from lnl.errors import BadInput
from lnl.records import DataFacts, EpochSnapshot, RunSpec, SampleRow, StageSpan
from lnl.runs.store.array_rows import Layout, Log
from lnl.runs.store.history import History
from lnl.runs.store.kept_data import DataToKeep
from lnl.samples.at_epoch import Past, samples_at
from lnl.samples.rankings import RANKINGS, Query, find, hits, pairs, ranking
from lnl.samples.suspects import corrected, correction, csv_text, listed, suspects

GIVEN = np.array([0, 1, 2, 0, 1, 2])
TRUE = np.array([0, 1, 2, 1, 2, -1])  # three clean, two mislabelled, one of no class
PREDICTED = np.array(  # epochs x samples
    [
        [0, 0, 2, 0, 2, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 1, 2, 0, 2, 2],
        [0, 1, 0, 0, 2, 2],
    ]
)
CONFIDENCE = np.array([0.9, 0.8, 0.1, 0.95, 0.2, 0.6])
SCORE = np.array([0.9, 0.5, 0.5, 0.95, 0.1, 0.3])
SELECTED = SCORE > 0.4
INFERRED = np.array([0, 1, 2, 1, 2, 2])  # at the last epoch, before it nothing


ROWS = np.array([3, 7, 8, 11, 20, 21])  # of more images, under a limit


@pytest.fixture
def run(store, record):
    """Six samples over four epochs."""
    facts = DataFacts("six", "Six", 6, 2, 3, ("a", "=b", "c"), (1, 4, 4), 0.5)
    info = store.create(RunSpec(), facts, (StageSpan("train", 1, 9),), "CPU")
    groups = np.array([0, 0, 0, 1, 1, 2], np.int8)
    images = np.zeros((6, 1, 4, 4), np.uint8)
    names = ("a", "=b", "c")
    kept = DataToKeep(GIVEN, TRUE, groups, names, np.arange(3), images, rows=ROWS)
    store.keep_data("six", kept)
    for epoch, predicted in enumerate(PREDICTED, 1):
        row = SampleRow(
            (CONFIDENCE / 2 ** (4 - epoch)).astype(np.float16),
            SCORE.astype(np.float16),
            predicted.astype(np.uint16),
            SELECTED,
            {"inferred_label": (INFERRED if epoch == 4 else INFERRED * np.nan).astype(np.float16)},
        )
        store.append(info.id, EpochSnapshot(record(epoch), row))
    return info.id


@pytest.fixture
def samples(store, run):
    return samples_at(store, run)


def test_the_past_counts_epochs_losses_and_the_present_stretch(samples):
    past = samples.past
    assert past.epochs.tolist() == [4, 3, 2, 4, 1, 2]
    assert past.losses.tolist() == [0, 0, 2, 0, 1, 0]
    assert past.since.tolist() == [1, 2, 0, 1, 0, 3]


def test_later_epochs_are_left_out(store, run):
    seen = samples_at(store, run, epoch=2)
    assert seen.epoch == 2
    assert seen.past.epochs.tolist() == [2, 1, 1, 2, 1, 0]
    assert seen.past.since.tolist() == [1, 2, 0, 1, 2, 0]
    assert seen.row.prediction.tolist() == PREDICTED[1].tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("suspects", [4, 5, 2, 1, 0, 3]),  # 1 and 2 tie in the score: confidence decides
        ("contradicted", [2, 4]),
        ("memorised", [3, 5]),
        ("sure", [3, 5]),
        ("recovered", [4]),
        ("forgotten", [2, 4]),
        ("late", [5, 1, 0, 3]),
        ("kept", [3, 0, 1, 2]),
        ("filtered", [4, 5]),
    ],
)
def test_each_ranking(samples, name, expected):
    assert find(samples, Query(name)).tolist() == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(given=0), [0, 3]),
        (Query(predicted=0), [2, 0, 3]),
        (Query(true=1), [1, 3]),
        (Query(true=-1), [5]),
        (Query(inferred=2), [4, 5, 2]),
        (Query(given=0, inferred=1), [3]),
        (Query(only="mislabelled"), [4, 5, 3]),
        (Query(only="clean"), [2, 1, 0]),
        (Query(given=1, predicted=2), [4]),
        (Query(given=0, predicted=2), []),
    ],
)
def test_each_filter_keeps_the_order(samples, query, expected):
    assert find(samples, query).tolist() == expected


@pytest.mark.parametrize("other", ["true", "predicted", "inferred"])
def test_a_cell_of_the_confusion_has_as_many_samples_as_it_lists(samples, other):
    counts = counted(samples.given, getattr(samples, other), 3)
    assert counts.sum() == len(samples.ids)
    for (label, column), count in np.ndenumerate(counts):
        asked = Query(given=label, **{other: -1 if column == 3 else column})
        assert len(find(samples, asked)) == count


def test_labels_that_the_method_has_not_inferred_yet_are_not_asked_for(store, run):
    before = samples_at(store, run, epoch=3)
    assert before.inferred is None
    with pytest.raises(BadInput, match="no labels of its own"):
        find(before, Query(inferred=1))


def test_precision_of_a_ranking_and_the_commonest_contradictions(samples):
    order = find(samples, Query())
    assert hits(samples, order, 3) == (2, 3)
    assert hits(samples, order, 100) == (3, 6)
    assert pairs(samples) == [(1, 2, 1), (2, 0, 1)]


def lines_of(table):
    """The lines of a table as a spreadsheet reads it."""
    text = table.encode().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_without_true_labels_nothing_tells_of_them(store, run):
    blind = samples_at(store, run, truth=False)
    assert not blind.known
    assert set(blind.data.groups.tolist()) == {3}
    for each in RANKINGS:
        if not each.needs_truth:
            find(blind, Query(each.name))
            continue
        with pytest.raises(BadInput, match="true labels are unknown"):
            find(blind, Query(each.name))
    with pytest.raises(BadInput, match="true labels are unknown"):
        hits(blind, np.arange(3))
    table = csv_text(listed(blind.data, (blind.ids, blind.row), np.array([3])))
    assert [line["true_label"] for line in lines_of(table)] == [""]


def test_a_run_without_an_epoch_has_no_samples(store, new_run):
    assert samples_at(store, new_run()) is None


def test_an_unknown_ranking_is_named_with_those_that_are_there():
    with pytest.raises(BadInput, match=r"unknown ranking 'suspect'.*suspects"):
        ranking("suspect")


def test_the_first_ranking_is_that_of_the_command_line(store, run, samples):
    assert [s.index for s in suspects(store, run)] == find(samples, Query("suspects")).tolist()


def test_names_in_a_table_are_no_formulas(samples):
    table = csv_text(listed(samples.data, (samples.ids, samples.row), np.array([4, 0])))
    first, second = lines_of(table)
    assert (first["index"], first["given_class"], first["predicted_class"]) == ("4", "'=b", "c")
    assert (second["rank"], second["given_class"], second["true_label"]) == ("2", "a", "0")


def test_corrected_labels_keep_what_is_treated_as_clean(samples):
    table = lines_of(corrected(samples.data, (samples.ids, samples.row)))
    assert [line["suggested_class"] for line in table] == ["a", "'=b", "c", "a", "c", "c"]
    assert [line["changed"] for line in table] == ["False"] * 4 + ["True", "False"]
    assert [line["given_class"] for line in table] == ["a", "'=b", "c"] * 2
    assert [float(line["clean_score"]) for line in table] == pytest.approx(SCORE, abs=1e-3)


def test_places_are_found_by_the_number_of_the_sample(samples):
    thinned = replace(samples, history=History(np.array([3, 7, 9]), ()))
    assert [thinned.place(n) for n in (3, 7, 9, 8, 10, 0)] == [0, 1, 2, None, None, None]


def log_of(folder, predictions, name="log"):
    """A log of nothing but predictions [epochs, M]."""
    layout = Layout.of({"prediction": predictions[0]})
    rows = np.zeros((len(predictions), layout.row_bytes), np.uint8)
    rows[:, : predictions[0].nbytes] = predictions.view(np.uint8)
    path = folder / f"{name}.bin"
    path.write_bytes(rows.tobytes())
    return Log(path, layout, tuple(range(1, len(predictions) + 1)))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_the_past_is_that_of_each_sample_by_itself(tmp_path_factory, seed, epochs):
    random = np.random.default_rng(seed)
    predictions = random.integers(0, 3, (epochs, 5), dtype=np.uint16)
    labels = random.integers(0, 3, 5)
    folder = tmp_path_factory.mktemp("log")
    past = Past.of(History(np.arange(5), (log_of(folder, predictions),)), labels, epochs)
    for place in range(5):
        fitted = (predictions[:, place] == labels[place]).tolist()
        stretch = next((n for n, f in enumerate(reversed(fitted)) if not f), epochs)
        assert past.epochs[place] == sum(fitted)
        assert past.losses[place] == sum(a and not b for a, b in pairwise(fitted))
        assert past.since[place] == (epochs - stretch + 1 if stretch else 0)


def test_fifty_thousand_samples_over_a_hundred_epochs_take_well_under_a_second(tmp_path):
    random = np.random.default_rng(0)
    predictions = random.integers(0, 10, (100, 50_000), dtype=np.uint16)
    labels = random.integers(0, 10, 50_000)
    history = History(np.arange(50_000), (log_of(tmp_path, predictions),))
    start = time.thread_time()
    past = Past.of(history, labels, 100)
    assert time.thread_time() - start < 1.0
    assert (past.epochs == (predictions == labels).sum(0)).all()


def test_each_table_says_the_label_and_the_row_beside_the_name(store, run, samples):
    assert [s.row for s in suspects(store, run)] == ROWS[
        [s.index for s in suspects(store, run)]
    ].tolist()
    for line in lines_of(corrected(samples.data, (samples.ids, samples.row))):
        assert int(line["row"]) == ROWS[int(line["index"])]
        assert samples.data.class_names[int(line["given_label"])] == line["given_class"].lstrip("'")
        name = samples.data.class_names[int(line["suggested_label"])]
        assert name == line["suggested_class"].lstrip("'")


def test_what_a_correction_would_change_is_counted(samples):
    found = correction(samples.data, (samples.ids, samples.row))
    new = np.where(SELECTED, GIVEN, PREDICTED[-1])
    assert found.changed == pytest.approx((new != GIVEN).mean())
    assert found.wrong_before == pytest.approx((GIVEN != TRUE).mean())
    assert found.wrong_after == pytest.approx((new != TRUE).mean())
    hidden = replace(samples.data, true_labels=None)
    assert correction(hidden, (samples.ids, samples.row)).wrong_before is None
