"""A set that is nearly in place: the one move that helps is told, and does help."""

import shutil
import subprocess

import pytest

from lnl.data import load_data
from tests.support.layouts import tiny_imagenet

WANTED = "tiny-imagenet-200"


def move(message, start):
    """Run the command that a message names."""
    command = message[message.index(f": {start} ") + 2 :]
    subprocess.run(command, shell=True, check=True)


def test_nothing_is_there(tmp_path, told):
    message = told("tiny-imagenet")
    assert f"missing are {WANTED}/wnids.txt, {WANTED}/train, {WANTED}/val. " in message
    assert "python -m lnl datasets --download tiny-imagenet" in message
    message = told("web-car")
    assert "missing are web-car/train, web-car/val. Get web-car.tar.gz as github.com" in message
    assert "put it into the data folder so that there is web-car/train" in message


def test_another_name(tmp_path, told):
    tiny_imagenet(tmp_path)
    (tmp_path / WANTED).rename(tmp_path / "Tiny ImageNet")
    move(told("tiny-imagenet"), "mv")
    assert load_data("tiny-imagenet", data_dir=tmp_path).num_classes == 3


def test_one_level_too_deep(tmp_path, told):
    tiny_imagenet(tmp_path / WANTED)
    message = told("tiny-imagenet")
    assert "one level too deep" in message
    move(message, "mv")
    assert load_data("tiny-imagenet", data_dir=tmp_path).num_classes == 3


def test_in_a_folder_of_kaggles(tmp_path, told):
    tiny_imagenet(tmp_path / "archive")
    move(told("tiny-imagenet"), "mv")
    assert load_data("tiny-imagenet", data_dir=tmp_path).num_classes == 3


@pytest.mark.parametrize("kind", ["gztar", "zip"])
def test_still_packed(tmp_path, told, kind):
    tiny_imagenet(tmp_path)
    shutil.make_archive(str(tmp_path / WANTED), kind, tmp_path, WANTED)
    shutil.rmtree(tmp_path / WANTED)
    message = told("tiny-imagenet")
    assert "is still packed" in message
    if kind == "gztar" or shutil.which("unzip"):
        move(message, "tar" if kind == "gztar" else "unzip")
        assert load_data("tiny-imagenet", data_dir=tmp_path).num_classes == 3


def test_the_data_folder_is_the_set_itself(tmp_path, told):
    tiny_imagenet(tmp_path)
    with pytest.raises(Exception, match="name that folder, --data-dir"):
        load_data("tiny-imagenet", data_dir=tmp_path / WANTED)


def test_a_copy_that_lacks_a_part_says_which(tmp_path, told):
    made = tiny_imagenet(tmp_path)
    shutil.rmtree(made.folder / "val")
    assert f"missing are {WANTED}/val. " in told("tiny-imagenet")
