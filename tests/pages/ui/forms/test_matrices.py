"""A matrix as a user edits it: rows always sum to 1, and what was changed is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lnl.errors import BadInput
from pages.ui.forms import matrices

square = st.integers(2, 6).flatmap(
    lambda k: arrays(np.float64, (k, k), elements=st.floats(-1, 2) | st.just(np.nan))
)


@given(square)
def test_whatever_is_typed_becomes_a_transition_matrix(typed):
    names = [str(c) for c in range(len(typed))]
    matrix, told = matrices.normalised(typed, names)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(len(typed)))
    assert (matrix >= 0).all()
    again, nothing = matrices.normalised(matrix, names)
    assert again == pytest.approx(matrix)
    assert nothing == []
    assert len(told) <= len(typed)


def test_what_was_changed_is_said_by_class():
    typed = np.array([[0.8, 0.4], [0.0, 0.0]])
    matrix, told = matrices.normalised(typed, ["cat", "dog"])
    assert matrix == pytest.approx(np.array([[2 / 3, 1 / 3], [0, 1]]))
    assert "row of cat summed to 120.0%" in told[0]
    assert "row of dog was empty" in told[1]


@given(square)
def test_an_address_holds_it(typed):
    matrix, _ = matrices.normalised(typed, ["x"] * len(typed))
    text = matrices.to_text(matrix)
    back = matrices.from_text(text, len(matrix))
    assert back == pytest.approx(matrix, abs=2e-4)
    assert matrices.to_text(matrices.from_text(text, len(matrix))) == matrices.to_text(back)


@pytest.mark.parametrize(
    ("text", "what"),
    [("1,2;x,3", "cannot be read"), ("50,50", "2 classes"), ("nan,1;0,1", "0 or more"),
     ("-5,105;0,100", "0 or more"), ("1,2;3", "cannot be read"), ("inf,0;0,1", "0 or more")],
)  # fmt: skip
def test_a_bad_address_is_refused_in_words(text, what):
    with pytest.raises(BadInput, match=what):
        matrices.from_text(text, 2)


def test_symmetric_noise_and_its_share():
    matrix = matrices.symmetric(5, 0.4)
    assert matrix.diagonal() == pytest.approx(np.full(5, 0.6))
    assert matrix[0, 1] == pytest.approx(0.1)
