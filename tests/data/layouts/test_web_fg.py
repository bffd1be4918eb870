import shutil

import pytest

from lnl.data import load_data
from lnl.data.source import registered
from tests.support.layouts import web


@pytest.mark.parametrize("name", ["web-aircraft", "web-bird", "web-car"])
def test_labels_are_names_of_folders(tmp_path, labels, name):
    web(tmp_path, name)
    train, test = labels(name)
    assert len(train) == 12 + 3  # a damaged one is left out
    assert len(test) == 9
    assert all(path.split("/")[1] == label for path, label in (train | test).items())
    data = load_data(name, data_dir=tmp_path)
    assert data.class_names == ("Audi A3", "BMW 1", "Volvo")
    assert data.image_shape == (3, 224, 224)
    assert data.true_labels is None


def test_a_class_without_test_images_does_not_shift_the_others(tmp_path, labels):
    made = web(tmp_path)
    shutil.rmtree(made.folder / "val/Audi A3")
    assert all(path.split("/")[1] == label for path, label in labels("web-car")[1].items())
    told = registered("web-car").preparation.run(tmp_path, lambda share, what: None)
    assert "no test images of Audi A3" in told


def test_a_class_without_training_images_is_refused(tmp_path, told):
    made = web(tmp_path)
    shutil.rmtree(made.folder / "train/BMW 1")
    message = told("web-car")
    assert "val has class folders that train lacks, such as 'BMW 1'" in message


def test_a_link_to_a_folder_is_left_out_and_told(tmp_path):
    made = web(tmp_path)
    (made.folder / "val/Audi A3").rename(tmp_path / "elsewhere")
    (made.folder / "val/Audi A3").symlink_to(tmp_path / "elsewhere")
    told = registered("web-car").preparation.run(tmp_path, lambda share, what: None)
    assert "left out: 1 a link that leads out of the folder" in told
