"""What a network is here, and the registry that makes one by name.

A network file defines a builder ``(image_shape, num_classes) -> Network`` and registers it; the
package's ``__init__`` imports the file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lnl.errors import BadInput, unknown

ImageShape = tuple[int, int, int]  # C, H, W
Builder = Callable[[ImageShape, int], "Network"]


class NetworkOutput(NamedTuple):
    """What every network returns."""

    logits: Tensor  # [B, K]
    features: Tensor  # [B, D], what the head sees
    feature_map: Tensor | None  # [B, c, h, w], the last map; None where there is none


class Network(nn.Module, ABC):
    """A body that gives features and a replaceable ``head`` that gives logits."""

    def __init__(self, feature_size: int, num_classes: int) -> None:
        super().__init__()
        self.feature_size = feature_size
        self.head: nn.Module = nn.Linear(feature_size, num_classes)

    @property
    @abstractmethod
    def last_block(self) -> nn.Module:
        """The last block of the body, which some schedules train or restart by itself."""

    @abstractmethod
    def body(self, images: Tensor) -> tuple[Tensor, Tensor | None]:
        """Normalised images [B, C, H, W] to features [B, D] and the last feature map."""

    def example(self, image_shape: ImageShape) -> Tensor:
        """An input of one sample, for networks that are asked what they make of it."""
        return torch.zeros(1, *image_shape)

    def forward(self, images: Tensor) -> NetworkOutput:
        """Logits, features and the last feature map of normalised images [B, C, H, W]."""
        features, feature_map = self.body(images)
        return NetworkOutput(self.head(features), features, feature_map)

    if TYPE_CHECKING:  # nn.Module leaves the call untyped

        def __call__(self, images: Tensor) -> NetworkOutput: ...


@dataclass(frozen=True)
class NetworkCard:
    """A network as lists show it. ``parameters`` is None where the images are too small for it."""

    name: str
    title: str
    source: str
    summary: str
    minimum_side: int  # pixels
    parameters: int | None


@dataclass(frozen=True)
class _Entry:
    title: str
    source: str
    summary: str
    minimum_side: int
    threads: int | None
    recipe: Mapping[str, Any]
    missing: Callable[[], str]
    build: Builder


_REGISTRY: dict[str, _Entry] = {}


def register(
    name: str,
    *,
    title: str,
    source: str,
    summary: str,
    minimum_side: int = 1,
    threads: int | None = None,
    recipe: Mapping[str, Any] | None = None,
    missing: Callable[[], str] = lambda: "",
) -> Callable[[Builder], Builder]:
    """Register a builder under ``name``; smaller images than ``minimum_side`` are refused.

    ``threads``: how many it trains with on a CPU where nothing is said; None: all cores.
    ``recipe``: what it changes in the recipe of a data set, whose rates are for other networks.
    ``missing``: what to do to have it on this machine; "" where it is.
    """

    def add(build: Builder) -> Builder:
        _REGISTRY[name] = _Entry(
            title, source, summary, minimum_side, threads, recipe or {}, missing, build
        )
        return build

    return add


def make_network(name: str, image_shape: ImageShape, num_classes: int) -> Network:
    """A freshly initialised network for images [C, H, W]. Raises as ``check_network`` does."""
    check_network(name, image_shape, num_classes)
    return _REGISTRY[name].build(image_shape, num_classes)


def check_network(name: str, image_shape: ImageShape, num_classes: int) -> None:
    """Raises BadInput for an unknown name, images too small for it, and fewer than two classes.

    Likewise for one that needs what is not on this machine.
    """
    if name not in _REGISTRY:
        raise unknown("network", name, _REGISTRY)
    entry = _REGISTRY[name]
    if remedy := entry.missing():
        raise BadInput(f"network {name!r} is not on this machine: {remedy}")
    _, height, width = image_shape
    if min(height, width) < entry.minimum_side:
        fitting = ", ".join(n for n, e in _REGISTRY.items() if e.minimum_side <= min(height, width))
        raise BadInput(
            f"network {name!r} needs images of at least {entry.minimum_side} x "
            f"{entry.minimum_side} pixels, these have {height} x {width}. These fit: {fitting}"
        )
    if num_classes < 2:
        raise BadInput(f"a network needs at least 2 classes, got {num_classes}")


def recipe_of(name: str) -> Mapping[str, Any]:
    """What the network changes in the recipe of a data set."""
    return _REGISTRY[name].recipe if name in _REGISTRY else {}


def threads_of(name: str) -> int | None:
    """How many CPU threads the network wants; None: all cores."""
    return _REGISTRY[name].threads


@lru_cache(maxsize=64)
def trains_on_one(name: str, image_shape: ImageShape) -> bool:
    """Whether a batch of one image will do; batch norm over one value per channel will not."""
    with torch.device("meta"):
        network = make_network(name, image_shape, 2).train()
        try:
            network(network.example(image_shape))
        except ValueError:
            return False
    return True


def network_names() -> list[str]:
    """The names of all that are on this machine."""
    return sorted(name for name, entry in _REGISTRY.items() if not entry.missing())


@lru_cache(maxsize=64)
def network_cards(
    image_shape: ImageShape = (3, 32, 32), num_classes: int = 10
) -> tuple[NetworkCard, ...]:
    """One card a network on this machine, with its number of parameters for such images."""
    side = min(image_shape[1:])
    return tuple(
        NetworkCard(
            name,
            entry.title,
            entry.source,
            entry.summary,
            entry.minimum_side,
            _count(entry.build, image_shape, num_classes) if side >= entry.minimum_side else None,
        )
        for name, entry in sorted(_REGISTRY.items())
        if not entry.missing()
    )


def _count(build: Builder, image_shape: ImageShape, num_classes: int) -> int:
    with torch.device("meta"), _Undrawn():  # without the memory or the global generator
        return sum(p.numel() for p in build(image_shape, num_classes).parameters())


class _Undrawn(TorchFunctionMode):
    """Draws no normal weights: on the meta device that imports torch's compiler, some seconds."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        return args[0] if func is Tensor.normal_ else func(*args, **(kwargs or {}))
