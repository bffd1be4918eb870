import threading

import numpy as np
import pytest

from lnl.data.own import survey as surveys
from lnl.data.own import told
from lnl.data.own.finding import find_images
from lnl.data.own.listing import Reading
from tests.support.photos import encoded, pixels


def look(photos, reading=Reading(), **more):
    tree, listing = find_images(photos.folder, reading)
    return surveys.survey(tree, listing, photos.folder.parent / "cache" / "own", **more)


def test_what_a_folder_holds(photos):
    photos.classes("a", images=10).classes("b", images=20)
    found = look(photos)
    assert found.counts["a"] == {"train": 8, "validation": 0, "test": 2}
    assert found.counts["b"] == {"train": 16, "validation": 0, "test": 4}
    assert (found.taken, found.skipped, found.copies, found.whole) == (30, (), (), True)
    assert found.sizes == {(12, 12): 30}
    assert found.kinds == {"PNG RGB": 30}
    assert found.image_shape == (3, 12, 12)
    assert found.disk == 30 * 3 * 12 * 12
    assert found.free > 0
    assert {name: len(strip) for name, strip in found.strips.items()} == {"a": 6, "b": 6}
    assert told.headline(found) == "30 images of 2 classes to import"
    assert "all 12 × 12 pixels; 30 PNG RGB" in told.facts(found)


def test_unreadable_files_and_second_copies_are_left_out(photos):
    photos.classes("a", "b", images=10, below="train/").classes("a", "b", images=3, below="test/")
    photos.add("train/a/cut.jpg", encoded(pixels(1, 64), "JPEG")[:500])
    photos.add("train/a/text.png", b"hello")
    photos.add("train/a/again.png", encoded(pixels(1)))  # as train/a/0.png, the first one
    photos.add("train/b/elsewhere.png", encoded(pixels(1)))
    photos.add("test/a/known.png", encoded(pixels(1)))
    found = look(photos)
    why = {one.path: one.why for one in found.skipped}
    assert set(why) == {
        "train/a/cut.jpg",
        "train/a/text.png",
        "train/a/again.png",
        "test/a/known.png",
    }
    assert why["train/a/again.png"] == "the same file as train/a/0.png, under the same label"
    assert found.counts["a"] == {"train": 10, "validation": 0, "test": 3}
    assert found.counts["b"] == {"train": 11, "validation": 0, "test": 3}
    (copies,) = found.copies
    assert copies.contradict
    assert len(copies.paths) == 4
    assert told.headline(found) == "27 images of 2 classes to import, 4 to skip"
    assert "1 picture under different labels" in told.warnings(found)[0]


def test_near_copies_are_told_and_kept(photos):
    photos.classes("a", "b", images=5)
    smooth = np.kron(pixels(7, 8), np.ones((8, 8, 1), np.uint8))
    photos.add("a/near.png", encoded(smooth))
    photos.add("b/near.jpg", encoded(smooth, "JPEG", quality=90))
    found = look(photos)
    assert not found.skipped
    (copies,) = [each for each in found.copies if each.near]
    assert set(copies.paths) == {"a/near.png", "b/near.jpg"}
    assert copies.contradict


@pytest.mark.parametrize(
    ("sizes", "grey", "side", "shape"),
    [
        ([28, 28], True, None, (1, 28, 28)),
        ([96, 96], False, None, (3, 96, 96)),
        ([97, 97], False, None, (3, 128, 128)),
        ([20, 30], False, None, (3, 32, 32)),
        ([40, 50], False, None, (3, 64, 64)),
        ([40, 50], False, 16, (3, 16, 16)),
        ([100, 300], False, None, (3, 128, 128)),
    ],
)
def test_the_stored_size_follows_the_images(photos, sizes, grey, side, shape):
    for name in "ab":
        for number, size in enumerate(sizes * 2):
            photos.add(f"{name}/{number}.png", side=size, channels=1 if grey else 3)
    assert look(photos, Reading(side=side)).image_shape == shape


def test_one_coloured_image_makes_all_of_them_coloured(photos):
    for name in "ab":
        for number in range(3):
            photos.add(f"{name}/{number}.png", channels=1)
    photos.add("a/colour.png")
    assert look(photos).image_shape[0] == 3


def test_of_a_large_set_a_sample_is_looked_at(photos, monkeypatch):
    monkeypatch.setattr(surveys, "CHECKED", 5)
    photos.classes("a", "b", images=30)
    found = look(photos)
    assert found.decoded < 30
    assert not found.whole
    assert found.taken == 60
    assert "images were looked at" in " ".join(told.facts(found))


def test_a_dry_run_can_be_stopped(photos):
    photos.classes("a", "b", images=30)
    stop = threading.Event()
    stop.set()
    assert look(photos, should_stop=stop.is_set) is None


def test_progress_rises_to_the_end(photos):
    photos.classes("a", "b", images=100)
    shares = []
    look(photos, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1


def test_a_dry_run_stores_nothing(photos, tmp_path):
    photos.classes("a", "b")
    look(photos)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
