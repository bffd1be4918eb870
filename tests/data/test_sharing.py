"""A data set is loaded once a process, lies once on each device, and goes when nobody needs it."""

import gc
import os
import threading
from weakref import ref

import numpy as np
import pytest
import torch

from lnl.catalogue import resolve
from lnl.data import ImageSet, Loader, dataset_card, load_data, noise_cards
from lnl.data.sharing import Shared, loaded
from lnl.data.sources import npz
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.shapes import Recipe
from lnl.training.prepare import prepare
from tests.support.pretended_cuda import CUDA, pretended

RECIPE = Recipe("small-cnn", epochs=1)
PARTS = {"train": 12, "test": 6}


class Value:
    pass


@pytest.fixture
def shared():
    return Shared()


def test_one_value_a_key_as_long_as_it_is_used(shared):
    one, other = shared.get("a", Value), shared.get("b", Value)
    assert shared.get("a", Value) is one is not other


def test_the_last_one_lives_on_and_the_others_go(shared):
    seen = ref(shared.get("a", Value))
    gc.collect()
    assert shared.get("a", Value) is seen()
    shared.get("b", Value)
    gc.collect()
    assert seen() is None


def test_the_last_one_makes_room_before_the_next_is_made(shared):
    seen = ref(shared.get("a", Value))
    there = []
    shared.get("b", lambda: there.append(seen()) or Value())
    assert there == [None]


def test_what_fails_is_tried_again(shared):
    def fail():
        raise BadInput("no")

    with pytest.raises(BadInput):
        shared.get("a", fail)
    assert isinstance(shared.get("a", Value), Value)


def test_who_asks_for_the_same_waits_and_who_asks_for_another_does_not(shared):
    begun, go_on, made, got = threading.Event(), threading.Event(), [], []

    def slowly():
        begun.set()
        assert go_on.wait(60)
        made.append(Value())
        return made[-1]

    threads = [
        threading.Thread(target=lambda: got.append(shared.get("slow", slowly))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    shared.get("quick", Value)  # comes back while the other is being made
    assert not made
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert set(got) == set(made)


# --- data sets ------------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch):
    """How often a file of one's own was read."""
    paths = []
    read = npz.read_npz
    monkeypatch.setattr(npz, "read_npz", lambda path: paths.append(path) or read(path))
    return paths


def test_runs_with_other_noise_share_their_images(write_npz):
    path = str(write_npz())
    runs = [load_data(path, noise="symmetric", rate=0.3, seed=seed) for seed in range(24)]
    few, other = load_data(path, limit=5), load_data(path, noise="open-set", rate=0.3)
    assert len({id(run.images) for run in (*runs, few, other)}) == 1
    assert len({run.train_images.data_ptr() for run in (*runs, other)}) == 1
    assert len({run.fingerprint for run in runs}) > 1


def test_a_file_of_ones_own_is_read_once_for_forms_and_runs(write_npz, reads):
    spec = RunSpec(dataset=str(write_npz()), noise="none", network="small-cnn", device="cpu")
    for _ in range(3):
        dataset_card(spec.dataset)
        noise_cards(spec.dataset)
        resolve(spec)
        load_data(spec.dataset, noise="symmetric", rate=0.2)
    trainers = [prepare(spec)[1] for _ in range(2)]
    assert len(reads) == 1
    assert trainers[0].data.images is trainers[1].data.images


@pytest.mark.parametrize("how", ["size", "time"])
def test_it_is_read_again_when_it_has_changed(write_npz, reads, how):
    path = write_npz()
    before, first = path.stat(), load_data(str(path))
    write_npz(x_train=np.zeros((12, 8, 8, 3), np.uint8))
    if how == "time":  # of the same size, or as if
        assert path.stat().st_size == before.st_size
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    else:
        write_npz(x_train=np.zeros((12, 8, 8, 1), np.uint8), x_test=np.zeros((6, 8, 8), np.uint8))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = load_data(str(path))
    assert len(reads) == 2
    assert second.train_images.max() == 0 < first.train_images.max()
    assert first.fingerprint != second.fingerprint


def test_what_a_form_says_follows_the_file(write_npz):
    spec = RunSpec(dataset=str(write_npz()), noise="none")
    assert resolve(spec).spec.network == "small-cnn"
    write_npz(**{f"x_{part}": np.zeros((n, 64, 64), np.uint8) for part, n in PARTS.items()})
    assert resolve(spec).spec.network == "frozen:efficientnet-lite0"


def test_a_path_by_another_road_is_the_same_file(write_npz, reads, monkeypatch):
    path = write_npz()
    monkeypatch.chdir(path.parent)
    relative, absolute = load_data("own.npz"), load_data(str(path))
    assert relative.images is absolute.images
    assert (relative.name, absolute.name) == ("own.npz", str(path))
    assert len(reads) == 1


def test_a_bad_file_is_read_once_and_refused_each_time(write_npz, reads):
    path = str(write_npz(y_test=None))
    for _ in range(3):
        with pytest.raises(BadInput, match="no labels of the test set"):
            dataset_card(path)
    assert len(reads) == 1
    write_npz()
    assert dataset_card(path).num_test == 6


def test_a_file_that_changes_while_it_is_read(write_npz, monkeypatch):
    path, read = write_npz(), npz.read_npz

    def written_meanwhile(place):
        found = read(place)
        write_npz(x_train=np.zeros((12, 8, 8, 1), np.uint8), x_test=np.zeros((6, 8, 8), np.uint8))
        return found

    monkeypatch.setattr(npz, "read_npz", written_meanwhile)
    with pytest.raises(BadInput, match=r"own\.npz has changed while it was read: try again"):
        load_data(str(path))
    monkeypatch.setattr(npz, "read_npz", read)
    assert load_data(str(path)).image_shape == (1, 8, 8)


def test_images_that_nobody_needs_any_more_go(write_npz, tmp_path):
    seen = ref(load_data(str(write_npz())).images)
    loaded.get("something else", Value)
    gc.collect()
    assert seen() is None


# --- devices --------------------------------------------------------------------------------------


def some_images():
    return ImageSet(torch.arange(48, dtype=torch.uint8).reshape(4, 3, 2, 2))


def test_on_the_cpu_nothing_is_copied():
    images = some_images()
    rows = (range(2), range(1, 4), torch.tensor([3, 1]))
    loaders = [Loader(images, each, RECIPE, torch.device("cpu")) for each in rows]
    assert all(each._set is images for each in loaders)


@pytest.mark.parametrize("free", [10**9, 0])
@pytest.mark.parametrize("rows", [range(1, 4), torch.tensor([3, 0, 2])])
def test_a_loader_shows_its_own_rows_wherever_they_lie(free, rows):
    images, index = some_images(), torch.tensor([2, 0])
    with pretended(free=free):
        loader = Loader(images, rows, RECIPE, CUDA)
        assert len(loader) == 3
        (shown,) = loader.views(index.to(CUDA), ("plain",), torch.Generator(CUDA))
        shown, in_order = shown.cpu(), next(loader.in_order([range(1, 3)])).cpu()
    expected = Loader(ImageSet(images.read(rows)), range(3), RECIPE, torch.device("cpu"))
    assert torch.equal(shown, next(expected.in_order([range(0, 3)]))[index])
    assert torch.equal(in_order, next(expected.in_order([range(1, 3)])))


@pytest.mark.parametrize(("free", "resident"), [(10**9, True), (0, False)])
def test_one_copy_for_all_loaders_while_there_are_any(free, resident):
    images = some_images()
    with pretended(free=free):
        loaders = [Loader(images, range(2), RECIPE, CUDA), Loader(images, range(4), RECIPE, CUDA)]
        assert [each.resident for each in loaders] == [resident] * 2
        assert loaders[0]._set is loaders[1]._set
        assert (loaders[0]._set is not images) is resident
        assert images.is_on(CUDA) is resident
        del loaders
        gc.collect()
        assert not images._copies


def test_a_set_that_is_on_the_device_already_needs_no_room():
    images = some_images()
    with pretended(free=10**9):
        first = Loader(images, range(2), RECIPE, CUDA)
    with pretended(free=0):
        assert Loader(images, range(4), RECIPE, CUDA)._set is first._set


def test_a_set_is_mapped_from_a_file_that_holds_it_and_from_no_other(tmp_path):
    images = ImageSet(torch.arange(96, dtype=torch.uint8).view(6, 1, 4, 4))
    pixels, fingerprint = images.pixels.numpy().copy(), images.fingerprint
    for name, content in (("other", pixels[::-1]), ("fewer", pixels[:5]), ("wide", pixels + 0.0)):
        np.save(tmp_path / f"{name}.npy", content)
        images.map(tmp_path / f"{name}.npy")
        assert images.file is None
    (tmp_path / "cut.npy").write_bytes((tmp_path / "other.npy").read_bytes()[:-20])
    with pytest.raises(ValueError, match="mmap"):
        images.map(tmp_path / "cut.npy")
    np.save(tmp_path / "same.npy", pixels)
    before = images.pixels.data_ptr()
    images.map(tmp_path / "same.npy")
    assert (images.file, images.fingerprint) == (tmp_path / "same.npy", fingerprint)
    assert images.pixels.data_ptr() != before
    assert np.array_equal(images.pixels, pixels)
