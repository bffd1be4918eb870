"""Plain descriptions of data sets and noise models, for pages and the command line."""

import math
from dataclasses import dataclass
from pathlib import Path

from lnl.data.noise import all_noise_models
from lnl.data.noise.model import NoiseOption
from lnl.data.own.own_source import prepared_sources
from lnl.data.source import Source, all_sources, data_folder
from lnl.data.sources import source_of
from lnl.jpegs import MAPPED, SHARE
from lnl.shapes import Recipe


@dataclass(frozen=True)
class DatasetCard:
    """A data set as lists show it."""

    name: str
    title: str
    summary: str
    num_train: int
    num_test: int
    num_classes: int
    image_shape: tuple[int, int, int]
    recipe: Recipe
    synthetic: bool
    embedded: bool  # comes with the product; nothing to put anywhere
    own: bool  # a user's own, whose labels may be wrong
    can_download: bool
    missing: tuple[str, ...]  # files that are not there yet
    folder: str = ""  # where they belong
    notes: tuple[str, ...] = ()  # what a user should know of how their own data are read
    labels_are_true: bool = True  # False: they may be wrong already, noise or not
    obtain: str = ""  # where people get it, if it cannot be downloaded
    columns: int = 0  # of a table of vectors, whose images are glyphs; 0: images
    to_prepare: bool = False  # it is there, but its images must be decoded once
    num_validation: int = 0  # images of its own to validate on

    @property
    def prepared_bytes(self) -> float:
        """About what the prepared training images take on the disk."""
        pixels = self.num_train * math.prod(self.image_shape)
        return pixels * (SHARE if pixels > MAPPED else 1)

    @property
    def available(self) -> bool:
        """Whether it can be loaded now."""
        return not self.missing


@dataclass(frozen=True)
class NoiseCard:
    """A noise model as it applies to one data set."""

    name: str
    title: str
    summary: str
    source: str
    uses_rate: bool
    options: tuple[NoiseOption, ...]
    reason: str  # why this data set cannot have it; "" if it can


def dataset_cards(data_dir: str | Path | None = None) -> list[DatasetCard]:
    """One card a data set, own images first; ``missing`` is read from the data folder now."""
    sources = [*prepared_sources(), *all_sources()]
    return [_card(source, data_folder(data_dir)) for source in sources]


def dataset_card(name: str, data_dir: str | Path | None = None) -> DatasetCard:
    """The card of a named data set or of an .npz file. Raises BadInput."""
    return _card(source_of(name), data_folder(data_dir))


def _card(source: Source, folder: Path) -> DatasetCard:
    missing = tuple(source.missing(folder)) if source.missing else ()
    preparation = source.preparation
    return DatasetCard(
        name=source.name,
        title=source.title,
        summary=source.summary,
        num_train=source.num_train,
        num_test=source.num_test,
        num_classes=source.num_classes,
        image_shape=source.image_shape,
        recipe=source.recipe,
        synthetic=source.synthetic,
        embedded=source.missing is None and source.labels_are_true,
        own=source.missing is None and not source.labels_are_true,
        can_download=source.download is not None,
        missing=missing,
        folder=str(folder.absolute()),
        notes=source.notes,
        labels_are_true=source.labels_are_true,
        obtain=source.obtain,
        columns=source.columns,
        to_prepare=bool(preparation and not missing and not preparation.done(folder)),
        num_validation=source.num_validation,
    )


def noise_cards(dataset: str = "digits") -> list[NoiseCard]:
    """One card a noise model, with the options it has on that data set (or .npz file)."""
    source = source_of(dataset)
    return [
        NoiseCard(
            name=model.name,
            title=model.title,
            summary=model.summary,
            source=model.source,
            uses_rate=model.uses_rate,
            options=model.options(source),
            reason=model.needs(source),
        )
        for model in all_noise_models()
    ]
