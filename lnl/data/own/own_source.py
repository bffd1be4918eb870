"""Own images as a data set: prepared ones by their name, or any place that holds images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lnl.data.own.listing import Reading
from lnl.data.own.prepared import (
    About,
    all_prepared,
    known,
    load_prepared,
    read_about,
)
from lnl.data.source import Progress, Source
from lnl.data.suited import suited_recipe
from lnl.errors import BadInput
from lnl.paths import OWN_NAME, cache_of_own

if TYPE_CHECKING:
    from lnl.data.own.survey import Survey


def is_prepared_name(name: str) -> bool:
    """Whether a data set so called is one of own images, here or elsewhere."""
    return OWN_NAME.fullmatch(name) is not None


def prepared_source(name: str) -> Source | None:
    """The prepared images of that name; None if there are none."""
    about = read_about(cache_of_own(), name)
    return _source(about) if about else None


def prepared_sources() -> list[Source]:
    """All prepared images, the newest first."""
    return [_source(about) for about in all_prepared(cache_of_own())]


def source_at(
    path: Path,
    reading: Reading = Reading(),
    progress: Progress = lambda share, what: None,
    surveyed: Callable[[Survey], None] = lambda found: None,
) -> Source:
    """The images at a path, prepared first unless they are; ``surveyed`` hears of the dry run.

    Raises BadInput for what cannot be read or has no labelled images.
    """
    from lnl.data.own.finding import find_images
    from lnl.data.own.preparing import plan_of, prepare_images
    from lnl.data.own.survey import survey

    cache = cache_of_own()
    tree, listing = find_images(path, reading)
    name = known(cache, plan_of(listing))
    if not name:
        found = survey(tree, listing, cache, progress)
        assert found is not None  # nobody can stop it
        surveyed(found)
        name = prepare_images(tree, found, cache, progress)
    source = prepared_source(name)
    if source is None:
        raise BadInput(f"the prepared images {name} are gone: prepare {path} again")
    return source


def _source(about: About) -> Source:
    train, validation, _ = about.counts
    truth = "true labels are known too" if about.true_labels else "true labels are unknown"
    where = "a part held out" if about.held_out else "a test set of its own"
    where += f", validated on {validation:,} images of its own" if validation else ""
    return Source(
        name=about.name,
        title=about.title,
        summary=f"Your own images; {truth}. Tested on {where}.",
        recipe=suited_recipe(about.image_shape, train, about.mean, about.std),
        load=lambda folder: load_prepared(cache_of_own(), about),
        num_train=train,
        num_test=about.counts[2],
        num_classes=len(about.classes),
        image_shape=about.image_shape,
        labels_are_true=False,
        has_true_labels=about.true_labels,
        notes=about.notes,
        num_validation=validation,
    )
