from unittest.mock import patch

import pytest
import torch

from lnl.errors import BadInput
from lnl.training.placement import devices, place
from tests.support.pretended_cuda import CUDA, pretended


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


@pytest.mark.parametrize(
    ("capability", "title"),
    [
        ((9, 0), "Pretended GPU, bfloat16"),
        ((8, 0), "Pretended GPU, bfloat16"),
        ((7, 5), "Pretended GPU, float32"),
        ((6, 1), "CPU, 1 thread, float32"),  # torch has no kernels for it any more
    ],
)
def test_auto_takes_what_the_gpu_can(capability, title, monkeypatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    with pretended(capability):
        assert place(threads=1).title == title


def test_a_device_is_named_with_its_number_and_must_be_there():
    with pretended():
        assert place("cuda").device == place("cuda:0").device == CUDA
        with pytest.raises(BadInput, match="'cuda:1' is not there"):
            place("cuda:1")


def test_the_clock_of_a_gpu_is_read_after_it_has_finished():
    waited = []
    with pretended(), patch.object(torch.cuda, "synchronize", waited.append):
        place("cuda:0").synchronise()
    assert waited == [CUDA]


def test_devices_are_those_that_can_be_asked_for():
    for name in devices():
        assert str(place(name).device) == name
    with pretended():
        assert devices() == {"cpu": "CPU", "cuda:0": "Pretended GPU"}
    with pretended((6, 1)):
        assert devices() == {"cpu": "CPU"}, "torch has no kernels for it any more"
