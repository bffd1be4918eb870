"""What is validated on: a share of the noisy training set, or images that the data have for it."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.data import load_data
from lnl.data.noisy_data import data_of
from lnl.data.own.own_source import source_at
from lnl.data.sources import source_of
from lnl.errors import BadInput
from lnl.records import RunSpec
from tests.support.photos import Photos

IMAGES = np.random.RandomState(0).randint(0, 256, (120, 8, 8)).astype(np.uint8)
LABELS = np.arange(120) % 4


@pytest.fixture
def arrays(tmp_path):
    """60 training, 20 test and 40 validation images."""

    def save(name="own.npz", **more):
        parts = {"train": slice(60), "test": slice(60, 80), "val": slice(80, 120)}
        sets = {f"x_{part}": IMAGES[rows] for part, rows in parts.items()}
        labels = {f"y_{part}": LABELS[rows] for part, rows in parts.items()}
        np.savez(tmp_path / name, **{**sets, **labels, **more})
        return str(tmp_path / name)

    return save


@given(share=st.floats(0.05, 0.5), seed=st.integers(0, 5), limit=st.none() | st.integers(200, 900))
def test_a_share_is_drawn_from_the_noisy_training_set(share, seed, limit):
    options = {"noise": "symmetric", "rate": 0.4, "seed": seed, "limit": limit}
    whole, data = load_data("digits", **options), load_data("digits", validation=share, **options)
    rows = torch.cat([torch.as_tensor(data.train_rows), data.validation.rows])
    labels = torch.cat([data.given_labels, data.validation.labels])
    order = rows.argsort()
    before = torch.as_tensor(whole.train_rows).argsort()
    assert torch.equal(rows[order], torch.as_tensor(whole.train_rows)[before])
    assert torch.equal(labels[order], whole.given_labels[before])  # the very same noise
    assert len(data.validation.labels) == round(share * len(rows))
    sizes = np.bincount(whole.given_labels) * share
    assert (abs(np.bincount(data.validation.labels, minlength=10) - sizes) < 1).all()
    assert data.facts.num_validation == len(data.validation.labels)
    assert torch.equal(data.test_labels, whole.test_labels)


def test_validation_labels_are_as_noisy_as_those_of_the_training():
    data = load_data("digits", noise="symmetric", rate=0.4, validation=0.3)
    true = load_data("digits").given_labels[data.validation.rows]
    assert (true != data.validation.labels).float().mean() == pytest.approx(0.4, abs=0.05)
    assert data.noise.actual_rate == pytest.approx(0.4, abs=0.02)


def test_the_draw_follows_the_seed_of_the_noise():
    first, again, other = (load_data("digits", validation=0.1, seed=s) for s in (0, 0, 1))
    assert torch.equal(first.validation.rows, again.validation.rows)
    assert not torch.equal(first.validation.rows, other.validation.rows)
    assert len({data.fingerprint for data in (first, again, other, load_data("digits"))}) == 3


def test_no_class_loses_its_last_training_image(arrays):
    labels = np.zeros(60, int)
    labels[:2] = 1
    labels[2] = 2
    path = arrays(y_train=labels, y_test=LABELS[:20] % 3, y_val=LABELS[80:120] % 3)
    with np.load(path) as file:
        kept = {key: file[key] for key in file if not key.endswith("val")}
    np.savez(path, **kept)
    data = load_data(path, validation=0.5)
    assert np.bincount(data.given_labels).tolist() == [28, 1, 1]
    assert np.bincount(data.validation.labels, minlength=3).tolist() == [29, 1, 0]


def test_own_arrays_are_validated_on_their_own(arrays):
    data = load_data(arrays())
    assert data.facts.num_validation == 40
    assert data.train_rows == range(60)
    assert np.array_equal(data.images.read(data.validation.rows)[:, 0], IMAGES[80:120])
    assert data.validation.labels.tolist() == LABELS[80:120].tolist()
    assert data.notes == ()


def test_added_noise_is_on_them_too_but_no_file_of_labels(arrays, tmp_path):
    path = arrays()
    data = load_data(path, noise="symmetric", rate=0.5)
    wrong = data.validation.labels != torch.from_numpy(LABELS[80:120])
    assert 0.4 <= wrong.float().mean() <= 0.6
    assert data.noise.actual_rate == pytest.approx(0.5, abs=0.1)
    assert len(data.given_labels) == len(data.true_labels) == 60
    np.save(tmp_path / "labels.npy", (LABELS[:60] + 1) % 4)
    data = load_data(path, noise="file", labels=str(tmp_path / "labels.npy"))
    assert data.given_labels.tolist() == ((LABELS[:60] + 1) % 4).tolist()
    assert data.validation.labels.tolist() == LABELS[80:120].tolist()


@pytest.mark.parametrize(("noise", "true"), [("none", True), ("symmetric", False)])
def test_a_share_is_validated_on_true_labels_where_there_is_no_noise(noise, true):
    data = load_data("digits", noise=noise, rate=0.2, validation=0.1)
    assert data.facts.validation_is_true == true
    assert not load_data("digits", noise=noise, rate=0.2).facts.validation_is_true


def test_labels_of_a_file_of_ones_own_may_be_wrong(arrays):
    assert not load_data(arrays()).facts.validation_is_true


def test_noise_is_drawn_on_the_true_labels_of_both(arrays):
    noisy = (LABELS + 1) % 4
    path = arrays(
        y_train=noisy[:60],
        y_train_true=LABELS[:60],
        y_val=noisy[80:120],
        y_val_true=LABELS[80:120],
    )
    assert load_data(path).validation.labels.tolist() == noisy[80:120].tolist()
    drawn = load_data(path, noise="pair", rate=0.0)
    assert drawn.given_labels.tolist() == LABELS[:60].tolist()
    assert drawn.validation.labels.tolist() == LABELS[80:120].tolist()


def test_open_set_noise_keeps_known_labels_for_validation(arrays):
    data = load_data(arrays(), noise="open-set", rate=0.2)
    assert data.num_classes == 3
    assert data.validation.labels.max() < 3
    assert len(data.validation.labels) == 40


def test_a_stored_run_on_such_a_file_keeps_its_data(arrays):
    """Before, validation arrays were not read at all."""
    with np.load(arrays()) as file:
        kept = {key: file[key] for key in file if not key.endswith("val")}
    path = arrays("both.npz")
    without = path.replace("both", "without")
    np.savez(without, **kept)
    spec = RunSpec(path, "symmetric", rate=0.2)
    before = data_of(RunSpec(without, "symmetric", rate=0.2), 3)
    assert data_of(spec, 3).fingerprint == before.fingerprint
    assert data_of(spec, 3).facts.num_validation == 0
    assert data_of(spec).fingerprint != before.fingerprint


def test_labels_without_images_to_validate_on_are_told(arrays, tmp_path):
    with np.load(arrays()) as file:
        kept = {key: file[key] for key in file if key != "x_val"}
    np.savez(tmp_path / "half.npz", **kept)
    data = load_data(str(tmp_path / "half.npz"))
    assert data.facts.num_validation == 0
    told = "Not used of the file: y_val; to validate on them takes both images and labels."
    assert data.notes == (told,)


def test_own_images_are_validated_on_their_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "cache"))
    photos = Photos(tmp_path / "photos")
    for part in ("train", "val", "test"):
        photos.classes("a", "b", images=4, below=f"{part}/")
    source = source_at(photos.folder)
    assert (source.num_validation, source.notes) == (8, ())
    data = load_data(source.name)
    assert all(data.images.ids[row].startswith("val/") for row in data.validation.rows)
    assert data.validation.labels.tolist() == [0] * 4 + [1] * 4
    assert not data.facts.held_out


def test_what_was_prepared_before_says_nothing_of_images_that_nobody_uses(tmp_path, monkeypatch):
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "cache"))
    source = source_at(Photos(tmp_path / "photos").classes("a", "b", images=4).folder)
    about = next((tmp_path / "cache" / "own").glob("*/about.json"))
    said = json.loads(about.read_text())
    old = "8 validation images are kept; nothing is trained or tested on them yet"
    about.write_text(json.dumps(said | {"notes": [old, *said["notes"]]}))
    assert source_of(source.name).notes == tuple(said["notes"])


def test_a_hold_out_is_known_to_be_one(tmp_path, monkeypatch, arrays):
    monkeypatch.setenv("LNL_CACHE", str(tmp_path / "cache"))
    source = source_at(Photos(tmp_path / "photos").classes("a", "b", images=5).folder)
    assert load_data(source.name).facts.held_out
    np.savez(tmp_path / "one.npz", x=IMAGES, y=LABELS)
    assert load_data(str(tmp_path / "one.npz")).facts.held_out
    assert not load_data(arrays()).facts.held_out
    assert not load_data("digits").facts.held_out


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (-0.1, r"must lie in \[0, 0.5\], got -0.1"),
        (0.6, r"must lie in \[0, 0.5\], got 0.6"),
        (0.0001, "leaves none to validate on: choose a larger one"),
    ],
)
def test_a_share_that_cannot_be(share, told):
    with pytest.raises(BadInput, match=told):
        load_data("digits", validation=share)


def test_a_share_beside_validation_images(arrays):
    with pytest.raises(BadInput, match="have validation images of their own, which are used"):
        load_data(arrays(), validation=0.1)
