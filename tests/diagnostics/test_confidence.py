import torch

from lnl.diagnostics.confidence import histograms
from lnl.records import BINS


def test_each_group_is_counted_in_its_bins():
    values = torch.tensor([0.0, 0.009, 0.5, 1.0, 0.995])
    groups = torch.tensor([0, 0, 1, 1, 0])
    found = histograms(values, groups)
    assert set(found) == {"clean", "mislabelled"}
    assert found["clean"][0] == 2
    assert found["clean"][BINS - 1] == 1
    assert found["mislabelled"][50] == 1
    assert found["mislabelled"][BINS - 1] == 1  # 1.0 belongs to the last bin
    assert sum(counts.sum() for counts in found.values()) == 5


def test_groups_without_samples_are_absent():
    assert set(histograms(torch.ones(3), torch.full((3,), 3))) == {"unknown"}
