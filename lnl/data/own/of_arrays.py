"""The dry run of an .npz: the same as for images in files, but that nothing is to be prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lnl.data.images import content_key
from lnl.data.own.decoding import Header
from lnl.data.own.listing import Entry, Listing, Part, Reading
from lnl.data.own.survey import THUMBNAIL, Seen, Survey, chosen, looks_of, summed_up
from lnl.data.own.tree import FoundFile
from lnl.data.source import LabelledImages, Progress, Split, data_folder
from lnl.data.sources.npz import npz_source

ARRAYS = ".npz"


def is_arrays(path: Path) -> bool:
    """Whether a path is that of an .npz, by its ending."""
    return path.suffix.lower() == ARRAYS


def survey_arrays(
    path: Path,
    progress: Progress = lambda share, what: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Survey | None:
    """What the file holds, a sample of a large set; None if it was stopped. Raises BadInput."""
    progress(0.0, "its arrays")
    source = npz_source(path)
    data = source.load(data_folder())
    entries, rows = zip(*_entries(data), strict=True)
    places, shown = chosen(entries)
    seen = []
    for place in places:
        seen.append(_look(data.images.pixels[rows[place]].numpy(), place, place in shown))
        if len(seen) % 64 == 0:
            progress(len(seen) / len(places), f"{len(seen):,} of {len(places):,} images")
        if should_stop():
            return None
    listing = Listing(
        title=source.title,
        entries=entries,
        classes=data.class_names,
        skipped=(),
        notes=data.notes,
        held_out=not isinstance(data.train.rows, range),
        reading=Reading(),
        keeps_copies=True,
    )
    return summed_up(listing, seen, path.parent)


def _entries(data: LabelledImages) -> Iterator[tuple[Entry, int]]:
    """Those of the training first, each named by its row in its array, and its place in the set."""
    parts: tuple[tuple[Part, Split], ...] = (("train", data.train), ("test", data.test))
    for part, split in parts:
        drawn = not isinstance(split.rows, range)  # from the one array that there is
        first = 0 if drawn else split.rows[0]
        for row, label in zip(split.rows, split.labels.tolist(), strict=True):
            name = f"row {int(row) - first}"
            file = FoundFile(name if drawn else f"{part} {name}", 0, 0)
            yield Entry(file, data.class_names[label], part=part), int(row)


def _look(pixels: NDArray[np.uint8], place: int, shown: bool) -> Seen:
    channels, height, width = pixels.shape
    picture = Image.fromarray(pixels[0] if channels == 1 else pixels.transpose(1, 2, 0))
    small = picture.convert("RGB")
    if max(height, width) > THUMBNAIL:
        small = ImageOps.fit(small, (THUMBNAIL, THUMBNAIL))
    return Seen(
        place,
        Header(width, height, picture.mode, "array"),
        digest=content_key(pixels),
        looks=looks_of(picture),
        thumbnail=np.asarray(small).transpose(2, 0, 1) if shown else None,
    )
