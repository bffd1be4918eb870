"""Data sets of Hugging Face on disk, written by the library ``datasets`` itself."""

import builtins
import sys
import zipfile

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Image, Value

from lnl.data.own import shards
from lnl.data.own.decoding import Unreadable
from lnl.data.own.finding import find_files, find_images
from lnl.data.own.listing import Reading
from lnl.data.own.own_source import source_at
from lnl.data.own.survey import survey
from lnl.errors import BadInput
from tests.support.photos import Photos, encoded, pixels

NAMES = ["cat", "dog", "emu"]


@pytest.fixture(autouse=True)
def _quiet():
    datasets.disable_progress_bars()


def cells(count, first=0):
    return [{"bytes": encoded(pixels(n)), "path": f"{n}.png"} for n in range(first, first + count)]


def made(count=12, first=0, label=ClassLabel(names=NAMES), labels=None, **more):
    """A data set of so many images, with the columns image and label and those named."""
    columns = {
        "image": cells(count, first),
        "label": [n % 3 for n in range(count)] if labels is None else labels,
    }
    extra = {name: values for name, (_, values) in more.items()}
    kinds = {"image": Image(), "label": label} | {name: kind for name, (kind, _) in more.items()}
    return Dataset.from_dict({**columns, **extra}, features=Features(kinds))


def parquet(data, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    data.to_parquet(place)
    return place


def listed(place, reading=Reading()):
    return find_images(place, reading)[1]


def test_a_folder_of_save_to_disk(tmp_path):
    made(30).save_to_disk(tmp_path / "pets", num_shards=3)
    tree, found = find_images(tmp_path / "pets")
    assert (found.title, found.classes, found.held_out) == ("pets", ("cat", "dog", "emu"), True)
    by_row = {entry.file.path: entry for entry in found.entries}
    assert set(by_row) == {f"row/{n} {n}.png" for n in range(30)}
    assert [by_row[f"row/{n} {n}.png"].label for n in range(6)] == [*NAMES, *NAMES]
    assert all(
        tree.read(by_row[f"row/{n} {n}.png"].file) == encoded(pixels(n)) for n in (0, 9, 10, 29)
    )


def test_a_dict_of_splits(tmp_path):
    DatasetDict({"train": made(12), "validation": made(6, 50), "test": made(3, 90)}).save_to_disk(
        tmp_path / "pets"
    )
    found = listed(tmp_path / "pets")
    assert [found.count(part) for part in ("train", "validation", "test")] == [12, 6, 3]
    assert found.entries[12].file.path == "validation/0 50.png"


def test_a_repository_of_parquet_files(tmp_path):
    for number in range(2):
        parquet(made(9, 9 * number), tmp_path / f"pets/data/train-0000{number}-of-00002.parquet")
    parquet(made(6, 90), tmp_path / "pets/data/test-00000-of-00001.parquet")
    parquet(made(6, 99), tmp_path / "pets/data/unsupervised-00000-of-00001.parquet")
    (tmp_path / "pets/README.md").write_text("# Pets")
    tree, found = find_images(tmp_path / "pets")
    assert [found.count(part) for part in ("train", "test")] == [18, 6]
    assert found.notes == (
        "files of no known split are left out: data/unsupervised-00000-of-00001.parquet",
    )
    assert [tree.read(found.entries[n].file) for n in (17, 0)] == [
        encoded(pixels(17)),
        encoded(pixels(0)),
    ]


@pytest.mark.parametrize("name", ["train.parquet", "train/0000.parquet", "default/train/0.parquet"])
def test_splits_by_the_names_of_files_and_folders(tmp_path, name):
    parquet(made(6), tmp_path / name)
    parquet(made(3, 50), tmp_path / name.replace("train", "test"))
    found = listed(tmp_path)
    assert (found.count("train"), found.count("test"), found.held_out) == (6, 3, False)


def test_one_of_many_parquet_files_can_be_taken_alone(tmp_path):
    found = listed(parquet(made(), tmp_path / "train-00001-of-00007.parquet"))
    assert len(found.entries) == 12
    assert found.notes[0] == "one of 7 files: name their folder to take all"


def test_the_same_images_as_in_a_folder_have_the_same_fingerprint(tmp_path):
    photos = Photos(tmp_path / "photos")
    for number in range(12):
        photos.add(f"{NAMES[number // 4]}/{number:02}.png", encoded(pixels(number)))
    rows = made(12, labels=[n // 4 for n in range(12)])
    sources = [source_at(photos.folder), source_at(parquet(rows, tmp_path / "photos.parquet"))]
    of_folder, of_file = (source.load(tmp_path).images for source in sources)
    assert of_folder.fingerprint == of_file.fingerprint
    assert (of_folder.pixels == of_file.pixels).all()


@pytest.mark.parametrize("groups", [1, 7, 50])
def test_rows_of_a_parquet_file_in_any_order_and_many_at_once(tmp_path, groups, monkeypatch):
    monkeypatch.setattr(shards, "BATCH", 4)
    monkeypatch.setattr(shards, "HELD", 2)
    table = pa.table({"image": [b"%d" % n for n in range(50)]})
    pq.write_table(table, tmp_path / "x.parquet", row_group_size=groups)
    shard = shards.open_shard(tmp_path / "x.parquet")
    for row in (0, 3, 49, 2, 30, 31, 17, 48, 0, 49):
        assert shard.cell(("image",), row) == b"%d" % row
    assert len(shard._held) == 2


def test_columns_without_any_word_of_the_library(tmp_path):
    table = pa.table(
        {
            "blob": [encoded(pixels(n)) for n in range(12)],
            "kind": pa.array(["a", "b"] * 6).dictionary_encode(),
            "score": [0.5] * 12,
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    found = listed(tmp_path / "x.parquet")
    assert (found.columns, found.classes) == ({"file": "blob", "label": "kind"}, ("a", "b"))
    assert "columns that are not used: score" in found.notes


def test_several_columns_of_labels_are_a_choice(tmp_path):
    coarse = ClassLabel(names=["soft", "hard"]), [n % 2 for n in range(12)]
    fine = ClassLabel(names=list("abcd")), [n % 4 for n in range(12)]
    data = made(12, coarse=coarse, fine=fine).remove_columns("label")
    place = parquet(data, tmp_path / "x.parquet")
    assert find_files(place).headers == {"x": ["image", "coarse", "fine"]}
    with pytest.raises(BadInput, match="which column holds the labels"):
        listed(place)
    assert listed(place, Reading(label_column="fine")).classes == ("a", "b", "c", "d")


def test_true_labels_beside_the_given_ones_share_their_names(tmp_path):
    noisy = Value("int64"), [(n + (n == 4)) % 3 for n in range(12)]
    data = made(12, noisy_label=noisy).rename_column("label", "true_label")
    found = listed(parquet(data, tmp_path / "x.parquet"))
    pairs = {entry.file.path: (entry.label, entry.true) for entry in found.entries}
    assert pairs["row/4 4.png"] == ("emu", "dog")
    assert found.classes == ("cat", "dog", "emu")


def test_a_column_of_splits(tmp_path):
    split = Value("string"), ["train"] * 9 + ["test"] * 3
    found = listed(parquet(made(12, split=split), tmp_path / "x.parquet"))
    assert (found.count("train"), found.count("test")) == (9, 3)


def test_classes_of_one_name_are_told_apart(tmp_path):
    found = listed(
        parquet(made(label=ClassLabel(names=None, num_classes=3)), tmp_path / "x.parquet")
    )
    assert found.classes == ("0", "1", "2")
    place = parquet(made(label=Value("int64")), tmp_path / "y.parquet")
    features = '{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": %s}}}}'
    table = pq.read_table(place).replace_schema_metadata(
        {"huggingface": features % '["crane", "emu", "crane"]'}
    )
    pq.write_table(table, place)
    assert listed(place).classes == ("crane (0)", "crane (2)", "emu")


def test_rows_without_image_or_label_are_left_out(tmp_path):
    data = made(12, labels=[-1, None, *[n % 3 for n in range(10)]])
    images = [*cells(3), {"bytes": None, "path": None}, *cells(8, 4)]
    data = data.remove_columns("image").add_column("image", images).cast_column("image", Image())
    tree, listing = find_images(parquet(data, tmp_path / "x.parquet"))
    assert [(one.path, one.why) for one in listing.skipped] == [
        ("row/0 0.png", "it has no label"),
        ("row/1 1.png", "it has no label"),
    ]
    empty = next(entry for entry in listing.entries if entry.file.path == "row/3")
    with pytest.raises(Unreadable, match="no image in this row"):
        tree.read(empty.file)
    found = survey(tree, listing, tmp_path)
    assert "no image in this row" in [one.why for one in found.skipped]


def damaged(place):
    content = place.read_bytes()
    place.write_bytes(content[: len(content) // 2])
    return place


def on_disk(data, place):
    data.save_to_disk(place)
    return place


def with_a_pointer(folder):
    (folder / "data").mkdir()
    (folder / "data/train.parquet").write_text("version https://git-lfs.github.com/spec/v1\noid x")
    return folder


def without_a_file(folder):
    parquet(made(), folder / "data/train-00000-of-00002.parquet")
    return folder


def of_paths(folder):
    place = Photos(folder).add("a.png")
    data = Dataset.from_dict({"image": [str(place)] * 3, "label": [0, 1, 2]})
    return parquet(data.cast_column("image", Image()), folder / "x.parquet")


def changed_label(data, value):
    table = data.data.table
    column = pa.array([value, *table["label"].to_pylist()[1:]])
    return table.set_column(table.schema.names.index("label"), "label", column)


def out_of_range(folder):
    pq.write_table(changed_label(made(), 7), folder / "x.parquet")
    return folder / "x.parquet"


def several_labels(folder):
    table = pa.table({"image": [encoded(pixels(0))], "label": [[0, 1]]})
    pq.write_table(table, folder / "x.parquet")
    return folder / "x.parquet"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda f: damaged(parquet(made(), f / "x.parquet")), "x.parquet cannot be read as a parq"),
        (lambda f: damaged(next(on_disk(made(), f / "x").glob("*.arrow"))).parent, "as an Arrow f"),
        (with_a_pointer, "train.parquet is a pointer of Git LFS, not the file itself"),
        (without_a_file, "1 of the 2 files data/train-… are there"),
        (of_paths, "the column 'image' holds names of files .*a.png.*, not the images"),
        (out_of_range, "row/0 has the label 7 in the column 'label', which has names for 0 to 2"),
        (several_labels, "no column holds labels; there are image, label"),
        (
            lambda f: parquet(made().remove_columns("image"), f / "x.parquet"),
            "no column holds images; there are label",
        ),
        (
            lambda f: parquet(made(labels=[-1] * 12), f / "x.parquet"),
            "x has no row with a label, among 12",
        ),
        (lambda f: f / "none.parquet", "there is no file or folder"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path, make, said):
    place = make(tmp_path)
    with pytest.raises(BadInput, match=said) as raised:
        listed(place)
    assert "\n" not in str(raised.value)


def test_a_column_of_another_kind_is_refused(tmp_path):
    place = parquet(made(12, score=(Value("float32"), [0.5] * 12)), tmp_path / "x.parquet")
    for reading, said in (
        (Reading(label_column="score"), "the column 'score' holds float: labels are texts or"),
        (Reading(label_column="none"), "there is no column 'none'; there are image, label, score"),
        (Reading(file_column="score"), "the column 'score' holds no images"),
    ):
        with pytest.raises(BadInput, match=said):
            listed(place, reading)


def test_files_of_several_data_sets_are_refused(tmp_path):
    parquet(made(), tmp_path / "train-a.parquet")
    parquet(made().rename_column("label", "class"), tmp_path / "train-b.parquet")
    with pytest.raises(BadInput, match=r"train-b\.parquet has other columns than train-a"):
        listed(tmp_path)


def test_a_zip_of_parquet_files_is_to_be_unpacked(tmp_path):
    place = parquet(made(), tmp_path / "pets/train.parquet")
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive:
        archive.write(place, "pets/train.parquet")
    with pytest.raises(BadInput, match=r"pets\.zip holds train\.parquet: unpack it"):
        listed(tmp_path / "pets.zip")


def test_a_file_that_changes_while_it_is_read(tmp_path):
    place = parquet(made(), tmp_path / "x.parquet")
    tree, found = find_images(place)
    parquet(made(11), place)
    with pytest.raises(BadInput, match=r"x\.parquet has changed while it was read"):
        tree.read(found.entries[0].file)


def test_without_pyarrow_it_is_said_how_to_have_it(tmp_path, monkeypatch):
    place = parquet(made(), tmp_path / "x.parquet")
    plain = builtins.__import__

    def without(name, *rest):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "pyarrow")
    with pytest.raises(BadInput, match="pip install pyarrow"):
        listed(place)


def test_a_bomb_is_refused_by_what_it_says_of_itself(tmp_path, monkeypatch):
    table = pa.table({"image": [b"0" * 100_000] * 50})
    pq.write_table(table, tmp_path / "x.parquet", use_dictionary=False, compression="zstd")
    monkeypatch.setattr(shards, "LARGE", 1_000_000)
    with pytest.raises(BadInput, match=r"x\.parquet would grow to"):
        listed(tmp_path / "x.parquet")
