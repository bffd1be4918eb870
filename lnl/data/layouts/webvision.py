"""WebVision 1.0, the Google half, and mini-WebVision: its first 50 classes.

Source: Li et al. 2017, arXiv 1708.02862; mini-WebVision: Jiang et al., ICML 2018 (MentorNet).
``info/train_filelist_google.txt`` has a path and a label a line; validation labels are of files in
``val_images_256``. The file of class names, ``info/synsets.txt``, and the numbers of images are
recalled, unconfirmed; without that file classes are numbers.
"""

from functools import partial

from lnl.data.layouts.layout import Images, Layout, names_of
from lnl.data.layouts.place import Place, class_of
from lnl.data.own.listing import Entry
from lnl.data.parts import Part
from lnl.data.source import register
from lnl.shapes import Recipe

TRAIN, TEST = "info/train_filelist_google.txt", "info/val_filelist.txt"
SIDE = 128  # 3.3 GB for mini-WebVision; PMNAR takes 84 pixels, DivideMix 227 and more
ALL, MINI = 1000, 50


def list_images(place: Place, classes: int) -> Images:
    """The images of the first ``classes``; others are not of this set."""
    names = _names(place)[:classes]
    entries = []
    splits: tuple[tuple[str, str, Part], ...] = (
        (TRAIN, "", "train"),
        (TEST, "val_images_256/", "test"),
    )
    for listed, folder, part in splits:
        for path, said in place.pairs(listed):
            label = class_of(said, ALL, listed)
            if label < classes and (file := place.image(folder + path)):
                entries.append(Entry(file, names[label], part=part))
    return Images(entries, names)


def _names(place: Place) -> tuple[str, ...]:
    """The first word of each synset, in the order of the labels."""
    numbers = [str(label) for label in range(ALL)]
    lines = place.lines("info/synsets.txt") if place.has("info/synsets.txt") else []
    if len(lines) != ALL:
        return tuple(numbers)
    words = (line.partition(" ")[2].partition(",")[0].strip() for line in lines)
    return tuple(names_of(numbers, dict(zip(numbers, words, strict=True))).values())


def _layout(name: str, title: str, classes: int, num_train: int) -> Layout:
    return Layout(
        name=name,
        title=title,
        folder="webvision",
        needed=(TRAIN, TEST, "google", "val_images_256"),
        images=partial(list_images, classes=classes),
        side=SIDE,
        obtain="Get the resized Google images, the validation images and the lists of WebVision "
        "1.0 from data.vision.ee.ethz.ch/cvl/webvision",
        num_train=num_train,
        num_test=50 * classes,
        num_classes=classes,
        archives=("webvision*.tar*", "google_resized_256*.tar*"),
    )


RECIPE = Recipe(  # PMNAR's
    network="preact-resnet18",
    epochs=120,
    batch_size=128,
    learning_rate=0.02,
    weight_decay=5e-4,
    milestones=(0.5, 0.75),
    mean=(0.485, 0.456, 0.406),  # ImageNet's
    std=(0.229, 0.224, 0.225),
    crop=16,
    flip=True,
    cutout=64,
)
mini = _layout("mini-webvision", "mini-WebVision", MINI, 65_944)
whole = _layout("webvision", "WebVision 1.0", ALL, 980_449)
register(
    mini.source(
        "66,000 photos that Google found for 50 classes of ImageNet; about 20 % of the labels are "
        "wrong, which ones is not known. Tested on clean labels.",
        RECIPE,
    )
)
register(
    whole.source(
        "980,000 photos that Google found for the 1,000 classes of ImageNet; about 20 % of the "
        "labels are wrong, which ones is not known. Tested on clean labels.",
        RECIPE,
    )
)
