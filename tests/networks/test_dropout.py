"""Dropout by the run's generator."""

import pytest
import torch

from lnl.networks import Dropout, dropout_from


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_a_share_is_left_out_and_the_rest_makes_up_for_it(rate):
    values = torch.ones(200, 500)
    with dropout_from(torch.Generator().manual_seed(0)):
        found = Dropout(rate)(values)
    left_out = found == 0
    torch.testing.assert_close(found[~left_out].unique(), torch.tensor([1 / (1 - rate)]))
    assert left_out.float().mean() == pytest.approx(rate, abs=0.01)


def test_draws_are_the_generators_alone():
    values, layer = torch.ones(8, 8), Dropout(0.5)
    before = torch.get_rng_state()
    with dropout_from(torch.Generator().manual_seed(3)):
        first, second = layer(values), layer(values)
    with dropout_from(torch.Generator().manual_seed(3)):
        assert torch.equal(layer(values), first)
    assert not torch.equal(first, second)
    assert torch.equal(before, torch.get_rng_state())


def test_nothing_is_left_out_in_eval_mode_or_at_rate_0():
    values = torch.ones(4)
    assert Dropout(0.5).eval()(values) is values
    assert Dropout(0.0)(values) is values
