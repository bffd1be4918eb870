import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from lnl.diagnostics.detection import detection

# Few different scores, so that ties are common.
ROWS = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.booleans()), min_size=2, max_size=60)


@given(ROWS)
def test_areas_agree_with_scikit_learn(rows):
    scores, selection, wrong = (np.array(column) for column in zip(*rows, strict=True))
    assume(0 < wrong.sum() < len(wrong))
    found = detection(torch.tensor(scores / 6), torch.tensor(selection), torch.tensor(wrong))
    assert found.auroc == pytest.approx(roc_auc_score(wrong, -scores))
    assert found.average_precision == pytest.approx(average_precision_score(wrong, -scores))


@given(ROWS)
def test_identity_of_the_estimated_noise_rate(rows):
    scores, selection, wrong = (torch.tensor(column) for column in zip(*rows, strict=True))
    found = detection(scores / 6, selection, wrong)
    assume(not math.isnan(found.precision + found.recall))
    estimated = float((~selection).double().mean())
    actual = float(wrong.double().mean())
    assert estimated * found.precision == pytest.approx(actual * found.recall)


def test_by_hand():
    wrong = torch.tensor([True, True, False, False])
    found = detection(torch.tensor([0.1, 0.6, 0.4, 0.9]), torch.tensor([0, 1, 0, 1]).bool(), wrong)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.auroc == pytest.approx(0.75)


@pytest.mark.parametrize("selection", [[1, 1, 1], [1, 0, 1], [0, 0, 0]])
def test_where_nothing_is_mislabelled_nothing_is_found_or_missed(selection):
    found = detection(torch.rand(3), torch.tensor(selection).bool(), torch.zeros(3).bool())
    assert all(math.isnan(value) for value in vars(found).values())


def test_who_flags_nothing_has_no_precision_and_finds_nothing():
    found = detection(torch.rand(3), torch.ones(3).bool(), torch.tensor([True, False, False]))
    assert math.isnan(found.precision)
    assert (found.recall, found.f1) == (0, 0)
