"""Clothing1M: a million photos of shops in 14 classes, labelled by the words around them.

Source: Xiao et al., CVPR 2015. Labels are read by key, never by position: those of the noisy
split from ``noisy_label_kv.txt``, those of the clean splits from ``clean_label_kv.txt``. Three ways
to lay it out are in use, and all are found: lists beside ``images`` or in ``annotations``, files
with or without "images/" of their key. Sizes of the splits but the validation set are recalled,
unconfirmed.
"""

from functools import partial

from lnl.data.layouts.layout import Images, Layout
from lnl.data.layouts.place import Place, class_of
from lnl.data.own.listing import Entry
from lnl.data.own.tree import FoundFile, Skipped
from lnl.data.parts import Part
from lnl.data.source import register
from lnl.shapes import Recipe

CLASSES = (
    "T-Shirt",
    "Shirt",
    "Knitwear",
    "Chiffon",
    "Sweater",
    "Hoodie",
    "Windbreaker",
    "Jacket",
    "Downcoat",
    "Suit",
    "Shawl",
    "Dress",
    "Vest",
    "Underwear",
)  # where category_names_eng.txt is missing; recalled
SIDE = 128  # 52 GB; 224 pixels would take 158 GB


def list_images(place: Place, train: str) -> Images:
    """The splits of the publisher's; ``train`` is "noisy" or "clean"."""
    lists = "annotations/" if place.has("annotations") else ""
    classes = _classes(place, lists)
    labels = {
        kind: {
            _short(key): class_of(label, len(classes), f"{lists}{kind}_label_kv.txt")
            for key, label in place.pairs(f"{lists}{kind}_label_kv.txt")
        }
        for kind in ("noisy", "clean")
    }
    splits: tuple[tuple[str, str, Part], ...] = (
        (train, "train", "train"),
        ("clean", "val", "validation"),
        ("clean", "test", "test"),
    )
    entries = []
    for kind, split, part in splits:
        for key in place.lines(f"{lists}{kind}_{split}_key_list.txt"):
            label = labels[kind].get(_short(key))
            if label is None:
                place.skipped.append(Skipped(key, f"{kind}_label_kv.txt gives it no label"))
            elif file := _file(place, key):
                entries.append(Entry(file, classes[label], part=part))
    both = labels["noisy"].keys() & labels["clean"].keys()
    wrong = sum(labels["noisy"][key] != labels["clean"][key] for key in both)
    told = f"{len(both):,} images have both a noisy and a clean label, {wrong:,} of which differ"
    return Images(entries, classes, (told,))


def _classes(place: Place, lists: str) -> tuple[str, ...]:
    names = f"{lists}category_names_eng.txt"
    return tuple(place.lines(names)) if place.has(names) else CLASSES


def _short(key: str) -> str:
    return key.removeprefix("images/")


def _file(place: Place, key: str) -> FoundFile | None:
    """The image of a key, below ``images`` or beside the lists."""
    short = _short(key)
    beside = place.has(short) and not place.has(f"images/{short}")
    return place.image(short if beside else f"images/{short}")


def _needed(train: str) -> tuple[tuple[str, str], ...]:
    names = (
        f"{train}_train_key_list.txt",
        "clean_val_key_list.txt",
        "clean_test_key_list.txt",
        "noisy_label_kv.txt",
        "clean_label_kv.txt",
    )
    return tuple((name, f"annotations/{name}") for name in names)


OBTAIN = "Ask its authors for access, as github.com/Cysu/noisy_label says"
RECIPE = Recipe(  # RFL's
    network="resnet18",
    epochs=50,
    batch_size=32,
    learning_rate=0.1,
    weight_decay=1e-4,
    milestones=(0.5, 0.75),
    mean=(0.485, 0.456, 0.406),  # ImageNet's
    std=(0.229, 0.224, 0.225),
    crop=16,
    flip=True,
    cutout=64,
)
noisy = Layout(
    name="clothing1m",
    title="Clothing1M",
    folder="clothing1m",
    needed=_needed("noisy"),
    images=partial(list_images, train="noisy"),
    side=SIDE,
    obtain=OBTAIN,
    num_train=1_000_000,
    num_test=10_526,
    num_classes=14,
    num_validation=14_313,
    archives=("clothing1m*.tar*", "clothing1m*.zip"),
)
clean = Layout(
    name="clothing1m-clean",
    title="Clothing1M, clean part",
    folder="clothing1m",
    needed=_needed("clean"),
    images=partial(list_images, train="clean"),
    side=SIDE,
    obtain=OBTAIN,
    num_train=47_570,
    num_test=10_526,
    num_classes=14,
    num_validation=14_313,
    archives=noisy.archives,
)
register(
    noisy.source(
        "A million photos of clothes from shops, of 14 classes; about 38 % of the labels are "
        "wrong, which ones is not known. Tested on clean labels.",
        RECIPE,
        validation_is_true=True,
    )
)
register(
    clean.source(
        "The 47,570 training photos of Clothing1M whose labels were checked.",
        RECIPE,
        labels_are_true=True,
        validation_is_true=True,
    )
)
