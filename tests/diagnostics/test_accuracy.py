import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.diagnostics.accuracy import fit

LABELS = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=1, max_size=30)


def test_shares_by_hand():
    true = torch.tensor([0, 0, 1, 1, -1])
    given_labels = torch.tensor([0, 1, 1, 0, 2])
    predicted = torch.tensor([0, 1, 1, 1, 2])
    found = fit(predicted, given_labels, true)
    assert found.accuracy_given == pytest.approx(4 / 5)
    assert found.accuracy_true == pytest.approx(3 / 4)  # the open-set sample has no true class
    assert found.memorised == pytest.approx(2 / 3)
    assert found.recovered == pytest.approx(1 / 2)


def test_without_true_labels_only_the_given_ones_count():
    found = fit(torch.tensor([0, 1]), torch.tensor([0, 0]), None)
    assert (found.accuracy_given, found.accuracy_true, found.memorised) == (0.5, None, None)


def test_without_mislabelled_samples_nothing_is_memorised():
    labels = torch.tensor([0, 1])
    assert fit(labels, labels, labels).memorised is None


@given(LABELS)
def test_accuracy_above_the_clean_rate_proves_memorisation(rows):
    predicted, given_labels, true = (torch.tensor(column) for column in zip(*rows, strict=True))
    found = fit(predicted, given_labels, true)
    noise_rate = float((given_labels != true).double().mean())
    memorised = noise_rate * (found.memorised or 0)
    assert memorised >= found.accuracy_given - (1 - noise_rate) - 1e-9
