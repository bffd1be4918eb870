"""The pretended GPU refuses what CUDA refuses, sees what would wait, and computes as a CPU does."""

import numpy as np
import pytest
import torch

from tests.support.pretended_cuda import CUDA, Generator, HostSync, WrongDevice, pretended

HERE = torch.device("cpu")


@pytest.fixture
def machine():
    with pretended() as machine:
        yield machine


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x + torch.ones(3),
        lambda x: torch.stack([x.sum(), torch.ones(3).sum()]),
        lambda x: x.index_select(0, torch.arange(2)),
        lambda x: x[torch.arange(2)],
        lambda x: torch.ones(3).add_(x),
        lambda x: torch.zeros(()).add_(x.sum()),
        lambda x: torch.rand(3, generator=Generator(), device=CUDA),
        lambda x: torch.rand(3, generator=Generator(CUDA)),
        lambda x: x.uniform_(generator=Generator()),
        lambda x: torch.nn.Linear(3, 1)(x[None]),
    ],
)
def test_two_devices_in_one_operation(machine, wrong):
    with pytest.raises(WrongDevice):
        wrong(torch.ones(3, device=CUDA))


@pytest.mark.parametrize("wrong", [lambda x: x.numpy(), np.asarray])
def test_numpy_cannot_read_the_device(machine, wrong):
    with pytest.raises((TypeError, RuntimeError)):
        wrong(torch.ones(3, device=CUDA))


@pytest.mark.parametrize(
    "waiting",
    [
        lambda x: x.sum().item(),
        lambda x: bool((x > 0).any()),
        lambda x: x.nonzero(),
        lambda x: x[x > 0],
        lambda x: x.bool().unique(),
        lambda x: x.cpu(),
        lambda x: torch.ones(3).to(CUDA),
        lambda x: torch.ones(3).to(CUDA, non_blocking=True),  # not pinned
        lambda x: torch.ones(3).pin_memory().to(CUDA),
        lambda x: torch.tensor([0.5], device=CUDA),
        lambda x: x.copy_(torch.ones(3)),
    ],
)
def test_waiting_for_the_device(machine, waiting):
    x = torch.ones(3, device=CUDA)
    waiting(x)
    with pytest.raises(HostSync):
        machine.steadily(waiting)(x)


@pytest.mark.parametrize(
    "fine",
    [
        lambda x: x * torch.tensor(2.0),  # a number of the host goes along with the operation
        lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
        lambda x: x[torch.arange(2, device=CUDA)],
        lambda x: torch.ones(3).pin_memory().to(CUDA, non_blocking=True),
        lambda x: torch.rand(3, generator=Generator(CUDA), device=CUDA),
    ],
)
def test_what_never_waits(machine, fine):
    found = machine.steadily(fine)(torch.ones(3, device=CUDA))
    assert found.device == CUDA


def test_a_step_gives_the_numbers_of_the_cpu():
    def weights(device):
        layer = torch.nn.Linear(3, 2)
        torch.nn.init.ones_(layer.weight)
        first = layer.weight
        layer.to(device)
        optimiser = torch.optim.SGD(layer.parameters(), 0.1, momentum=0.9, fused=True)
        layer(torch.ones(4, 3, device=device)).sum().backward()
        optimiser.step()
        assert layer.weight is first
        assert layer.weight.device == device
        return layer.weight.detach().cpu()

    torch.manual_seed(0)
    expected = weights(HERE)
    torch.manual_seed(0)
    with pretended():
        assert torch.equal(weights(CUDA), expected)


def test_products_are_of_lower_precision_where_told_so(machine):
    x, layer = torch.ones(2, 3, device=CUDA), torch.nn.Linear(3, 2).to(CUDA)
    with torch.autocast("cuda", torch.bfloat16):
        assert layer(x).dtype == (x @ x.T).dtype == torch.bfloat16
        layer(x).sum().backward()
    with torch.autocast("cuda", torch.bfloat16, enabled=False):
        assert layer(x).dtype == torch.float32
    assert layer.weight.grad.dtype == torch.float32
    with torch.autocast("cpu", torch.bfloat16):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_adam_steps_as_on_the_cpu_and_does_not_wait():
    def step(device, machine=None):
        weight = torch.nn.Parameter(torch.arange(3.0).to(device))
        optimiser = torch.optim.Adam([weight], lr=0.1, fused=True)
        work = machine.steadily(optimiser.step) if machine else optimiser.step
        for _ in range(2):
            weight.grad = torch.ones(3).to(device)
            work()
        return weight.detach().cpu()

    with pretended() as machine:
        on_the_device = step("cuda:0", machine)
    assert on_the_device.equal(step("cpu"))
