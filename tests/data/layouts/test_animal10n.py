from lnl.data import load_data
from lnl.data.layouts.animal10n import CLASSES
from tests.support.layouts import animal10n


def test_labels_stand_in_the_names(tmp_path, labels):
    animal10n(tmp_path)
    train, test = labels("animal-10n")
    assert len(train) == 30 + 3  # a file without a label and a damaged one are left out
    assert len(test) == 10
    for path, label in (train | test).items():
        assert label == CLASSES[int(path.rpartition("/")[2][0])]
    assert load_data("animal-10n", data_dir=tmp_path).image_shape == (3, 64, 64)
