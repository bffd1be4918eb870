import shutil
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest

from lnl.data import download, load_data
from lnl.data.source import registered
from tests.support.layouts import tiny_imagenet

NAMES = ("goldfish", "crane n02", "crane n03")
SAMPLE = Path(__file__).parents[4] / "shared" / "data" / "tiny-imagenet-200-sample"


def test_labels_go_by_wordnet_id_and_classes_by_their_sorted_ids(tmp_path, labels):
    tiny_imagenet(tmp_path)
    train, test = labels("tiny-imagenet")
    expected = {"n01": NAMES[0], "n02": NAMES[1], "n03": NAMES[2]}
    assert load_data("tiny-imagenet", data_dir=tmp_path).class_names == NAMES
    assert {path.split("/")[1]: name for path, name in train.items()} == expected
    order = [NAMES[2], NAMES[0], NAMES[1]] * 2  # as val_annotations.txt has them
    assert [test[f"val/images/val_{number}.JPEG"] for number in range(6)] == order


def test_grey_cmyk_and_palette_images_are_read_and_damaged_ones_left_out(tmp_path):
    tiny_imagenet(tmp_path)
    told = registered("tiny-imagenet").preparation.run(tmp_path, lambda share, what: None)
    data = load_data("tiny-imagenet", data_dir=tmp_path)
    assert len(data.given_labels) == 12 + 3
    assert data.image_shape == (3, 64, 64)
    assert told[0] == "15 training and 6 test images"
    assert [line for line in told if line.startswith("left out")] == [
        "left out: 1 listed, but not there",
        "left out: 1 damaged",
    ]


def test_val_in_class_folders_is_the_same_set(tmp_path, labels):
    made = tiny_imagenet(tmp_path)
    expected = labels("tiny-imagenet")[1]
    rows = [line.split("\t") for line in (made.folder / "val/val_annotations.txt").open()]
    for name, wnid, *_ in rows[:-1]:
        target = made.folder / "val" / wnid / "images"
        target.mkdir(parents=True, exist_ok=True)
        shutil.move(made.folder / "val/images" / name, target / name)
    shutil.rmtree(made.folder / "val/images")
    (made.folder / "val/val_annotations.txt").unlink()
    found = labels("tiny-imagenet")[1]
    assert {path.rpartition("/")[2]: name for path, name in found.items()} == {
        path.rpartition("/")[2]: name for path, name in expected.items()
    }


def test_equal_images_of_a_published_set_are_kept(tmp_path):
    made = tiny_imagenet(tmp_path)
    first = made.folder / "train/n01/images/n01_0.JPEG"
    shutil.copy(first, first.with_name("n01_8.JPEG"))
    assert len(load_data("tiny-imagenet", data_dir=tmp_path).given_labels) == 16


def test_it_is_prepared_once(tmp_path, monkeypatch):
    tiny_imagenet(tmp_path)
    preparation = registered("tiny-imagenet").preparation
    assert not preparation.done(tmp_path)
    heard = []
    preparation.run(tmp_path, lambda share, what: heard.append(share))
    assert heard[-1] == 1
    assert preparation.done(tmp_path)
    monkeypatch.setattr("lnl.data.own.survey.survey", lambda *_: pytest.fail("read again"))
    load_data("tiny-imagenet", data_dir=tmp_path)


def test_once_it_is_prepared_its_files_may_go(tmp_path):
    made = tiny_imagenet(tmp_path)
    before = load_data("tiny-imagenet", data_dir=tmp_path)
    shutil.rmtree(made.folder)
    assert load_data("tiny-imagenet", data_dir=tmp_path).fingerprint == before.fingerprint
    assert registered("tiny-imagenet").preparation.done(tmp_path)


def test_files_that_changed_are_prepared_anew(tmp_path):
    made = tiny_imagenet(tmp_path)
    load_data("tiny-imagenet", data_dir=tmp_path)
    made.list("wnids.txt", "n01", "n03")
    shutil.rmtree(made.folder / "train/n02")
    data = load_data("tiny-imagenet", data_dir=tmp_path)
    assert (data.num_classes, len(data.given_labels)) == (2, 8)


def test_prepared_sets_are_not_a_users_own_images(tmp_path):
    from lnl.data import dataset_cards

    tiny_imagenet(tmp_path)
    load_data("tiny-imagenet", data_dir=tmp_path)
    assert not [card for card in dataset_cards(tmp_path) if card.own]


def test_a_line_without_an_id_is_told(tmp_path, told):
    tiny_imagenet(tmp_path).list("val/val_annotations.txt", "val_0.JPEG n01")
    assert "line 1 of" in told("tiny-imagenet")


def test_it_is_downloaded_and_unpacked(tmp_path, monkeypatch, server):
    made = tiny_imagenet(tmp_path / "made")
    packed = shutil.make_archive(
        str(tmp_path / "packed"), "zip", tmp_path / "made", made.folder.name
    )
    content = server.files["tiny.zip"] = Path(packed).read_bytes()
    monkeypatch.setattr("lnl.data.layouts.tiny_imagenet.URL", f"{server.url}tiny.zip")
    monkeypatch.setattr("lnl.data.layouts.tiny_imagenet.CHECKSUM", md5(content).hexdigest())
    root = download("tiny-imagenet", tmp_path / "root")
    assert len(load_data("tiny-imagenet", data_dir=root).given_labels) == 15


@pytest.mark.shared_data
def test_the_real_sample():
    data = load_data("tiny-imagenet", data_dir=SAMPLE)
    assert data.class_names == ("Egyptian cat", "reel", "rocking chair", "volleyball", "lemon")
    assert np.bincount(data.given_labels).tolist() == [40] * 5
    assert np.bincount(data.test_labels).tolist() == [10] * 5
    assert data.image_shape == (3, 64, 64)


def test_a_set_that_does_not_fit_on_the_disk_is_refused_before_it_is_decoded(
    tmp_path, monkeypatch, told
):
    tiny_imagenet(tmp_path)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage._replace(free=10_000_000))
    message = told("tiny-imagenet")
    assert message.startswith("Tiny-ImageNet needs 50 MB on the disk of")
    assert "name another folder in LNL_CACHE" in message
