import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.findings.separation import cuts, overlap, piles
from lnl.records import BINS
from tests.support import made_up

counts = st.lists(st.integers(0, 1000), min_size=BINS, max_size=BINS).map(np.array)
filled = counts.filter(lambda c: c.sum() > 0)


def at(**places):
    pile = np.zeros(BINS, np.int64)
    for place, count in places.items():
        pile[int(place.removeprefix("b"))] = count
    return pile


def test_equal_piles_overlap_fully_whatever_their_size():
    assert overlap(at(b10=3, b50=1), at(b10=300, b50=100)) == pytest.approx(1)


def test_piles_without_a_common_bin_do_not_overlap():
    assert overlap(at(b10=3), at(b11=5)) == 0


def test_the_overlap_of_two_halves():
    assert overlap(at(b1=1, b2=1), at(b2=1, b3=3)) == pytest.approx(0.25)


def test_an_empty_pile_has_no_overlap():
    assert np.isnan(overlap(at(), at(b3=1)))


@given(filled, filled)
def test_overlap_is_symmetric_and_one_minus_the_total_variation(a, b):
    found = overlap(a, b)
    assert 0 <= found <= 1 + 1e-12
    assert found == pytest.approx(overlap(b, a))
    assert found == pytest.approx(1 - np.abs(a / a.sum() - b / b.sum()).sum() / 2)


def test_open_set_samples_lie_with_the_wrong_ones():
    clean, wrong = piles({"clean": at(b9=5), "mislabelled": at(b1=2), "open-set": at(b1=1, b2=4)})
    assert clean.sum() == 5
    assert (wrong[1], wrong[2]) == (3, 4)


@pytest.mark.parametrize("groups", [{}, {"unknown": at(b1=1)}, {"clean": at(b1=1)}])
def test_without_both_groups_there_are_no_piles(groups):
    assert piles(groups) is None


@settings(max_examples=30)
@given(filled, filled, st.integers(0, BINS))
def test_each_cut_counts_the_samples_below_it(clean, wrong, place):
    found = cuts(clean, wrong)
    hits, flagged = wrong[:place].sum(), wrong[:place].sum() + clean[:place].sum()
    assert found.thresholds[place] == pytest.approx(place / BINS)
    assert found.recall[place] == pytest.approx(hits / wrong.sum())
    assert found.f1[place] == pytest.approx(2 * hits / (flagged + wrong.sum()))
    if flagged:
        assert found.precision[place] == pytest.approx(hits / flagged)
    else:
        assert np.isnan(found.precision[place])


def test_where_nothing_is_mislabelled_no_cut_is_worth_anything():
    found = cuts(at(b3=5, b9=2), at())
    for values in (found.precision, found.recall, found.f1):
        assert np.isnan(values).all()


def test_the_last_cut_flags_everything():
    found = cuts(made_up.pile(600, 0.9, 0.1), made_up.pile(400, 0.1, 0.1))
    assert found.recall[-1] == 1
    assert found.precision[-1] == pytest.approx(0.4)
