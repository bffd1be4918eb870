"""A user's own matrix, and labels that people made."""

import json

import numpy as np
import pytest

from lnl.data.noise.prescribed import read_matrix
from lnl.errors import BadInput

ROWS = [[0.7, 0.2, 0.1], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]]
LABELS = np.repeat(np.arange(3), 1000)


def test_exact_shares_of_a_matrix(draw):
    out = draw("matrix", LABELS, matrix=ROWS)
    counts = np.zeros((3, 3))
    np.add.at(counts, (LABELS, out.given_labels), 1 / 1000)
    assert counts.diagonal() == pytest.approx([0.7, 1.0, 0.5])
    assert np.allclose(counts, ROWS, atol=4 * np.sqrt(0.3 * 0.25 / 1000))
    assert np.array_equal(out.transition_matrix, np.array(ROWS))
    assert out.options == {"matrix": ROWS}


def test_a_matrix_can_come_from_text_or_a_file(tmp_path):
    np.save(tmp_path / "m.npy", ROWS)
    np.savetxt(tmp_path / "m.csv", ROWS, delimiter=",")
    np.savetxt(tmp_path / "m.txt", ROWS)
    for given in (
        ROWS,
        json.dumps(ROWS),
        str(tmp_path / "m.npy"),
        str(tmp_path / "m.csv"),
        tmp_path / "m.txt",
    ):
        assert np.allclose(read_matrix(given, 3), ROWS)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "needs its option matrix"),
        ([[1, 0], [0, 1]], r"shape \[2, 2\], expected \[3, 3\]"),
        ([[0.7, 0.2, 0.2], [0, 1, 0], [0, 0, 1]], "row 0 of the matrix sums to 1.1, expected 1"),
        ([[1.5, -0.5, 0], [0, 1, 0], [0, 0, 1]], r"probabilities in \[0, 1\]"),
        ([[float("nan"), 0, 0], [0, 1, 0], [0, 0, 1]], r"probabilities in \[0, 1\]"),
        ([[1, 0], [0, 1, 0], [0, 0, 1]], "cannot be read"),
        ("[[1, 0", "cannot be read"),
        ("nowhere.csv", "cannot be read"),
        ("nowhere.npy", "cannot be read"),
        ({"a": 1}, "cannot be read"),
    ],
)
def test_a_bad_matrix_says_what_is_wrong(given, message):
    with pytest.raises(BadInput, match=message):
        read_matrix(given, 3)


def test_a_pickled_matrix_is_refused(tmp_path):
    path = tmp_path / "m.npy"
    np.save(path, np.array([[1, None]], dtype=object))
    with pytest.raises(BadInput, match="cannot be read"):
        read_matrix(str(path), 2)
