"""Where and how exactly a run computes: device, precision, threads. Chosen by capability alone."""

import os
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from lnl.errors import BadInput

PRECISIONS = ("float32", "bfloat16")
CROWD = 8  # threads a core; with more an epoch takes minutes, for nothing


@dataclass(frozen=True)
class Placement:
    """Resolved; kept in the run, since another choice gives other numbers."""

    device: torch.device
    precision: str
    threads: int

    @property
    def fast_half(self) -> bool:
        """bfloat16 autocast and channels_last."""
        return self.precision == "bfloat16"

    @property
    def title(self) -> str:
        """For the screen, e.g. "CPU, 2 threads, float32"."""
        if self.device.type == "cuda":
            return f"{torch.cuda.get_device_name(self.device)}, {self.precision}"
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"CPU, {threads}, {self.precision}"

    def autocast(self) -> AbstractContextManager[None]:
        """bfloat16 where chosen, else nothing."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.fast_half)

    def enter_thread(self) -> None:
        """Set this thread's share of the machine; torch keeps it per thread."""
        if torch.get_num_threads() != self.threads:
            torch.set_num_threads(self.threads)

    def synchronise(self) -> None:
        """Wait for the device, so that a clock reads true."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def place(device: str = "auto", precision: str = "auto", threads: int | None = None) -> Placement:
    """Resolve what was asked for. Raises BadInput for a device or precision that is not there."""
    found = _device(device)
    if precision == "auto":
        precision = "bfloat16" if _fast_bfloat16(found) else "float32"
    if precision not in PRECISIONS:
        raise BadInput(f"precision must be auto, float32 or bfloat16, got {precision!r}")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cores = cores or 1
    threads = cores if threads is None else threads
    if not 1 <= threads <= CROWD * cores:
        raise BadInput(
            f"threads must be 1 to {CROWD * cores} on this machine of {cores} cores, got {threads}"
        )
    return Placement(found, precision, threads)


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda", 0) if _gpu_works() else torch.device("cpu")
    try:
        found = torch.device(name)
    except RuntimeError:
        raise BadInput(f"device must be auto, cpu or cuda:N, got {name!r}") from None
    if found.type == "cuda":
        count = torch.cuda.device_count()
        if (found.index or 0) >= count:
            raise BadInput(f"device {name!r} is not there: this machine has {count} CUDA devices")
        return torch.device("cuda", found.index or 0)
    if found.type != "cpu":
        raise BadInput(f"device must be auto, cpu or cuda:N, got {name!r}")
    return found


def devices() -> dict[str, str]:
    """What ``device`` can be on this machine beside "auto", each with its title."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    gpus = [number for number in range(count) if _gpu_works(number)]
    return {"cpu": "CPU"} | {f"cuda:{n}": torch.cuda.get_device_name(n) for n in gpus}


def _gpu_works(number: int = 0) -> bool:
    """Whether there is a GPU, and not one so old that this build of torch has no kernels for it."""
    if not torch.cuda.is_available():
        return False
    built = (re.fullmatch(r"sm_(\d+)[af]?", arch) for arch in torch.cuda.get_arch_list())
    lowest = min((int(found[1]) for found in built if found), default=0)
    major, minor = torch.cuda.get_device_capability(number)
    return 10 * major + minor >= lowest


def _fast_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    # Without AMX a CPU's bfloat16 convolutions are three times slower than float32.
    supported = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool(supported and supported())
