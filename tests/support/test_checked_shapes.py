"""That the plugin is at work."""

import pytest
import torch
from jaxtyping import TypeCheckError

from lnl import losses


def test_a_wrong_shape_fails_at_the_door_by_name():
    with pytest.raises(TypeCheckError, match="labels"):
        losses.cross_entropy(torch.zeros(4, 10), torch.zeros(3, dtype=torch.long))
