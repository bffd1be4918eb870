"""What a network is here, and the registry that makes one by name.

A network file defines a builder ``(image_shape, num_classes) -> Network`` and registers it; the
package's ``__init__`` imports the file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from lnl.errors import BadInput, unknown
from lnl.networks.meta import undrawn
from lnl.shapes import Recipe

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
class Entry:
    """A network in the registry. Images smaller than ``minimum_side`` are refused."""

    title: str
    source: str
    summary: str
    build: Builder
    minimum_side: int = 1
    threads: int | None = None  # on a CPU where nothing is said; None: all cores
    adapt: Callable[[Recipe], Recipe] = lambda recipe: recipe  # to the network's own rates
    missing: Callable[[], str] = lambda: ""  # what to do to have it on this machine
    side: int | None = None  # pixels that it brings images to; None: it sees them as they are
    of_tables: bool = False  # it takes the rows of a table; else images
    load: Callable[["Network"], None] = lambda network: None  # weights from a file


_REGISTRY: dict[str, Entry] = {}
_FAMILIES: dict[str, Callable[[str], Entry]] = {}


def register(
    name: str,
    *,
    title: str,
    source: str,
    summary: str,
    minimum_side: int = 1,
    threads: int | None = None,
) -> Callable[[Builder], Builder]:
    """Register a builder under ``name``; the rest is as of ``Entry``."""

    def add(build: Builder) -> Builder:
        add_entry(name, Entry(title, source, summary, build, minimum_side, threads))
        return build

    return add


def add_entry(name: str, entry: Entry) -> None:
    """Register a network of which more is to be said."""
    _REGISTRY[name] = entry


def add_family(prefix: str, find: Callable[[str], Entry]) -> None:
    """Register all networks whose names begin with ``prefix``.

    ``find`` takes the rest of the name, and raises BadInput if it knows none of that name.
    """
    _FAMILIES[prefix] = find


def _entry(name: str) -> Entry:
    if name in _REGISTRY:
        return _REGISTRY[name]
    for prefix, find in _FAMILIES.items():
        if name.startswith(prefix):
            return find(name.removeprefix(prefix))
    raise unknown("network", name, [*_REGISTRY, *(f"{prefix}<name>" for prefix in _FAMILIES)])


def make_network(name: str, image_shape: ImageShape, num_classes: int) -> Network:
    """A new network for images [C, H, W], with random weights or those of its file.

    Raises BadInput as ``check_network`` does, and for a file that does not fit.
    """
    check_network(name, image_shape, num_classes)
    entry = _entry(name)
    network = entry.build(image_shape, num_classes)
    entry.load(network)
    return network


def check_network(name: str, image_shape: ImageShape, num_classes: int) -> None:
    """Raises BadInput for an unknown name, images too small for it, and fewer than two classes.

    Likewise for one that needs what is not on this machine.
    """
    entry = _entry(name)
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


def check_kind(name: str, of_tables: bool) -> None:
    """Raises BadInput for a network of images on a table of vectors, and the other way round."""
    if _entry(name).of_tables == of_tables:
        return
    fitting = ", ".join(each for each in network_names() if _REGISTRY[each].of_tables == of_tables)
    kinds = ("a table of vectors", "images") if of_tables else ("images", "a table of vectors")
    raise BadInput(
        f"network {name!r} takes {kinds[1]}, and these data are {kinds[0]}. These fit: {fitting}"
    )


def adapted_recipe(name: str, recipe: Recipe) -> Recipe:
    """A data set's recipe, whose rates are for other networks, as the network wants it.

    Raises BadInput for an unknown name.
    """
    return _entry(name).adapt(recipe)


def threads_of(name: str) -> int | None:
    """How many CPU threads the network wants; None: all cores."""
    return _entry(name).threads


def side_of(name: str, image_shape: ImageShape) -> int:
    """The longer side of images as the network sees them, pixels."""
    return _entry(name).side or max(image_shape[1:])


@lru_cache(maxsize=64)
def trains_on_one(name: str, image_shape: ImageShape) -> bool:
    """Whether a batch of one image will do; batch norm over one value per channel will not."""
    with undrawn():
        network = _entry(name).build(image_shape, 2).train()
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
    image_shape: ImageShape = (3, 32, 32), num_classes: int = 10, of_tables: bool = False
) -> tuple[NetworkCard, ...]:
    """One card a network on this machine, with its number of parameters for such images.

    ``of_tables``: those for vectors [D], of which the shape is D, 1, 1.
    """
    names = (name for name in network_names() if _REGISTRY[name].of_tables == of_tables)
    return tuple(network_card(name, image_shape, num_classes) for name in names)


def network_card(name: str, image_shape: ImageShape, num_classes: int) -> NetworkCard:
    """One network, on this machine or not. Raises BadInput for an unknown name."""
    entry = _entry(name)
    fits = min(image_shape[1:]) >= entry.minimum_side
    count = _count(entry.build, image_shape, num_classes) if fits else None
    return NetworkCard(name, entry.title, entry.source, entry.summary, entry.minimum_side, count)


def _count(build: Builder, image_shape: ImageShape, num_classes: int) -> int:
    with undrawn():
        return sum(p.numel() for p in build(image_shape, num_classes).parameters())
