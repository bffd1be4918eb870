"""Which array of a file is what: by the words of its name, as Keras, MedMNIST and others use them.

``x_train``, ``train_images``, ``trainX`` are the training images; ``y_train_true``, ``true_labels``
the true labels beside the given ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from itertools import product
from typing import Literal, NamedTuple

from lnl.data.parts import PART_NAMES, Part
from lnl.errors import BadInput

What = Literal["images", "labels", "true labels"]

_IMAGES = {"x", "image", "images", "imgs", "data", "pixels"}
_LABELS = {"y", "label", "labels", "target", "targets"}
_GIVEN = {"given", "noisy", "observed"}
_TRUE = {"true", "clean", "truth", "gold"}
CLASS_NAMES = ("class_names", "label_names", "target_names")
CLASS_IDS = "class_ids"
NAMES = "x_train, y_train, x_test and y_test (train_images, train_labels, ... will do too)"


class Role(NamedTuple):
    """What an array is: of a file with one part only, ``part`` is "train"."""

    part: Part
    what: What


def role_of(key: str) -> Role | None:
    """What the words of a name say; None: it is something else."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", key)]
    rest = set(words)
    if len(rest) < len(words) or re.search(r"[^A-Za-z_ .-]", key):
        return None
    parts = [PART_NAMES[word] for word in rest if word in PART_NAMES]
    rest -= PART_NAMES.keys()
    what: What | None = None
    if len(rest & _IMAGES) == 1 and len(rest) == 1:
        what = "images"
    elif len(rest & _LABELS) == 1 and len(rest - _LABELS - _GIVEN - _TRUE) == 0 and len(rest) < 3:
        what = "true labels" if rest & _TRUE else "labels"
    if what is None or len(parts) > 1:
        return None
    return Role(parts[0] if parts else "train", what)


def roles(keys: Iterable[str], described: Callable[[], Mapping[str, str]]) -> dict[Role, str]:
    """The array of each role; ``described``: all arrays in words, for messages.

    Raises BadInput where two arrays claim one role, or where images and labels are not both there.
    """
    found: dict[Role, str] = {}
    for key in keys:
        role = role_of(key)
        if role is None:
            continue
        if role in found:
            raise BadInput(
                f"{found[role]} and {key} both look like the {_spoken(role)}: leave one out, or "
                "call the true labels y_train_true"
            )
        found[role] = key
    needed = [Role("train", "images"), Role("train", "labels")]
    if any(role.part == "test" for role in found):
        needed += [Role("test", "images"), Role("test", "labels")]
    missing = [role for role in needed if role not in found]
    if missing:
        raise BadInput(_lacking(missing, found, described()))
    return found


def _lacking(missing: list[Role], found: Mapping[Role, str], shown: Mapping[str, str]) -> str:
    holds = "; ".join(shown.values()) or "nothing"
    words = " and no ".join(_spoken(role) for role in missing)
    free = [key for key in shown if key not in found.values()]
    near = [
        f"{key} looks like {match[0]}"
        for key in free
        if (match := get_close_matches(key.lower(), _names_of(missing), n=1, cutoff=0.7))
    ]
    hint = f" ({', '.join(near)})" if near else ""
    return f"no {words}{hint}. It holds {holds}. Name its arrays {NAMES}, with np.savez"


def _names_of(missing: list[Role]) -> list[str]:
    """Names that these roles usually have."""
    letters = {"images": ("x", "images"), "labels": ("y", "labels"), "true labels": ("y_true",)}
    return [
        name
        for role in missing
        for word, part in product(letters[role.what], (role.part,))
        for name in (f"{word}_{part}", f"{part}_{word}", word)
    ]


def _spoken(role: Role) -> str:
    return (
        f"{role.what} of the {role.part} set" if role.part != "train" else f"training {role.what}"
    )
