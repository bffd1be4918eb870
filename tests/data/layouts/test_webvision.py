from lnl.data import load_data
from tests.support.layouts import webvision


def test_mini_webvision_is_the_first_fifty_classes(tmp_path, labels):
    webvision(tmp_path)
    train, test = labels("mini-webvision")
    assert len(train) == 100 + 3  # odd ones of class 7, one damaged
    assert len(test) == 50
    assert all(int(path.split("/")[1][1:]) == int(label) for path, label in train.items())
    assert all(int(path[-10:-4]) == int(label) for path, label in test.items())
    data = load_data("mini-webvision", data_dir=tmp_path)
    assert data.num_classes == 50
    assert data.true_labels is None


def test_class_names_come_from_the_synsets(tmp_path):
    made = webvision(tmp_path)
    words = ["tench, Tinca", "crane", "crane"] + [f"thing {n}" for n in range(997)]
    made.list("info/synsets.txt", *(f"n{n:08} {word}" for n, word in enumerate(words)))
    names = load_data("mini-webvision", data_dir=tmp_path).class_names
    assert names[:4] == ("tench", "crane 1", "crane 2", "thing 0")


def test_a_path_that_leads_out_is_left_out(tmp_path, labels):
    made = webvision(tmp_path)
    with (made.folder / "info/train_filelist_google.txt").open("a") as file:
        file.write("../outside.jpg 3\n")
    (tmp_path / "outside.jpg").write_bytes((made.folder / "google/q0003/0.jpg").read_bytes())
    assert len(labels("mini-webvision")[0]) == 103


def test_a_set_of_which_classes_are_missing_is_told(tmp_path, told):
    webvision(tmp_path)
    assert "no training images of '50', '52', '53', '54'…" in told("webvision")


def test_a_line_without_a_label_is_told(tmp_path, told):
    webvision(tmp_path).list("info/val_filelist.txt", "val000001.jpg")
    assert "line 1 of" in told("mini-webvision")
