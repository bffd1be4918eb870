"""The first card of the page Data: own images are looked at, then imported."""

import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lnl.catalogue.own_images import Import
from lnl.data.own.own_source import prepared_sources
from tests.support.controls import control, settled
from tests.support.photos import Photos, encoded, pixels

PAGE = "pages/data.py"


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


@pytest.fixture
def photos(tmp_path):
    return Photos(tmp_path / "photos").classes("rose", "$tulip$", images=20)


def packed(folder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*.*")):
            archive.write(path, path.relative_to(folder.parent))
    return file.getvalue()


def test_a_path_is_looked_at_and_nothing_is_stored_unasked(app, photos):
    photos.add("rose/cut.png", b"no image")
    at = settled(app(PAGE, data="own", file=str(photos.folder)))
    assert at.button(key="own_import").label == "Import 40 images, skip 1"
    assert "\\$tulip\\$" in text(at)
    assert "16 train · 4 test" in text(at)
    assert any(box.label.startswith("1 to skip: 1 no JPEG") for box in at.expander)
    assert not prepared_sources()


def test_an_import_is_chosen_at_once_without_noise(app, photos):
    at = settled(app(PAGE, data="own", file=str(photos.folder)))
    settled(at.button(key="own_import").click().run())
    (source,) = prepared_sources()
    assert at.query_params["data"] == source.name
    assert control(at, "selectbox", "noise").value == "none"
    assert {m.label: m.value for m in at.metric} == {
        "Training images": "32",
        "Wrong labels": "unknown",
    }
    assert source.title in control(at, "selectbox", "data").options


def test_a_zip_is_uploaded_and_named_by_its_name(app, photos):
    at = app(PAGE)
    at.file_uploader[0].set_value(("photos.zip", packed(photos.folder), "application/zip"))
    settled(at.run())
    assert "**photos\\.zip**, the app's own copy" in text(at)
    settled(at.button(key="own_import").click().run())
    assert [source.title for source in prepared_sources()] == ["photos"]


def test_a_parquet_file_is_uploaded_and_its_columns_are_a_choice(app):
    images = [encoded(pixels(number)) for number in range(20)]
    labels = {name: [name[number % 2] for number in range(20)] for name in ("ab", "cd")}
    file = io.BytesIO()
    pq.write_table(pa.table({"picture": images, **labels}), file)
    at = app(PAGE)
    at.file_uploader[0].set_value(("pets.parquet", file.getvalue(), "application/octet-stream"))
    settled(at.run())
    assert "which column holds the labels? There are ab, cd" in at.error[0].value
    at.selectbox(key="own_label_column").select("cd")
    settled(at.run())
    assert at.button(key="own_import").label == "Import 20 images"
    assert "**c**" in text(at)


@pytest.mark.parametrize("at_once", [False, True])
def test_images_and_their_table_are_taken_together(app, monkeypatch, at_once):
    images = [(f"{n}.png", encoded(pixels(n)), "image/png") for n in range(20)]
    rows = "\n".join(["bild,klasse", *[f"{n}.png,{'ab'[n % 2]}" for n in range(20)]])
    at = app(PAGE)
    if at_once:
        monkeypatch.setattr(Import, "_start", Import._guarded)
    at.file_uploader[0].set_value([*images, ("labels.csv", rows.encode(), "text/csv")])
    settled(at.run())
    assert "which column of labels\\.csv holds the file names" in at.error[0].value
    at.selectbox(key="own_file_column").select("bild")
    at.selectbox(key="own_label_column").select("klasse")
    settled(at.run())
    assert at.button(key="own_import").label == "Import 20 images"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "there is no file or folder"),
        ("empty", "no labelled image was found"),
        ("text.zip", "cannot be read as a zip"),
    ],
)
def test_what_cannot_be_used_is_said_beside_it(app, tmp_path, name, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("hello")
    at = settled(app(PAGE, data="own", file=str(tmp_path / name)))
    assert said in at.error[0].value
    assert not at.get("metric")


def test_the_choices_of_reading_are_kept(app, photos):
    at = settled(app(PAGE, data="own", file=str(photos.folder)))
    at.selectbox(key="own_side").select(32)
    at.number_input(key="own_hold_out").set_value(50)
    settled(at.run())
    assert "stored as 32 × 32 colour" in text(at)
    assert "10 train · 10 test" in text(at)
    settled(at.button(key="own_import").click().run())
    assert [source.image_shape for source in prepared_sources()] == [(3, 32, 32)]


def test_after_files_have_changed_it_looks_again(app, photos):
    at = settled(app(PAGE, data="own", file=str(photos.folder)))
    photos.add("rose/new.png")
    settled(at.button(key="own_again").click().run())
    assert at.button(key="own_import").label == "Import 41 images"


def test_imported_images_can_be_removed(app, photos):
    at = settled(app(PAGE, data="own", file=str(photos.folder)))
    settled(at.button(key="own_import").click().run())
    (source,) = prepared_sources()
    at.button(key=f"removed_{source.name}").click().run()
    assert not at.exception
    assert not prepared_sources()
    assert control(at, "selectbox", "data").value == "digits"


def test_watch_leads_to_the_dry_run(app, photos):
    at = app("pages/watch.py", data="own", file=str(photos.folder))
    assert not at.exception
    assert "Look at your images and import them" in [
        link.proto.label for link in at.get("page_link")
    ]
