"""Data sets, noise models and networks to choose from, and what a choice of all comes to."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from lnl import data, networks
from lnl.data import DatasetCard, NoiseCard, NoiseOption
from lnl.networks import NetworkCard
from lnl.records import RunSpec
from lnl.training.placement import devices
from lnl.training.resolve import ResolvedRun
from lnl.training.resolve import resolve as _resolve

__all__ = [
    "DatasetCard",
    "NetworkCard",
    "NoiseCard",
    "NoiseOption",
    "ResolvedRun",
    "dataset",
    "datasets",
    "devices",
    "download",
    "families",
    "family_members",
    "is_read_at_once",
    "network_cards",
    "noises",
    "prepare",
    "resolve",
    "warm_up",
    "what_helps",
]


def warm_up() -> None:
    """Import what torch's optimisers would import in the first run of a process, some seconds.

    Imports only: a run beside it may draw from torch's global generator.
    """
    import_module("torch._dynamo")


def datasets(data_dir: str | Path | None = None) -> list[DatasetCard]:
    """All named data sets, with the files that are missing now."""
    return data.dataset_cards(data_dir)


def dataset(name: str, data_dir: str | Path | None = None) -> DatasetCard:
    """One named data set or .npz file. Raises BadInput that lists the known ones."""
    return data.dataset_card(name, data_dir)


def download(name: str, progress: Callable[[float, str], None]) -> None:
    """Fetch a data set; ``progress(share done, what)`` is called often. Raises BadInput."""
    data.download(name, progress=progress)


def prepare(name: str, progress: Callable[[float, str], None]) -> list[str]:
    """Decode the images of a named set once; what is worth knowing of them. Raises BadInput."""
    return data.prepare(name, progress=progress)


def what_helps(name: str) -> str:
    """The move that puts a named set into its place, else where people get it; "": a download."""
    return data.what_helps(name)


def noises(dataset: str = "digits") -> list[NoiseCard]:
    """All noise models, with their options and whether that data set can have them."""
    return data.noise_cards(dataset)


def network_cards(dataset: str = "digits") -> tuple[NetworkCard, ...]:
    """All networks, with their parameters for that data set's images."""
    card = data.dataset_card(dataset)
    shape = (card.columns, 1, 1) if card.columns else card.image_shape
    return networks.network_cards(shape, card.num_classes, card.columns > 0)


def is_read_at_once(path: str) -> bool:
    """Whether it is the path of one file that needs no import: an .npz, a table of vectors."""
    return data.is_read_at_once(path)


def families(dataset: str = "digits") -> dict[str, str]:
    """Networks of other packages for these data, where installed: prefix of the name, title."""
    if not networks.timm_models.is_here() or data.dataset_card(dataset).columns:
        return {}
    return {
        "timm:": "timm, from scratch",
        "pretrained:timm:": "timm, pretrained",
        "frozen:timm:": "timm, frozen",
    }


def family_members(prefix: str) -> list[str]:
    """The networks of a family; of those that need weights the ones that are here, if any are."""
    models = networks.timm_models
    weighted = [] if prefix == models.PREFIX else models.names_with_weights()
    return weighted or models.names()


def resolve(spec: RunSpec) -> ResolvedRun:
    """A run with every default filled in, its stages, its device; its data need not be there.

    Raises BadInput for all that is wrong with the spec itself.
    """
    return _resolved(spec.to_json(), data.state_of(spec.dataset))


@lru_cache(maxsize=256)  # a form asks at every click
def _resolved(spec: str, state: object) -> ResolvedRun:
    return _resolve(RunSpec.from_json(spec), data_must_be_there=False)
