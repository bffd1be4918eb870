import pytest
import torch

from lnl.errors import BadInput
from lnl.training.placement import place


def test_auto_is_resolved_by_capability():
    found = place()
    assert found.device.type in ("cpu", "cuda")
    assert found.precision in ("float32", "bfloat16")
    assert found.threads >= 1


@pytest.mark.parametrize("asked", [{"device": "toaster"}, {"device": "cuda:99"}, {"device": "mps"}])
def test_a_device_that_is_not_there_is_bad_input(asked):
    with pytest.raises(BadInput, match="device"):
        place(**asked)


def test_unknown_precision_is_bad_input():
    with pytest.raises(BadInput, match="precision must be auto, float32 or bfloat16"):
        place("cpu", "int4")


def test_bfloat16_autocast_on_the_cpu():
    with place("cpu", "bfloat16").autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_title_says_threads_and_precision():
    assert place("cpu", "float32", 1).title == "CPU, 1 thread, float32"
