"""Own images that would take too much as pixels are kept as JPEG, and decoded batch by batch."""

import copy

import numpy as np
import pytest
import torch
from PIL import Image
from torch.testing import assert_close

from lnl import jpegs
from lnl.data import load_data
from lnl.data.encoded import EncodedSet
from lnl.data.images import ImageSet
from lnl.data.own import survey
from lnl.data.own.finding import find_images
from lnl.data.own.told import facts
from lnl.errors import BadInput
from lnl.jpegs import Jpegs, encoded, table
from lnl.training import Stopped, make_method, train
from lnl.training.placement import place
from lnl.training.plan import Plan
from lnl.training.trainer import Trainer
from tests.support.photos import encoded as as_file


def smooth(number, side=40, channels=3):
    """A picture that JPEG keeps well, another for each number."""
    coarse = np.random.default_rng(number).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    image = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(image if channels == 3 else image.convert("L"))


@pytest.fixture
def source(photos):
    for number in range(30):
        photos.add(f"{'ab'[number % 2]}/{number}.png", as_file(smooth(number)))
    return photos.folder


@pytest.fixture
def small_memory(monkeypatch):
    monkeypatch.setattr(jpegs, "MAPPED", 10_000)


@pytest.fixture
def both(source, monkeypatch):
    """The same images as pixels and as JPEG."""
    mapped = load_data(source)
    monkeypatch.setenv("LNL_CACHE", str(source.parent / "other cache"))
    monkeypatch.setattr(jpegs, "MAPPED", 10_000)
    return mapped, load_data(source)


def test_they_look_as_the_pixels_do_and_have_the_same_keys(both):
    mapped, data = both
    assert isinstance(data.images, EncodedSet)
    assert data.images.shape == mapped.images.shape == (3, 40, 40)
    assert len(data.images) == 30
    assert data.images.ids == mapped.images.ids
    off = data.train_images.float() - mapped.train_images.float()
    assert off.abs().mean() < 3
    assert np.array_equal(data.images.keys, mapped.images.keys)
    assert data.images.nbytes == mapped.images.nbytes


def test_other_pixels_are_other_images(both):
    mapped, data = both
    assert data.images.fingerprint != mapped.images.fingerprint
    assert data.name != mapped.name


def test_grey_ones_stay_grey(photos, small_memory):
    for number in range(30):
        photos.add(f"{'ab'[number % 2]}/{number}.png", as_file(smooth(number, channels=1)))
    data = load_data(photos.folder)
    assert isinstance(data.images, EncodedSet)
    assert data.image_shape == (1, 40, 40)
    place = data.images.ids.index("a/0.png")
    seen = data.images.read(torch.tensor([place]))[0, 0].float()
    assert_close(seen, torch.tensor(smooth(0, channels=1)).float(), atol=12, rtol=0)


def test_any_rows_in_any_order(both):
    _, data = both
    rows = torch.tensor([4, 0, 4, 29])
    every = data.images.read(range(30))
    assert torch.equal(data.images.read(rows), every[rows])
    assert data.images.read(torch.empty(0, dtype=torch.long)).shape == (0, 3, 40, 40)
    pages = data.images.pictures[rows.numpy()]
    assert_close(torch.from_numpy(pages).float(), every[rows].float(), atol=4, rtol=0)


def resident(data):
    """The same pixels in memory, under the same fingerprint."""
    images = data.images
    held = ImageSet(images.read(range(len(images))), keys=images.keys, ids=images.ids)
    held.__class__ = type("Held", (ImageSet,), {"_form": images._form})
    object.__setattr__(data, "images", held)
    return data


@pytest.mark.parametrize("method", ["ce", "dividemix", "selnlpl"])
def test_training_is_the_same_as_on_the_pixels_in_memory(source, small_memory, method):
    def records(data):
        made = make_method(method, data, epochs=4, network="small-cnn", batch_size=8, seed=1)
        result = train(made, data, seed=1, device="cpu")
        return [
            (r.losses, r.test_accuracy, r.confidence) for r in result.records
        ], made.state_dict()

    options = {"noise": "symmetric", "rate": 0.3}
    first, weights = records(load_data(source, **options))
    second, others = records(resident(load_data(source, **options)))
    assert repr(first) == repr(second)
    assert all(torch.equal(weights[name], others[name]) for name in weights)


def test_the_dry_run_says_so_and_how_much_they_take(source, small_memory, tmp_path):
    tree, listing = find_images(source)
    found = survey.survey(tree, listing, tmp_path)
    assert found.encoded
    assert any("as JPEG" in line for line in facts(found))
    data = load_data(source)
    assert data.images.file.stat().st_size == pytest.approx(found.disk, rel=0.3)


@pytest.mark.parametrize("cut", [0, 8, 40, 200, 3000])
def test_a_file_that_is_cut_off_is_told(source, small_memory, cut):
    data = load_data(source)
    file, name = data.images.file, data.name
    content = file.read_bytes()
    file.write_bytes(content[:-cut] if cut else b"")
    with pytest.raises(BadInput, match=f"the prepared images {name} are damaged"):
        load_data(name)


def test_a_table_that_does_not_fit_its_pictures_is_refused(tmp_path):
    pictures = [encoded(smooth(n).transpose(2, 0, 1)) for n in range(3)]
    sizes = np.array([len(each) for each in pictures])
    file = tmp_path / "images.jpegs"
    file.write_bytes(b"".join(pictures) + table(sizes, (3, 40, 40)))
    assert Jpegs(file).shape == (3, 3, 40, 40)
    for wrong in (sizes + 1, sizes - 1, np.array([sizes[0] + sizes[1], -sizes[1], sum(sizes[1:])])):
        file.write_bytes(b"".join(pictures) + table(wrong, (3, 40, 40)))
        with pytest.raises(ValueError, match="does not fit"):
            Jpegs(file)


def test_stopped_in_the_middle_of_reading_ahead_it_goes_on_to_the_same_numbers(
    source, small_memory
):
    def trainer(data):
        method = make_method("sed", data, epochs=3, network="small-cnn", batch_size=4, seed=1)
        return Trainer(method, data, Plan(1, 4, place("cpu")))

    data = load_data(source, noise="symmetric", rate=0.3)
    whole = [snapshot.samples for snapshot in trainer(data)]
    stopped = trainer(data)
    next(stopped)
    checkpoint = copy.deepcopy(stopped.checkpoint())
    asked = iter([False, False, True])
    stopped.should_stop = lambda: next(asked)
    with pytest.raises(Stopped):
        next(stopped)
    resumed = trainer(data)
    resumed.restore(checkpoint)
    for snapshot, expected in zip(resumed, whole[1:], strict=True):
        assert np.array_equal(snapshot.samples.confidence, expected.confidence)
        assert np.array_equal(snapshot.samples.clean_score, expected.clean_score)
