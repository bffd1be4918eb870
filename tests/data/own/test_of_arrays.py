"""The dry run of an .npz."""

import numpy as np
import pytest

from lnl.data.own import survey as surveys
from lnl.data.own import told
from lnl.data.own.of_arrays import survey_arrays
from lnl.errors import BadInput
from tests.support.photos import pixels

GREY = np.stack([pixels(n, channels=1) for n in range(40)])
LABELS = np.arange(40) % 2


def saved(folder, **arrays):
    path = folder / "mine.npz"
    np.savez(path, **arrays)
    return path


def test_what_a_file_holds(tmp_path):
    path = saved(
        tmp_path,
        x_train=GREY[:30],
        y_train=LABELS[:30],
        x_test=GREY[30:],
        y_test=LABELS[30:],
        class_names=np.array(["cat", "dog"]),
        weights=np.ones(30),
    )
    found = survey_arrays(path)
    assert found.counts["cat"] == {"train": 15, "validation": 0, "test": 5}
    assert (found.taken, found.skipped, found.copies, found.whole) == (40, (), (), True)
    assert {name: len(strip) for name, strip in found.strips.items()} == {"cat": 6, "dog": 6}
    assert (found.strips["cat"][1] == GREY[2]).all()
    assert told.headline(found) == "40 images of 2 classes to use"
    assert told.facts(found) == [
        "30 training, 10 test images",
        "all 12 × 12 pixels, grey: 0.0 MB in memory",
        "Not used of the file: weights.",
    ]


def test_images_to_validate_on_are_looked_at_too(tmp_path):
    path = saved(
        tmp_path, x_train=GREY[:30], y_train=LABELS[:30], x_val=GREY[30:], y_val=LABELS[30:]
    )
    found = survey_arrays(path)
    assert found.counts["0"] == {"train": 12, "validation": 5, "test": 3}
    assert found.listing.entries[24].file.path == "validation row 0"
    assert told.facts(found)[0] == "24 training, 10 validation, 6 test images"


def test_copies_are_told_by_their_rows_and_kept(tmp_path):
    images = GREY.copy()
    images[5] = images[2]
    images[31] = images[0]
    path = saved(
        tmp_path, x_train=images[:30], y_train=LABELS[:30], x_test=images[30:], y_test=LABELS[30:]
    )
    found = survey_arrays(path)
    assert found.taken == 40
    assert sorted(copies.paths for copies in found.copies) == [
        ("train row 0", "test row 1"),
        ("train row 2", "train row 5"),
    ]
    assert "2 pictures under different labels" in told.warnings(found)[0]


def test_rows_of_a_file_without_a_test_set_are_those_of_its_array(tmp_path):
    found = survey_arrays(saved(tmp_path, images=GREY, labels=LABELS))
    assert found.listing.held_out
    rows = {entry.file.path: entry.part for entry in found.listing.entries}
    assert set(rows) == {f"row {n}" for n in range(40)}
    assert list(rows.values()).count("test") == 8
    assert any("No test set in the file" in line for line in told.facts(found))


def test_of_many_images_a_sample_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(surveys, "CHECKED", 10)
    found = survey_arrays(saved(tmp_path, images=GREY, labels=LABELS))
    assert not found.whole
    assert sum(sum(parts.values()) for parts in found.counts.values()) == 40
    assert any("copies were looked for among" in line for line in told.facts(found))


def test_it_can_be_stopped(tmp_path):
    path = saved(tmp_path, images=GREY, labels=LABELS)
    assert survey_arrays(path, should_stop=lambda: True) is None


def test_what_a_file_refuses_stays_one_line(tmp_path):
    with pytest.raises(BadInput, match="expected one label for each of 40 images") as raised:
        survey_arrays(saved(tmp_path, images=GREY, labels=LABELS[:3]))
    assert "\n" not in str(raised.value)


def test_a_table_of_vectors_is_looked_at_too(tmp_path):
    random = np.random.default_rng(0)
    rows = [
        f"{a:.4f},{b:.4f},{'xy'[n % 2]}" for n, (a, b) in enumerate(random.normal(size=(40, 2)))
    ]
    table = tmp_path / "flowers.csv"
    table.write_text("\n".join(["long,wide,label", *rows, rows[3]]))
    found = survey_arrays(table)
    assert sum(sum(parts.values()) for parts in found.counts.values()) == 41
    assert sorted(found.counts) == ["x", "y"]
    assert told.facts(found)[0].endswith(" rows")
    assert told.facts(found)[1] == "2 columns: 0.0 MB in memory"
    (copies,) = found.copies  # glyphs look alike, but rows are equal or unlike
    assert not copies.near
    assert told.warnings(found) == ["1 row more than once, byte by byte"]
    assert told.headline(found) == "41 rows of 2 classes to use"
