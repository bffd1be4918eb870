"""Tables of vectors: an .npz or CSV of numbers as a data set, and what is said of a wrong one."""

import csv

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.data import dataset_card, is_read_at_once, load_data
from lnl.data.tables.label_column import columns_of, with_labels_from
from lnl.data.tables.table import GLYPH, Table, glyphs
from lnl.errors import BadInput

RANDOM = np.random.default_rng(0)
VALUES = RANDOM.normal([5, -300, 0.01], [2, 40, 0.001], (40, 3))
LABELS = np.arange(40) % 2


def written(path, header, rows, delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])
    return path


def saved(path, **arrays):
    np.savez(path, **arrays)
    return path


def rows_of(values=VALUES, labels=LABELS):
    return [[*map(repr, map(float, row)), label] for row, label in zip(values, labels, strict=True)]


@pytest.fixture
def table(tmp_path):
    return written(tmp_path / "mine.csv", ["a", "b", "c", "label"], rows_of())


def test_columns_are_standardised_over_the_training_rows(table):
    data = load_data(table)
    vectors = data.images.vectors.read(data.train_rows)
    assert vectors.shape == (32, 3)
    assert torch.allclose(vectors.mean(0), torch.zeros(3), atol=1e-5)
    assert torch.allclose(vectors.std(0, correction=0), torch.ones(3), atol=1e-5)
    assert vectors.dtype == torch.float32
    told = " ".join(data.notes)
    assert "3 columns are standardised by mean and deviation of the 32 training rows" in told
    assert "8 of 40 rows, each class in its share, are held out" in told
    assert data.held_out
    assert "Labels come from the column 'label'." in told


def test_no_noise_is_added_unasked_and_the_truth_is_unknown(table):
    data = load_data(table)
    assert (data.noise.model, data.true_labels) == ("none", None)
    card = dataset_card(str(table))
    assert (card.columns, card.recipe.network, card.num_train) == (3, "mlp", 32)


def test_the_same_numbers_are_the_same_data_from_either_kind_of_file(table, tmp_path):
    arrays = saved(tmp_path / "mine.npz", x_train=VALUES, y_train=LABELS)
    found = [load_data(path) for path in (table, arrays)]
    assert len({data.images.fingerprint for data in found}) == 1
    assert len({data.fingerprint for data in found}) == 1


def test_split_true_labels_and_ids_are_columns(tmp_path):
    wrong = ["x" if label == 0 else "y" for label in LABELS]
    true = ["y", *wrong[1:]]
    split = ["train"] * 25 + ["val"] * 5 + ["test"] * 10
    rows = [
        [f"n{number}", *row[:3], wrong[number], true[number], split[number]]
        for number, row in enumerate(rows_of())
    ]
    header = ["ID", "a", "b", "c", "Class", "true_label", "split"]
    path = written(tmp_path / "mine.tsv", header, rows, "\t")
    data = load_data(path)
    assert (len(data.given_labels), len(data.test_labels)) == (25, 10)
    assert [data.images.ids[row] for row in data.validation.rows] == [
        f"n{n}" for n in range(25, 30)
    ]
    assert data.validation.labels.tolist() == LABELS[25:30].tolist()
    assert data.class_names == ("x", "y")
    assert data.images.ids[:2] == ("n0", "n1")
    assert (data.given_labels[0], data.true_labels[0]) == (0, 1)


def test_without_test_rows_those_to_validate_on_are_tested_on(tmp_path):
    rows = [[*row, "dev" if number < 8 else "train"] for number, row in enumerate(rows_of())]
    data = load_data(written(tmp_path / "mine.csv", ["a", "b", "c", "label", "split"], rows))
    assert (len(data.given_labels), len(data.test_labels)) == (32, 8)
    assert data.validation is None
    assert "No test set: the 8 validation rows are tested on." in data.notes


def test_the_single_column_of_texts_holds_the_labels(tmp_path):
    rows = [[*row[:3], "cat" if row[3] else "dog"] for row in rows_of()]
    data = load_data(written(tmp_path / "iris.csv", ["a", "b", "c", "species"], rows))
    assert data.class_names == ("cat", "dog")


def test_constant_columns_are_named_and_say_nothing(tmp_path):
    values = np.column_stack([VALUES, np.full(40, 7.3)])
    path = written(tmp_path / "mine.csv", ["a", "b", "c", "same", "label"], rows_of(values))
    data = load_data(path)
    assert "Constant in the training rows, so not used: same." in data.notes
    assert data.images.vectors.pixels[:, 3].abs().max() == 0


def test_an_npz_with_a_test_set_of_its_own(tmp_path):
    path = saved(
        tmp_path / "mine.npz",
        x_train=VALUES[:30],
        y_train=LABELS[:30],
        x_test=VALUES[30:],
        y_test=LABELS[30:],
        class_names=np.array(["no", "yes"]),
    )
    data = load_data(path)
    assert (len(data.given_labels), len(data.test_labels)) == (30, 10)
    assert data.class_names == ("no", "yes")
    assert data.images.ids[29:31] == ("x_train[29]", "x_test[0]")
    vectors = data.images.vectors.read(range(30))
    assert vectors.mean().abs() < 1e-5


@given(seed=st.integers(0, 9))
@settings(max_examples=5, deadline=None)
def test_rows_to_validate_on_of_an_npz(tmp_path_factory, seed):
    folder = tmp_path_factory.mktemp("arrays")
    order = np.random.default_rng(seed).permutation(40)
    values, labels = VALUES[order], LABELS[order]
    sets = {"train": slice(0, 24), "test": slice(24, 34), "val": slice(34, 40)}
    arrays = {f"x_{part}": values[rows] for part, rows in sets.items()}
    arrays |= {f"y_{part}": labels[rows] for part, rows in sets.items()}
    data = load_data(saved(folder / "mine.npz", **arrays, y_val_true=1 - labels[34:]))
    assert [data.images.ids[row] for row in data.validation.rows] == [
        f"x_val[{n}]" for n in range(6)
    ]
    assert data.validation.labels.tolist() == labels[34:].tolist()
    assert not any("val" in note for note in data.notes)


def test_rows_that_may_be_images_say_so(tmp_path):
    values = RANDOM.normal(size=(20, 64))
    data = load_data(saved(tmp_path / "mine.npz", x_train=values, y_train=LABELS[:20]))
    assert "store x_train.reshape(-1, 8, 8)" in data.notes[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((0, 1, ""), r"row 2 has no value in column b \(1 such in 1 columns\): fill them"),
        ((3, 0, "NA"), "row 5 has no value in column a"),
        ((3, 0, "inf"), "row 5 has an infinite value in column a"),
        ((1, 2, "much"), r"column c holds texts \(row 3: 'much'\).*get_dummies"),
        ((1, 2, "1,5"), "column c holds decimal commas .*save it with decimal points"),
        ((4, 3, ""), "row 6 has no label in the column label"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, change, said):
    row, column, cell = change
    rows = rows_of()
    rows[row][column] = cell
    path = written(tmp_path / "mine.csv", ["a", "b", "c", "label"], rows)
    with pytest.raises(BadInput, match=said) as told:
        load_data(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["a", "b", "c", "d"], "which column of mine.csv holds the labels.*name it label"),
        (["a", "a", "c", "label"], "two columns of one name"),
    ],
)
def test_a_header_that_does_not_say_enough(tmp_path, header, said):
    with pytest.raises(BadInput, match=said):
        load_data(written(tmp_path / "mine.csv", header, rows_of()))


def test_a_row_that_is_too_short_is_named(tmp_path):
    rows = rows_of()
    rows[6] = rows[6][:2]
    with pytest.raises(BadInput, match=r"row 8 of mine.csv has 2 cells, the header 4"):
        load_data(written(tmp_path / "mine.csv", ["a", "b", "c", "label"], rows))


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x_test": VALUES[:, :2], "y_test": LABELS}, "have 3 columns, the test rows 2"),
        ({"x_test": np.zeros((40, 8, 8)), "y_test": LABELS}, r"x_test is an array \[40, 8, 8\]"),
        ({"y_train": LABELS[:7]}, r"y_train has shape \[7\]; expected one label for each of 40"),
        ({"x_train": np.where(VALUES > 5, np.nan, VALUES)}, r"x_train row \d+ has no value in"),
        ({"x_train": VALUES.astype(int)}, r"if they are no pixels, store floats: x_train.astype"),
        ({"x_train": VALUES[:, :0]}, "a table of 40 rows and 0 columns"),
    ],
)
def test_wrong_arrays_are_told(tmp_path, arrays, said):
    path = saved(tmp_path / "mine.npz", **({"x_train": VALUES, "y_train": LABELS} | arrays))
    with pytest.raises(BadInput, match=said):
        load_data(path)


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (["filename", "label", "width"], ["a.png", "cat", "3"], False),
        (["picture", "label", "width"], ["a.JPG", "cat", "3"], False),
        (["image", "label"], ["a", "cat"], False),
        (["image_id", "label"], ["17", "cat"], False),
        (["id", "width", "label"], ["17", "2.5", "cat"], True),
        (["", "width", "label"], ["17", "2.5", "cat"], True),
        (["width", "label"], ["2.5", "1"], True),
        (["note", "label"], ["good", "1"], False),
    ],
)
def test_tables_of_numbers_are_told_from_tables_of_images(tmp_path, header, row, expected):
    assert is_read_at_once(written(tmp_path / "mine.csv", header, [row])) is expected


def test_numbers_beside_the_images_that_they_name_are_no_vectors(tmp_path):
    path = written(tmp_path / "mine.csv", ["id", "width", "label"], [["17", "2.5", "cat"]])
    (tmp_path / "17.png").write_bytes(b"")
    assert not is_read_at_once(path)


def test_a_changed_file_is_read_anew(table):
    before = load_data(table).fingerprint
    written(table, ["a", "b", "c", "label"], rows_of(VALUES + 1, LABELS)[:-1])
    assert load_data(table).fingerprint != before


def test_instance_dependent_noise_follows_the_columns(table):
    data = load_data(table, noise="instance", rate=0.4)
    assert 0 < (data.given_labels != data.true_labels).float().mean() < 0.8


floats = st.floats(-1e6, 1e6, allow_subnormal=False)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(2, 12),
    columns=st.integers(1, 70),
    scale=st.floats(1e-3, 1e3),
    shift=floats,
    seed=st.integers(0, 9),
)
def test_scale_and_shift_of_a_column_do_not_matter(rows, columns, scale, shift, seed):
    values = np.random.default_rng(seed).normal(size=(rows, columns))
    plain = Table(values, range(rows)).vectors.pixels
    other = Table(values * scale + shift, range(rows)).vectors.pixels
    assert torch.allclose(plain, other, atol=1e-2)
    assert plain.isfinite().all()


@settings(max_examples=40, deadline=None)
@given(columns=st.integers(1, 70), value=st.floats(-50, 50))
def test_a_glyph_is_a_picture_of_the_columns(columns, value):
    (glyph,) = glyphs(np.full((1, columns), value, np.float32))
    dark = glyph[0] == glyph.min() if abs(value) > 0.5 else np.zeros((GLYPH, GLYPH), bool)
    assert glyph.shape == (1, GLYPH, GLYPH)
    above, below = dark[: GLYPH // 2].any(), dark[GLYPH // 2 :].any()
    assert (above, below) == (value > 0.5, value < -0.5)


@given(
    st.lists(st.text("abc ,;\"'", min_size=1, max_size=5).map(str.strip), min_size=2, unique=True)
)
@settings(max_examples=25, deadline=None)
def test_another_column_of_the_labels_makes_a_table_with_it(tmp_path_factory, names):
    names = [name for name in names if name] or ["a"]
    header = ["label", *(f"{name}{place}" for place, name in enumerate(names)), "species"]
    rows = [[n % 2, *(n + place for place in range(len(names))), "xyz"[n % 3]] for n in range(30)]
    path = written(tmp_path_factory.mktemp("tables") / "mine.csv", header, rows)
    assert columns_of(path) == (tuple(header), "label")
    path.write_text(with_labels_from(path, "species"), encoding="utf-8")
    data = load_data(path)
    assert data.class_names == ("x", "y", "z")
    assert data.images.columns == len(names), "the former labels are nothing to learn from"
    assert columns_of(path)[1] == "label"


def test_a_column_that_is_gone_is_told(table):
    with pytest.raises(BadInput, match=r"mine\.csv has no column 'species' any more"):
        with_labels_from(table, "species")
