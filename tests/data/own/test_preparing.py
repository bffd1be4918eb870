import errno
import json
import os
import shutil
import time
import zipfile

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lnl import jpegs
from lnl.data import load_data
from lnl.data.own import preparing, survey
from lnl.data.own.finding import find_images
from lnl.data.own.listing import Reading
from lnl.data.own.own_source import prepared_source, prepared_sources, source_at
from lnl.data.own.prepared import JPEGS, PIXELS, load_prepared, read_about
from lnl.data.own.preparing import Stopped, prepare_images
from lnl.errors import BadInput, Unwritable
from lnl.paths import cache_of_own
from tests.support.photos import Photos, encoded, pixels


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(preparing, "CHUNK", 4)


def prepare(path, reading=Reading(), **more):
    cache = cache_of_own()
    tree, listing = find_images(path, reading)
    return prepare_images(tree, survey.survey(tree, listing, cache), cache, **more)


def loaded(name):
    return load_prepared(cache_of_own(), read_about(cache_of_own(), name))


def content(folder):
    """All that a preparation wrote, but for the time at which it did."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name == "about.json":
            about = json.loads(path.read_text())
            del about["made"], about["source"]
            found[path.name] = about
        elif path.name == "rows.npz":
            with np.load(path) as arrays:
                found[path.name] = {key: arrays[key].tolist() for key in arrays.files}
        else:
            found[path.name] = path.read_bytes()
    return found


def test_pixels_labels_and_origins(photos):
    photos.classes("a", "b", images=10)
    name = prepare(photos.folder)
    data = loaded(name)
    numbers = {f"{c}/{n}.png": 1 + n + 10 * "ab".index(c) for c in "ab" for n in range(10)}
    assert len(data.images) == 20
    for place, path in enumerate(data.images.ids):
        expected = torch.from_numpy(pixels(numbers[path]).transpose(2, 0, 1).copy())
        assert torch.equal(data.images.pixels[place], expected)
    assert data.train.rows == range(16)
    assert data.test.rows == range(16, 20)
    labels = torch.cat([data.train.labels, data.test.labels])
    assert labels.tolist() == ["ab".index(path[0]) for path in data.images.ids]
    assert data.class_names == ("a", "b")
    assert data.true_labels is None


def test_the_statistics_are_those_of_the_training_images(photos):
    photos.classes("a", "b", images=10)
    data = loaded(prepare(photos.folder))
    about = read_about(cache_of_own(), prepared_sources()[0].name)
    assert (about.mean, about.std) == data.channel_statistics()


def test_what_is_left_out_is_left_out_as_the_dry_run_said(photos):
    photos.classes("a", "b", images=10)
    photos.add("a/cut.jpg", encoded(pixels(1, 64), "JPEG")[:400])
    photos.add("b/same.png", encoded(pixels(11)))
    tree, listing = find_images(photos.folder)
    found = survey.survey(tree, listing, cache_of_own())
    name = prepare_images(tree, found, cache_of_own())
    about = read_about(cache_of_own(), name)
    assert sum(about.counts) == found.taken == 20
    assert about.skipped == tuple((one.path, one.why) for one in found.skipped)


def test_a_folder_its_zip_and_its_arrays_are_the_same_images(photos, tmp_path):
    photos.classes("a", "b", images=5, below="train/").classes("a", "b", images=2, below="test/")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as file:
        for path in sorted(photos.folder.rglob("*.png")):
            file.write(path, f"photos/{path.relative_to(photos.folder)}")
    data = load_data(photos.folder)
    packed = load_data(tmp_path / "photos.zip")
    assert packed.name == data.name
    arrays = {
        "x_train": data.train_images.permute(0, 2, 3, 1).numpy(),
        "y_train": data.given_labels.numpy(),
        "x_test": data.test_images.permute(0, 2, 3, 1).numpy(),
        "y_test": data.test_labels.numpy(),
        "class_names": np.array(data.class_names),
    }
    np.savez(tmp_path / "photos.npz", **arrays)
    of_arrays = load_data(tmp_path / "photos.npz")
    assert of_arrays.images.fingerprint == data.images.fingerprint
    assert of_arrays.fingerprint == data.fingerprint


def test_the_stored_size_is_part_of_the_fingerprint_not_of_the_keys(photos):
    photos.classes("a", "b", images=5)
    sets = [loaded(prepare(photos.folder, Reading(side=side))).images for side in (None, 8, 10)]
    assert len({each.fingerprint for each in sets}) == 3
    assert all(np.array_equal(each.keys, sets[0].keys) for each in sets)


def test_true_labels_of_a_table_are_known(photos):
    for number in range(10):
        photos.add(f"{number}.png")
    rows = [f"{n}.png,{'ab'[n % 2]},{'ab'[n % 3 == 0]}" for n in range(10)]
    photos.add("labels.csv", "\n".join(["filename,label,true_label", *rows]).encode())
    data = loaded(prepare(photos.folder))
    numbers = [int(path.split(".")[0]) for path in data.images.ids]
    train = len(data.train.labels)
    assert data.train.labels.tolist() == [n % 2 for n in numbers[:train]]
    assert data.true_labels.tolist() == [int(n % 3 == 0) for n in numbers[:train]]
    assert data.test.labels.tolist() == [int(n % 3 == 0) for n in numbers[train:]]


def test_an_unchanged_source_is_not_read_again(photos, monkeypatch):
    photos.classes("a", "b", images=10)
    name = source_at(photos.folder).name
    monkeypatch.setattr("lnl.data.own.survey.survey", lambda *_: pytest.fail("read again"))
    assert source_at(photos.folder).name == name


def test_a_changed_source_is_another_set(photos):
    photos.classes("a", "b", images=10)
    first = source_at(photos.folder).name
    photos.add("a/new.png")
    second = source_at(photos.folder).name
    assert first != second
    assert {source.name for source in prepared_sources()} == {first, second}


@pytest.fixture(scope="module", params=[jpegs.MAPPED, 0], ids=["pixels", "jpegs"])
def whole(request, tmp_path_factory):
    """A source with everything in it, and what an undisturbed preparation makes of it."""
    photos = Photos(tmp_path_factory.mktemp("source") / "photos")
    photos.classes("a", "b", images=11)
    photos.add("a/00.png", b"no image")
    photos.add("a/55.png", encoded(pixels(1)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LNL_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(preparing, "CHUNK", 4)
        patch.setattr(jpegs, "MAPPED", request.param)
        name = prepare(photos.folder)
        return photos.folder, name, content(cache_of_own() / name), request.param


def _images_being_written():
    return [path for name in (PIXELS, JPEGS) for path in cache_of_own().glob(f".work-*/{name}")]


class Killed(BaseException):
    """As SIGKILL does: nothing after it runs."""


@given(kills=st.lists(st.integers(0, 30), max_size=6), torn=st.booleans())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_killed_at_any_write_it_goes_on_to_the_same_result(whole, tmp_path_factory, kills, torn):
    """``kills``: after how many syncs; ``torn``: half of what was being written is on the disk."""
    source, name, expected, mapped = whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LNL_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(preparing, "CHUNK", 4)
        patch.setattr(jpegs, "MAPPED", mapped)
        for kill in kills:
            left = [kill]

            def sync(number, left=left, real=preparing.os.fsync):
                real(number)
                left[0] -= 1
                if left[0] < 0:
                    raise Killed

            with pytest.MonkeyPatch.context() as killing:
                killing.setattr("os.fsync", sync)
                try:
                    prepare(source)
                except Killed:
                    for path in _images_being_written() if torn else ():
                        with path.open("ab") as file:
                            file.write(b"torn")
        assert prepare(source) == name
        assert content(cache_of_own() / name) == expected


def test_stopped_and_gone_on_it_does_not_begin_again(photos, monkeypatch):
    photos.classes("a", "b", images=20)
    asked = iter([False, False, False, True])
    with pytest.raises(Stopped):
        prepare(photos.folder, should_stop=lambda: next(asked))
    (work,) = cache_of_own().glob(".work-*")
    assert json.loads((work / "journal.json").read_text())["entries"] == 12
    decoded = []
    real = preparing.decode
    monkeypatch.setattr(preparing, "decode", lambda *a: decoded.append(a) or real(*a))
    prepare(photos.folder)
    assert len(decoded) == 40 - 12
    assert not list(cache_of_own().glob(".work-*"))


def test_what_was_stopped_long_ago_goes_with_the_next_import(photos, tmp_path):
    photos.classes("a", "b", images=20)
    asked = iter([False, True])
    with pytest.raises(Stopped):
        prepare(photos.folder, should_stop=lambda: next(asked))
    (work,) = cache_of_own().glob(".work-*")
    prepare(Photos(tmp_path / "other").classes("a", "b").folder)
    assert work.exists()
    long_ago = time.time() - preparing.ABANDONED - 10
    os.utime(work, (long_ago, long_ago))
    prepare(Photos(tmp_path / "third").classes("c", "d").folder)
    assert not work.exists()


def test_a_full_disk_is_told_and_what_is_done_is_kept(photos, monkeypatch):
    photos.classes("a", "b", images=20)
    real, left = preparing.os.fsync, [8]

    def sync(number):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", sync)
        with pytest.raises(Unwritable, match="the disk is full"):
            prepare(photos.folder)
    (work,) = cache_of_own().glob(".work-*")
    assert json.loads((work / "journal.json").read_text())["entries"] > 0
    assert sum(read_about(cache_of_own(), prepare(photos.folder)).counts) == 40


def test_too_little_room_is_told_before_anything_is_written(photos, monkeypatch):
    photos.classes("a", "b", images=10)
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(preparing.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(BadInput, match=r"needs 50 MB on the disk.*0 MB are free"):
        prepare(photos.folder)
    assert not prepared_sources()


def test_a_source_that_changes_meanwhile_is_refused(photos):
    photos.classes("a", "b", images=10)
    tree, listing = find_images(photos.folder)
    found = survey.survey(tree, listing, cache_of_own())
    photos.add("b/5.png", encoded(pixels(99)))
    with pytest.raises(BadInput, match="has changed while the images were read"):
        prepare_images(tree, found, cache_of_own())
    assert not prepared_sources()


def test_a_class_that_loses_all_its_images_is_refused(photos):
    photos.classes("a", "b", images=5).classes("c", images=0)
    for number in range(3):
        photos.add(f"c/{number}.png", b"no image")
    with pytest.raises(BadInput, match="no training image of 'c' can be read"):
        prepare(photos.folder)


def test_two_imports_at_once_are_refused(photos):
    photos.classes("a", "b", images=10)

    def again(share, what):
        with pytest.raises(BadInput, match="are being imported at the moment"):
            prepare(photos.folder)

    prepare(photos.folder, progress=again)


def test_damaged_prepared_images_are_told(photos):
    photos.classes("a", "b", images=10)
    name = prepare(photos.folder)
    (cache_of_own() / name / "rows.npz").write_bytes(b"no")
    with pytest.raises(BadInput, match=rf"the prepared images {name} are damaged"):
        load_data(name)
    (cache_of_own() / name / "about.json").write_text("{}")
    assert prepared_source(name) is None


def test_names_that_are_none_lead_nowhere():
    for name in ("../x-00000000", "a/b-00000000", "", "digits"):
        assert prepared_source(name) is None
