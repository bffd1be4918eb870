"""The moving average in closed form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.charts.smoothing import smoothed


def test_by_hand():
    # s1 = .5*1, /(1-.5); s2 = .5*.5 + .5*3 = 1.75, /(1-.25); s3 = .5*1.75 + .5*2 = 1.875, /(1-.125)
    found = list(smoothed([1.0, 3.0, 2.0], 0.5))
    assert found == pytest.approx([1.0, 1.75 / 0.75, 1.875 / 0.875])


@given(
    values=st.lists(st.floats(-1, 1), min_size=1, max_size=20),
    weight=st.floats(0, 0.95),
)
def test_each_value_is_the_mean_of_all_so_far_by_powers_of_the_weight(values, weight):
    for t, found in enumerate(smoothed(values, weight), 1):
        powers = [weight ** (t - n) for n in range(1, t + 1)]
        expected = sum(p * v for p, v in zip(powers, values, strict=False)) / sum(powers)
        assert found == pytest.approx(expected, abs=1e-9)


def test_nothing_is_changed_without_weight_and_a_constant_never():
    assert list(smoothed([0.2, 0.9, 0.1], 0.0)) == [0.2, 0.9, 0.1]
    assert list(smoothed([0.7] * 4, 0.9)) == pytest.approx([0.7] * 4)
