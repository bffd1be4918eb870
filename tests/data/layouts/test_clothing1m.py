import pytest

from lnl.data import load_data
from lnl.data.source import registered
from tests.support.layouts import clothing1m

VARIANTS = [("", "images/"), ("", ""), ("annotations/", "images/")]


@pytest.mark.parametrize(("lists", "below"), VARIANTS, ids=["authors", "DivideMix", "SED"])
def test_the_three_layouts_hold_the_same_labels(tmp_path, labels, lists, below):
    clothing1m(tmp_path, lists, below)
    train, test = labels("clothing1m")
    assert len(train) == 28 + 3  # odd ones of class 9, one damaged
    for path, label in (train | test).items():
        number = path.rpartition("/")[2][1:].partition("_")[0]
        assert label == f"class {number}"
    assert len(test) == 14


def test_an_image_in_both_lists_has_the_label_of_its_split(tmp_path, labels):
    clothing1m(tmp_path)
    noisy, clean = labels("clothing1m")[0], labels("clothing1m-clean")[0]
    both = "3/n3_0.jpg"
    assert (noisy[both], clean[both]) == ("class 3", "class 5")
    told = registered("clothing1m").preparation.run(tmp_path, lambda share, what: None)
    assert "1 images have both a noisy and a clean label, 1 of which differ" in told


def test_labels_of_the_clean_part_are_true(tmp_path):
    clothing1m(tmp_path)
    assert load_data("clothing1m", data_dir=tmp_path).true_labels is None
    data = load_data("clothing1m-clean", noise="symmetric", rate=0.4, data_dir=tmp_path)
    assert data.noise.actual_rate == pytest.approx(0.4, abs=0.1)


def test_validation_images_are_kept_apart(tmp_path):
    clothing1m(tmp_path)
    data = load_data("clothing1m", data_dir=tmp_path)
    assert data.facts.validation_is_true
    noisy = load_data("clothing1m", noise="symmetric", rate=0.2, data_dir=tmp_path)
    assert not noisy.facts.validation_is_true
    used = {*data.train_rows, *data.test.rows}
    left = {path for row, path in enumerate(data.images.ids) if row not in used}
    assert {path.rpartition("_")[2] for path in left} == {"1.jpg"}
    assert len(left) == 14


def test_a_label_that_is_no_class_is_told(tmp_path, told):
    made = clothing1m(tmp_path)
    made.list("noisy_label_kv.txt", "images/3/n3_0.jpg 14")
    assert "noisy_label_kv.txt names the class '14', expected 0 to 13" in told("clothing1m")
