"""Randomness by place: every draw follows from where in the run it happens, so nothing is saved."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from threading import Lock

import torch

_weights = Lock()  # torch draws them from the CPU's default generator, which is one for all threads


def seed_of(*place: object) -> int:
    """A seed in [0, 2^63) that depends on every part of ``place`` (numbers and strings)."""
    digest = blake2b(repr(place).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def generator(device: torch.device, *place: object) -> torch.Generator:
    """A new generator on ``device``, seeded by ``place``."""
    made = torch.Generator(device)
    made.manual_seed(seed_of(*place))
    return made


@contextmanager
def initialising(*place: object) -> Iterator[None]:
    """Weights made on the CPU inside are drawn by ``place``; the global generator is untouched."""
    with _weights, torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed_of(*place))
        yield
