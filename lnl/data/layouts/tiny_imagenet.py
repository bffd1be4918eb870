"""Tiny-ImageNet: 200 classes of ImageNet at 64 x 64, 500 images each.

Source: Le and Yang 2015, Tiny ImageNet Visual Recognition Challenge (Stanford CS231n). Labels go by
WordNet ids, whose sorted order is that of the classes, as torchvision's ``ImageFolder`` has it;
``val`` is the test set, since no labels of ``test`` were published. Some images are grey. A copy
whose ``val`` was sorted into class folders is read as well.
"""

from pathlib import Path
from shutil import unpack_archive

from lnl.data.fetching import Archive, fetch
from lnl.data.layouts.layout import Images, Layout, in_class_folders, names_of
from lnl.data.layouts.place import Place
from lnl.data.own.listing import Entry
from lnl.data.own.tree import Skipped
from lnl.data.source import Progress, register
from lnl.errors import BadInput
from lnl.shapes import Recipe

URL = "http://cs231n.stanford.edu/tiny-imagenet-200.zip"
CHECKSUM = "90528d7ca1a48142e341f4ef8d21d0de"  # MD5, as loaders of several projects have it
ANNOTATIONS = "val/val_annotations.txt"


def list_images(place: Place) -> Images:
    """By folder for training, by ``val_annotations.txt`` for test."""
    wnids = sorted(place.lines("wnids.txt"))
    names = names_of(wnids, _words(place))
    entries = []
    for entry in (*in_class_folders(place, "train", "train"), *_validation(place)):
        if entry.label in names:
            entries.append(Entry(entry.file, names[entry.label], part=entry.part))
        else:
            place.skipped.append(Skipped(entry.file.path, "of a class that wnids.txt lacks"))
    return Images(entries, tuple(names[wnid] for wnid in wnids))


def _words(place: Place) -> dict[str, str]:
    """The first name of each WordNet id."""
    lines = place.lines("words.txt") if place.has("words.txt") else []
    rows = (line.partition("\t") for line in lines)
    return {wnid: names.partition(",")[0].strip() for wnid, _, names in rows}


def _validation(place: Place) -> list[Entry]:
    if not place.has(ANNOTATIONS):
        return in_class_folders(place, "val", "test")
    by_name = {file.path.rpartition("/")[2]: file for file in place.images("val")}
    entries = []
    for number, line in enumerate(place.lines(ANNOTATIONS), start=1):
        name, *rest = line.split("\t")
        if not rest:
            raise BadInput(
                f"line {number} of {place.root / ANNOTATIONS} is {line[:60]!r}, expected a file "
                "and a WordNet id, separated by a tab"
            )
        if name in by_name:
            entries.append(Entry(by_name[name], rest[0], part="test"))
        else:
            place.skipped.append(Skipped(f"val/images/{name}", "listed, but not there"))
    return entries


def download(folder: Path, progress: Progress) -> None:
    """Fetch the publisher's zip into the data folder and unpack it there."""
    archive = Archive((URL,), folder / "tiny-imagenet-200.zip", CHECKSUM)
    fetch(archive, progress, share=0.9)
    progress(0.9, "unpacking")
    unpack_archive(archive.path, folder)


layout = Layout(
    name="tiny-imagenet",
    title="Tiny-ImageNet",
    folder="tiny-imagenet-200",
    needed=("wnids.txt", "train", "val"),
    images=list_images,
    side=64,  # its own
    obtain="Get tiny-imagenet-200.zip from cs231n.stanford.edu (237 MB)",
    num_train=100_000,
    num_test=10_000,
    num_classes=200,
    archives=("tiny-imagenet*.zip", "tiny-imagenet*.tar*"),
)
register(
    layout.source(
        "100,000 photos of 200 classes, 64 x 64; labels are true, so noise can be added.",
        Recipe(  # PMNAR's
            network="preact-resnet18",
            epochs=300,
            batch_size=128,
            learning_rate=0.02,
            weight_decay=5e-4,
            milestones=(0.4, 0.8),
            mean=(0.4802, 0.4481, 0.3975),
            std=(0.2770, 0.2691, 0.2821),
            crop=8,
            flip=True,
            cutout=32,
        ),
        labels_are_true=True,
        download=download,
    )
)
