from lnl.data import load_data
from lnl.data.source import registered
from tests.support.layouts import food101n


def test_classes_are_sorted_and_the_header_is_no_image(tmp_path, labels):
    food101n(tmp_path)
    train, test = labels("food-101n")
    assert load_data("food-101n", data_dir=tmp_path).class_names == (
        "apple_pie",
        "ramen",
        "waffles",
    )
    assert len(train) == 12 + 3
    assert len(test) == 6
    assert all(path.split("/")[-2] == label for path, label in (train | test).items())
    assert all(path.startswith("food-101/images/") for path in test)


def test_what_is_missing_and_what_was_verified_is_told(tmp_path):
    food101n(tmp_path)
    told = registered("food-101n").preparation.run(tmp_path, lambda share, what: None)
    assert "12 training labels were verified, 3 of them are wrong" in told
    assert "left out: 1 listed, but not there" in told


def test_a_line_without_a_file_is_told(tmp_path, told):
    food101n(tmp_path).list("meta/imagelist.tsv", "class_name/key", "ramen")
    assert "has the line 'ramen', expected class/file" in told("food-101n")
