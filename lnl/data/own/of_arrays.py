"""The dry run of an .npz or a table: as for images in files, but nothing is to be prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from lnl.data.images import ImageSet
from lnl.data.own.decoding import Header
from lnl.data.own.listing import Entry, Listing, Reading
from lnl.data.own.survey import THUMBNAIL, Seen, Survey, chosen, looks_of, summed_up
from lnl.data.own.tree import FoundFile
from lnl.data.parts import PARTS
from lnl.data.source import LabelledImages, Progress, data_folder
from lnl.data.sources import source_of

_FLOAT = 4  # bytes


def survey_arrays(
    path: Path,
    progress: Progress = lambda share, what: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Survey | None:
    """What the file holds, a sample of a large set; None if it was stopped. Raises BadInput."""
    progress(0.0, "its arrays")
    source = source_of(str(path))
    data = source.load(data_folder())
    images = data.images
    entries, rows = zip(*_entries(data), strict=True)
    places, shown = chosen(entries)
    seen = []
    for place in places:
        seen.append(_look(images, rows[place], place, place in shown))
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
        held_out=data.held_out,
        reading=Reading(),
        keeps_copies=True,
    )
    found = summed_up(listing, seen, path.parent)
    if not images.columns:
        return found
    return replace(found, columns=images.columns, disk=len(images) * images.columns * _FLOAT)


def _entries(data: LabelledImages) -> Iterator[tuple[Entry, int]]:
    """Those of the training first, each named by its row in its array, and its place in the set."""
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    for part in PARTS:
        if (split := splits[part]) is None:
            continue
        drawn = not isinstance(split.rows, range)  # from the one array that there is
        first = 0 if drawn else split.rows[0]
        for row, label in zip(split.rows, split.labels.tolist(), strict=True):
            name = f"row {int(row) - first}"
            file = FoundFile(name if drawn else f"{part} {name}", 0, 0)
            yield Entry(file, data.class_names[label], part=part), int(row)


def _look(images: ImageSet, row: int, place: int, shown: bool) -> Seen:
    """Of a table the row itself is compared, not its glyph: rows are equal, or unlike."""
    pixels = images.pixels[row].numpy()
    channels, height, width = pixels.shape
    picture = Image.fromarray(pixels[0] if channels == 1 else pixels.transpose(1, 2, 0))
    key = images.keys[row].tobytes()
    small = picture.convert("RGB")
    if max(height, width) > THUMBNAIL:
        small = ImageOps.fit(small, (THUMBNAIL, THUMBNAIL))
    return Seen(
        place,
        Header(width, height, picture.mode, "array"),
        digest=key,
        looks=int.from_bytes(key[:8]) if images.columns else looks_of(picture),
        thumbnail=np.asarray(small).transpose(2, 0, 1) if shown else None,
    )
