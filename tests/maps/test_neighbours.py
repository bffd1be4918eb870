import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.maps.neighbours import kept_share, nearest


def by_hand(points, count):
    """All pairs, one by one, in Python's own precision."""
    found = []
    for i, a in enumerate(points.astype(float)):
        others = [(float(np.sum((a - b) ** 2)) ** 0.5, j) for j, b in enumerate(points) if j != i]
        found.append(sorted(others)[:count])
    return found


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 9), size=st.integers(12, 40))
def test_neighbours_are_those_of_all_pairs(seed, count, size):
    points = np.random.default_rng(seed).normal(3, 2, (size, 4)).astype(np.float32)
    near = nearest(points, count)
    for i, expected in enumerate(by_hand(points, count)):
        assert near.others[i].tolist() == [j for _, j in expected]
        assert near.distances[i] == pytest.approx([d for d, _ in expected], rel=1e-5)


def test_nobody_is_their_own_neighbour_even_among_equals():
    near = nearest(np.zeros((20, 3), np.float16), 5)
    assert not (near.others == np.arange(20)[:, None]).any()
    assert (near.distances == 0).all()


def test_far_from_zero_neighbours_stay_right():
    points = np.arange(30.0)[:, None] * np.ones(8) + 1e4
    assert set(nearest(points, 2).others[10]) == {9, 11}


def test_a_map_equal_to_its_points_keeps_all_neighbours():
    points = np.random.default_rng(0).normal(size=(200, 2))
    near = nearest(points, 15)
    assert kept_share(near, points) == 1
    assert kept_share(near, 7 * points[:, ::-1] - 3) == 1, "turning and stretching keep them"


def test_a_shuffled_map_keeps_as_many_as_chance():
    random = np.random.default_rng(0)
    points = random.normal(size=(400, 2))
    assert kept_share(nearest(points, 15), random.permutation(points)) == pytest.approx(
        15 / 399, abs=0.015
    )


def test_the_share_is_counted_pair_by_pair():
    points = np.array([[0.0, 0], [1, 0], [3, 0], [7, 0]])
    near = nearest(points, 1)
    assert near.others.ravel().tolist() == [1, 0, 1, 2]
    swapped = points[[0, 2, 1, 3]]
    # on the map 0 is nearest to 2, 1 to 2, 2 to 0, 3 to 1: of the four pairs none is left
    assert nearest(swapped, 1).others.ravel().tolist() == [2, 2, 0, 1]
    assert kept_share(near, swapped) == 0
    moved = np.array([[0.0, 0], [1, 0], [3, 0], [3.5, 0]])  # 2 is nearest to 3 now
    assert kept_share(near, moved) == 3 / 4
