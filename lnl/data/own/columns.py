"""What the columns of a Hugging Face data set hold: by what it says of them, else by their types.

The library ``datasets`` writes the kind of each column beside the schema: Image, ClassLabel.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lnl.data.own.by_table import USUAL
from lnl.data.own.decoding import Unreadable, decode
from lnl.data.own.listing import Reading, is_image
from lnl.data.own.shards import BATCH, Field, Shard, arrow
from lnl.data.parts import PART_NAMES
from lnl.errors import BadInput

BYTES, PATH = "bytes", "path"  # the fields of an image


@dataclass(frozen=True)
class Columns:
    """Which column is what."""

    image: Field
    names: Field  # of the image files; (): nothing names them
    by_use: Mapping[str, str]  # as the columns of a table: file, label, true, split
    classes: Mapping[str, tuple[str, ...]]  # class names of the columns that hold their numbers


def columns_of(shard: Shard, reading: Reading) -> Columns:
    """The columns to read. Raises BadInput where there is none, or a choice."""
    features, header = shard.features, shard.schema.names
    images = _images(shard, features)
    labels = [name for name in header if name not in images and _is_label(shard, name)]
    named = [name for name in labels if _class_names(features.get(name))]
    asked = {
        "label": reading.label_column,
        "true": reading.true_column,
        "split": reading.split_column,
    }
    image = _chosen("file", "images", reading.file_column, list(images), header)
    by_use = {"file": image}
    spoken_for = set(asked.values())
    for use, name in asked.items():
        if name and name not in labels:
            _check_known(name, header)
            kind = shard.schema.field(name).type
            raise BadInput(
                f"the column {name!r} holds {kind}: labels are texts or whole numbers, one for "
                "each image"
            )
        usual = [each for each in _usual(use, labels) if each not in spoken_for]
        if use == "split":
            usual = [each for each in usual if _names_splits(shard, each)]
        if name or usual:
            by_use[use] = name or usual[0]
    if "label" not in by_use:
        left = [name for name in labels if name not in by_use.values()]
        by_use["label"] = _chosen("label", "labels", "", [*set(named) & set(left)] or left, header)
    return Columns(
        images[image],
        (image, PATH) if len(images[image]) > 1 and _has(shard, image, PATH) else (),
        by_use,
        {
            name: _told_apart(_class_names(features.get(name)))
            for name in (by_use["label"], by_use.get("true", ""))
            if name in named
        },
    )


def _usual(use: str, names: Sequence[str]) -> list[str]:
    by_fold = {name.casefold(): name for name in names}
    return [by_fold[each] for each in USUAL[use] if each in by_fold]


def _chosen(use: str, what: str, asked: str, fitting: list[str], header: list[str]) -> str:
    """The one column of a use."""
    if asked:
        _check_known(asked, header)
        if asked not in fitting:
            raise BadInput(f"the column {asked!r} holds no {what}; those that may: {fitting}")
        return asked
    usual = _usual(use, fitting)
    if usual or len(fitting) == 1:
        return (usual or fitting)[0]
    if fitting:
        raise BadInput(
            f"which column holds the {what}? There are {', '.join(fitting)}: choose one "
            f"(--columns {use}=NAME)"
        )
    raise BadInput(f"no column holds {what}; there are {', '.join(header) or 'no columns'}")


def _check_known(name: str, header: Sequence[str]) -> None:
    if name not in header:
        raise BadInput(f"there is no column {name!r}; there are {', '.join(header)}")


def _images(shard: Shard, features: Mapping[str, Any]) -> dict[str, Field]:
    """The columns of images, and the field of each that holds their files.

    Raises BadInput where images are named, not held.
    """
    found: dict[str, Field] = {}
    named = ""
    for name in shard.schema.names:
        said = isinstance(features.get(name), dict) and features[name].get("_type") == "Image"
        field = (name, BYTES) if _has(shard, name, BYTES) else (name,)
        where = (name, PATH) if _has(shard, name, PATH) else (name,)
        files = [cell for cell in _first(shard, field) if isinstance(cell, bytes)]
        words = [cell for cell in _first(shard, where) if isinstance(cell, str)]
        if files and (said or any(map(_opens, files))):
            found[name] = field
        elif words and all(map(is_image, words)):
            named = f"the column {name!r} holds names of files ({words[0][-60:]}), not the images"
    if not found and named:
        raise BadInput(
            f"{named}: give the folder with the files, or store them in the data set "
            "(save_to_disk does)"
        )
    return found


def _first(shard: Shard, field: Field) -> list[Any]:
    """The first cells of a column."""
    return [shard.cell(field, row) for row in range(min(BATCH, shard.rows))]


def _has(shard: Shard, name: str, field: str) -> bool:
    kind = shard.schema.field(name).type
    return bool(arrow().types.is_struct(kind)) and kind.get_field_index(field) >= 0


def _opens(content: bytes) -> bool:
    try:
        decode(content, 3, None)
    except Unreadable:
        return False
    return True


def _is_label(shard: Shard, name: str) -> bool:
    """Whether its cells are texts, whole numbers, or true and false."""
    types, kind = arrow().types, shard.schema.field(name).type
    if types.is_dictionary(kind):
        kind = kind.value_type
    of_text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return bool(of_text or types.is_integer(kind) or types.is_boolean(kind))


def _names_splits(shard: Shard, name: str) -> bool:
    return all(str(cell).casefold() in PART_NAMES for cell in _first(shard, (name,)))


def _class_names(feature: Any) -> list[object]:
    """Of what is said of a column; [] if it is no ClassLabel."""
    names = feature.get("names") if isinstance(feature, dict) else None
    return names if isinstance(names, list) else []


def _told_apart(names: Sequence[object]) -> tuple[str, ...]:
    """Class names as texts; those that stand twice with their numbers."""
    words = [str(name) for name in names]
    count = Counter(words)
    return tuple(
        word if count[word] == 1 else f"{word} ({number})" for number, word in enumerate(words)
    )
