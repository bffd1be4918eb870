"""What a loaded set says of itself, and the messages of one that is not there."""

import pytest

from lnl.data import load_data
from lnl.errors import BadInput


@pytest.fixture
def told(tmp_path):
    """told(name) -> the one line that says why the set in ``tmp_path`` cannot be loaded."""

    def message(name):
        with pytest.raises(BadInput) as error:
            load_data(name, data_dir=tmp_path)
        return str(error.value)

    return message


@pytest.fixture
def labels(tmp_path):
    """labels(name) -> training and test labels, by the ids of their images, as class names."""

    def of(name):
        data = load_data(name, data_dir=tmp_path)
        ids = data.images.ids
        return tuple(
            {ids[row]: data.class_names[label] for row, label in zip(rows, given, strict=True)}
            for rows, given in (
                (data.train_rows, data.given_labels.tolist()),
                (data.test.rows, data.test_labels.tolist()),
            )
        )

    return of
