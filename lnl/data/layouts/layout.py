"""A published set of image files: where it lies, which images it has, how it becomes a data set."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from lnl.data.layouts.place import Place
from lnl.data.near_misses import Search
from lnl.data.own.listing import Entry, Listing, Reading
from lnl.data.own.prepared import (
    About,
    known,
    load_prepared,
    read_about,
    remember,
)
from lnl.data.parts import PARTS, Part
from lnl.data.sharing import loaded, stamp
from lnl.data.source import ClassMap, LabelledImages, Preparation, Progress, Source
from lnl.errors import BadInput
from lnl.paths import cache_of_named
from lnl.shapes import Recipe

Need = str | tuple[str, ...]  # a file or folder; or one of several


@dataclass(frozen=True)
class Images:
    """What a layout found: labels of entries are names of classes."""

    entries: Sequence[Entry]
    classes: tuple[str, ...]  # in the order of their ids
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A set of image files as its publisher lays them out.

    They are prepared once, as a user's own images are, but nothing is left out that can be read;
    then the lists alone say whether the set has changed.
    """

    name: str
    title: str
    folder: str  # in the data folder
    needed: tuple[Need, ...]  # in that folder
    images: Callable[[Place], Images]
    side: int  # pixels of the stored squares
    obtain: str  # where it is to be had, if it cannot be downloaded: a sentence without its stop
    num_train: int  # as published
    num_test: int
    num_classes: int
    num_validation: int = 0
    archives: tuple[str, ...] = ()  # patterns of the names under which it is downloaded
    clues: tuple[str, ...] = ()  # how folders of it begin, where others have the same in them

    def source(
        self,
        summary: str,
        recipe: Recipe,
        *,
        labels_are_true: bool = False,
        validation_is_true: bool = False,
        class_maps: Mapping[str, ClassMap] | None = None,
        download: Callable[[Path, Progress], None] | None = None,
    ) -> Source:
        """The set as a data set."""
        return Source(
            name=self.name,
            title=self.title,
            summary=summary,
            recipe=recipe,
            load=self.load,
            num_train=self.num_train,
            num_test=self.num_test,
            num_classes=self.num_classes,
            num_validation=self.num_validation,
            image_shape=(3, self.side, self.side),
            labels_are_true=labels_are_true,
            validation_is_true=validation_is_true,
            class_maps=class_maps or {},
            missing=self.missing,
            near_miss=self.near_miss,
            download=download,
            obtain=""
            if download
            else f"{self.obtain}, and put it into the data folder so that there is "
            f"{self.folder}/{_first(self.needed[0])}",
            preparation=Preparation(self.is_prepared, self.prepare),
        )

    def missing(self, folder: Path) -> list[str]:
        """What the data folder lacks; nothing once the set is prepared: its files may go then."""
        lacks = self._lacks(folder / self.folder)
        if lacks and self._known(folder):
            return []
        return [f"{self.folder}/{_first(need)}" for need in lacks]

    def _lacks(self, root: Path) -> list[Need]:
        return [
            need
            for need in self.needed
            if not any((root / each).exists() for each in _alternatives(need))
        ]

    def near_miss(self, folder: Path) -> str:
        """The one move that helps, where the set lies elsewhere or is still packed; else ""."""
        search = Search(folder, self.folder, self.clues)
        return search.set_elsewhere(lambda root: not self._lacks(root), self.archives)

    def is_prepared(self, folder: Path) -> bool:
        """Whether the set can be loaded at once."""
        return bool(self._known(folder))

    def load(self, folder: Path) -> LabelledImages:
        """The set, prepared first unless it is. Raises BadInput."""
        cache = cache_of_named()
        key = (self.name, str(cache), self._known(folder) or self._plan(folder))
        return loaded.get(key, lambda: load_prepared(cache, self._prepared(folder, _unheard)))

    def prepare(self, folder: Path, progress: Progress) -> list[str]:
        """Prepare the set unless it is; what is worth knowing of it. Raises BadInput."""
        about = self._prepared(folder, progress)
        train, _, test = about.counts
        told = [f"{train:,} training and {test:,} test images", *about.notes]
        reasons = Counter(why.split(":")[0] for _, why in about.skipped)
        told += [f"left out: {count:,} {why}" for why, count in reasons.most_common(4)]
        return told

    def listing(self, folder: Path) -> tuple[Place, Listing]:
        """Which image has which label. Raises BadInput."""
        place = Place(folder / self.folder)
        found = self.images(place)
        self._check(found, place)
        notes = list(found.notes)
        count = sum(entry.part == "train" for entry in found.entries)
        if count != self.num_train:
            notes.append(f"not the {self.num_train:,} training images that were published")
        order = {part: rank for rank, part in enumerate(PARTS)}
        entries = sorted(found.entries, key=lambda entry: order[entry.part])
        return place, Listing(
            title=self.title,
            entries=tuple(entries),
            classes=found.classes,
            skipped=tuple(place.skipped),
            notes=tuple(notes),
            held_out=False,
            reading=Reading(side=self.side),
            keeps_copies=True,
        )

    def _check(self, found: Images, place: Place) -> None:
        for part, words in (("train", "training"), ("test", "test")):
            if not any(entry.part == part for entry in found.entries):
                why = f" ({place.skipped[0].path}: {place.skipped[0].why})" if place.skipped else ""
                raise BadInput(f"{place.root} holds no {words} images of {self.title}{why}")
        trained = {entry.label for entry in found.entries if entry.part == "train"}
        if empty := [name for name in found.classes if name not in trained]:
            names = ", ".join(map(repr, empty[:4])) + ("…" if len(empty) > 4 else "")
            raise BadInput(
                f"{place.root} holds no training images of {names}: the copy is not whole, or its "
                "lists and folders do not belong together"
            )

    def _known(self, folder: Path) -> str:
        """Under which name the set is prepared, the last one where its files are gone; or ""."""
        gone = self._lacks(folder / self.folder)
        return known(cache_of_named(), self.name if gone else self._plan(folder))

    def _plan(self, folder: Path) -> str:
        """A name for the set as its lists and folders are now."""
        root = folder / self.folder
        paths = [root / each for need in self.needed for each in _alternatives(need)]
        stamps = [stamp(path) for path in paths if path.exists()]
        text = json.dumps([1, self.name, self.side, stamps])
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def _prepared(self, folder: Path, progress: Progress) -> About:
        from lnl.data.own.preparing import prepare_images
        from lnl.data.own.survey import survey

        cache = cache_of_named()
        name = self._known(folder)
        if not name:
            place, listing = self.listing(folder)
            found = survey(place.tree, listing, cache, lambda share, what: progress(0.0, what))
            assert found is not None  # nobody can stop it
            found = replace(found, image_shape=(3, self.side, self.side))
            name = prepare_images(place.tree, found, cache, progress)
            for plan in (self._plan(folder), self.name):
                remember(cache, plan, name)
        about = read_about(cache, name)
        if about is None:
            raise BadInput(f"the prepared images {name} are gone: load {self.title} again")
        return about


def names_of(ids: Sequence[str], words: Mapping[str, str]) -> dict[str, str]:
    """A name for each id: its word, with the id where two have the same or none has one."""
    counts = Counter(words.get(each, "") for each in ids)
    return {
        each: word
        if (word := words.get(each, "")) and counts[word] == 1
        else f"{word} {each}".strip()
        for each in ids
    }


def in_class_folders(place: Place, folder: str, part: Part) -> list[Entry]:
    """Images in or below a folder for each class, labelled by its name."""
    return [
        Entry(file, label, part=part)
        for file in place.images(folder)
        if (label := file.path.removeprefix(f"{folder}/").partition("/")[0])
        and file.path != f"{folder}/{label}"
    ]


def _alternatives(need: Need) -> tuple[str, ...]:
    return (need,) if isinstance(need, str) else need


def _first(need: Need) -> str:
    return _alternatives(need)[0]


def _unheard(share: float, what: str) -> None:
    """Nobody asked how far it is."""
