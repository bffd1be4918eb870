"""Each way in which torch says that memory ran out."""

import pytest
import torch

from lnl.errors import RunFailed
from lnl.records import RunSpec
from lnl.training import prepare
from lnl.training.memory import no_memory, shortage
from lnl.training.placement import place
from tests.support.pretended_cuda import pretended

DRIVER = """CUDA error: out of memory
CUDA kernel errors might be asynchronously reported at some other API call."""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried\nmore"), "CUDA out of memory. Tried"),
        (RuntimeError(DRIVER), "CUDA error: out of memory"),
        (
            RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"),
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`",
        ),
        (
            RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
            "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        ),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 8 bytes"),
            "[enforce fail] DefaultCPUAllocator: can't allocate memory: 8 bytes",
        ),
        (MemoryError(), "out of memory"),
        (RuntimeError("shapes cannot be multiplied"), ""),
        (RuntimeError(), ""),
    ],
)
def test_a_shortage_is_told_from_other_errors(error, said):
    assert shortage(error) == said


def test_it_names_the_device_and_says_what_to_lower():
    with pretended():
        error = no_memory("full", "in epoch 3", place("cuda:0", "float32"), 128)
    assert str(error) == (
        "no memory left in epoch 3 on Pretended GPU, float32: full. "
        "Lower the batch size (now 128), take a smaller network, or end what else uses it."
    )


@pytest.mark.parametrize("place_of_failure", ["lnl.data.loader.fits", "torch.nn.Module.to"])
def test_a_device_without_room_for_network_and_images(monkeypatch, place_of_failure):
    def full(*args, **kwargs):
        raise RuntimeError(DRIVER)

    monkeypatch.setattr(place_of_failure, full)
    with pytest.raises(RunFailed, match="no memory left for network and images on CPU"):
        prepare(RunSpec(limit=64, device="cpu"))
