import zipfile

import pytest

from lnl.data.own.finding import find_images
from lnl.data.own.listing import Reading
from lnl.errors import BadInput


def listed(photos, reading=Reading(), path=None):
    return find_images(path or photos.folder, reading)[1]


def labels(listing, part=None):
    return [(e.file.path, e.label) for e in listing.entries if part in (None, e.part)]


def test_a_folder_a_class_with_a_part_of_each_held_out(photos):
    photos.classes("rose", "tulip", images=10)
    found = listed(photos)
    assert found.classes == ("rose", "tulip")
    assert [(e.label, e.part) for e in found.entries].count(("rose", "test")) == 2
    assert [(e.label, e.part) for e in found.entries].count(("tulip", "test")) == 2
    assert found.held_out
    assert "4 images (20 %, drawn from each class) are held out" in found.notes[0]
    assert [e.part for e in found.entries] == ["train"] * 16 + ["test"] * 4
    train = [e.file.path for e in found.entries if e.part == "train"]
    assert train == sorted(train)


def test_the_hold_out_follows_its_seed_and_share(photos):
    photos.classes("a", "b", images=20)
    drawn = [labels(listed(photos, Reading(seed=seed)), "test") for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert listed(photos, Reading(hold_out=0.5)).count("test") == 20


def test_a_class_of_one_image_is_trained_on(photos):
    photos.classes("a", images=20).classes("b", images=1)
    found = listed(photos, Reading(hold_out=0.9))
    assert [e.label for e in found.entries if e.part == "train"].count("b") == 1


@pytest.mark.parametrize("above", ["", "flowers/", "a/b/"])
@pytest.mark.parametrize("names", [("train", "test"), ("Training", "Testing"), ("train", "val")])
def test_splits_above_the_classes(photos, above, names):
    for name in names:
        photos.classes("rose", "tulip", images=3, below=f"{above}{name}/")
    found = listed(photos)
    assert (found.count("train"), found.count("test"), found.held_out) == (6, 6, False)
    assert found.classes == ("rose", "tulip")


def test_validation_beside_a_test_set_is_a_part_of_its_own(photos):
    for name in ("train", "valid", "test"):
        photos.classes("rose", "tulip", images=2, below=f"{name}/")
    found = listed(photos)
    assert [found.count(part) for part in ("train", "validation", "test")] == [4, 4, 4]
    assert found.notes == ()


def test_images_may_lie_deeper_than_their_class(photos):
    photos.add("rose/red/1.png"), photos.add("rose/2.png"), photos.add("tulip/x/y/3.png")
    photos.add("tulip/4.png")
    assert {label for _, label in labels(listed(photos))} == {"rose", "tulip"}


def test_numbers_are_sorted_by_value(photos):
    photos.classes("10", "9", "1")
    assert listed(photos).classes == ("1", "9", "10")


def test_other_files_and_loose_images_are_told(photos):
    photos.classes("a", "b")
    photos.add("notes.txt", b"hello"), photos.add("loose.png")
    found = listed(photos)
    assert "files that are no images are left out: 1 .txt" in found.notes
    assert ("loose.png", "in no class folder") in [(s.path, s.why) for s in found.skipped]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ((), "no labelled image was found"),
        (("a.png", "b.png"), "no labelled image was found"),
        (("a/1.png", "a/2.png"), "all images are of one class, 'a'"),
        (("Cat/1.png", "cat/1.png"), "'Cat', 'cat' differ only in case"),
        (("train/a/1.png", "train/b/1.png", "test/c/1.png"), "no training image has: 'c'"),
        (("test/a/1.png", "val/b/1.png"), "there are no training images"),
        (("a/1.png", "b/1.png"), "leave none to test on"),
        ((f"{'x' * 200}/{'y' * 200}/1.png", "b/1.png"), "leave none to test on"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_line(photos, paths, said):
    photos.folder.mkdir()
    for path in paths:
        photos.add(path)
    with pytest.raises(BadInput, match=said):
        listed(photos)


def table(photos, text, name="labels.csv", encoding="utf-8"):
    return photos.add(name, text.encode(encoding))


def images(photos, count=10, below=""):
    for number in range(count):
        photos.add(f"{below}{number}.png")


ROWS = [f"{number}.png,{'rose' if number % 2 else 'tulip'}" for number in range(10)]


@pytest.mark.parametrize("delimiter", ",;\t|")
@pytest.mark.parametrize("head", ["filename,label", "Image,Class", "id,target"])
def test_a_flat_folder_with_a_table(photos, delimiter, head):
    images(photos)
    table(photos, "\n".join([head, *ROWS]).replace(",", delimiter))
    found = listed(photos)
    assert dict(labels(found))["3.png"] == "rose"
    assert len(found.entries) == 10


@pytest.mark.parametrize(
    "text",
    [
        "\ufefffilename,label\r\n" + "\r\n".join(ROWS),
        "filename,label\n\n" + "\n\n".join(ROWS) + "\n,\n",
        '"filename","label"\n' + "\n".join(ROWS),
    ],
    ids=["byte-order mark", "empty lines", "quotes"],
)
def test_what_spreadsheets_write_is_read(photos, text):
    images(photos)
    table(photos, text)
    assert len(listed(photos).entries) == 10


def test_true_labels_and_splits_of_a_table(photos):
    images(photos)
    rows = [
        f"{n}.png,{'a' if n % 2 else 'b'},{'a' if n % 3 else 'b'},{'test' if n > 6 else 'train'}"
        for n in range(10)
    ]
    table(photos, "\n".join(["file,given_label,true_label,split", *rows]))
    found = listed(photos)
    assert (found.count("train"), found.count("test")) == (7, 3)
    assert [(e.label, e.true) for e in found.entries[:3]] == [("b", "b"), ("a", "a"), ("b", "a")]


def test_columns_of_any_name_when_they_are_told(photos):
    images(photos)
    table(photos, "\n".join(["bild,klasse,wer", *[f"{row},ich" for row in ROWS]]))
    with pytest.raises(BadInput, match=r"which column of labels.csv holds the file names\? It has"):
        listed(photos)
    found = listed(photos, Reading(file_column="bild", label_column="klasse"))
    assert len(found.entries) == 10
    assert "columns that are not used: wer" in found.notes
    with pytest.raises(BadInput, match="has no column 'nix'"):
        listed(photos, Reading(file_column="bild", label_column="nix"))


def test_names_without_ending_or_in_another_folder_are_found(photos):
    images(photos, below="images/")
    names = [row.replace(".png", "") for row in ROWS[:5]] + [f"images/{row}" for row in ROWS[5:]]
    table(photos, "\n".join(["id,label", *names]))
    assert len(listed(photos).entries) == 10


def test_the_table_itself_may_be_named(photos):
    images(photos)
    path = table(photos, "\n".join(["filename,label", *ROWS]))
    table(photos, "a,b\nc,d", "other.csv")
    with pytest.raises(BadInput, match="which table holds the labels"):
        listed(photos)
    found = listed(photos, path=path)
    assert (len(found.entries), found.title) == (10, "labels")
    assert len(listed(photos, Reading(table="labels.csv")).entries) == 10


def test_a_table_beside_class_folders_is_not_read_unasked(photos):
    photos.classes("a", "b")
    table(photos, "filename,label\n0.png,c")
    found = listed(photos)
    assert found.classes == ("a", "b")
    assert "files that are no images are left out: 1 .csv" in found.notes


def test_rows_that_name_nothing_right_are_told_one_by_one(photos):
    images(photos)
    photos.add("unnamed.png")
    odd = ["../out.png,rose", "/etc/x.png,rose", "gone.png,rose", "1.png,tulip", ",rose"]
    table(photos, "\n".join(["filename,label", *ROWS[:9], *odd, "9.png,"]))
    found = listed(photos)
    assert {one.path: one.why for one in found.skipped} == {
        "../out.png": "its path leads out of the folder of the table",
        "/etc/x.png": "its path leads out of the folder of the table",
        "gone.png": "no such image",
        "1.png": "row 14 names it again, after row 3",
        "row 15": "no file is named",
        "9.png": "row 16 gives it no label",
        "unnamed.png": "in no row of the table",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no rows"),
        ("filename,label", "holds no rows"),
        ("label,label\na,b", "two columns of one name"),
        ("filename,label\n1.png,a,b", "row 2 of labels.csv has 3 cells, the header 2"),
        ("filename,label,split\n1.png,a,elsewhere", "row 2 names the split 'elsewhere'"),
        ("filename,label,true_label\n1.png,a,a\n2.png,b,", "have no true label"),
    ],
)
def test_a_table_that_is_none_is_refused(photos, text, said):
    images(photos)
    table(photos, text)
    with pytest.raises(BadInput, match=said):
        listed(photos)


def test_another_encoding_is_told_with_the_way_out(photos):
    images(photos)
    table(photos, "filename,label\n1.png,Küche\n2.png,Bad", encoding="latin-1")
    with pytest.raises(BadInput, match="save it as CSV UTF-8"):
        listed(photos)


def test_a_zip_is_read_as_its_folder(photos, tmp_path):
    photos.classes("rose", "tulip")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
        for path in sorted(photos.folder.rglob("*.png")):
            file.write(path, f"photos/{path.relative_to(photos.folder)}")
    of_zip = listed(photos, path=tmp_path / "photos.zip")
    strip = [(path.removeprefix("photos/"), label) for path, label in labels(of_zip)]
    assert strip == labels(listed(photos))


@pytest.mark.parametrize(
    "name", ["猫", "$x^2$", "<b>bold<b>", "it's", '"q"', "a b", "%s", "x" * 250]
)
def test_names_in_any_script_are_names(photos, name):
    photos.classes(name, "other")
    assert name in listed(photos).classes
