"""Food-101N: 310,000 photos of 101 dishes from the web, tested on Food-101.

Source: Lee et al., CVPR 2018 (CleanNet); Food-101: Bossard et al., ECCV 2014. Labels are the names
of folders in ``meta/imagelist.tsv``. Test images are those of Food-101 proper, in
``food-101/images`` by ``food-101/meta/test.txt``. The two files of verified labels, which say of
some images whether their label is right, are recalled, unconfirmed; they are counted only.
"""

from lnl.data.layouts.layout import Images, Layout
from lnl.data.layouts.place import Place
from lnl.data.own.listing import Entry
from lnl.data.own.tree import Skipped
from lnl.data.source import register
from lnl.errors import BadInput
from lnl.shapes import Recipe

SIDE = 128  # 16.5 GB; 224 pixels would take 50 GB
LIST, TEST = "meta/imagelist.tsv", "food-101/meta/test.txt"
VERIFIED = "meta/verified_train.tsv"


def list_images(place: Place) -> Images:
    """By class and file in the list; a header is no image."""
    classes = sorted(name for name in place.lines("meta/classes.txt") if name != "class_name")
    known, entries = set(classes), []
    for line in place.lines(LIST):
        name, _, file_name = line.partition("/")
        if name == "class_name":
            continue
        if not file_name:
            raise BadInput(f"{place.root / LIST} has the line {line[:60]!r}, expected class/file")
        if name not in known:
            place.skipped.append(Skipped(line, "of a class that meta/classes.txt lacks"))
        elif file := place.image(f"images/{line}"):
            entries.append(Entry(file, name))
    for line in place.lines(TEST):
        name = line.partition("/")[0]
        if name not in known:
            place.skipped.append(Skipped(line, "of a class that meta/classes.txt lacks"))
        elif file := place.image(f"food-101/images/{line}.jpg"):
            entries.append(Entry(file, name, part="test"))
    return Images(entries, tuple(classes), _notes(place))


def _notes(place: Place) -> tuple[str, ...]:
    """How many labels were verified."""
    if not place.has(VERIFIED):
        return ()
    said = [line.rpartition("\t")[2] for line in place.lines(VERIFIED)]
    checked = [each for each in said if each in ("0", "1")]
    wrong = checked.count("0")
    return (f"{len(checked):,} training labels were verified, {wrong:,} of them are wrong",)


layout = Layout(
    name="food-101n",
    title="Food-101N",
    folder="food-101n",
    needed=(LIST, "meta/classes.txt", "images", TEST, "food-101/images"),
    images=list_images,
    side=SIDE,
    obtain="Get Food-101N from kuanghuei.github.io/Food-101N, and Food-101 from "
    "data.vision.ee.ethz.ch/cvl/datasets_extra/food-101 into its folder food-101",
    num_train=310_009,
    num_test=25_250,
    num_classes=101,
    archives=("food-101n*.zip", "food-101n*.tar*", "food101n*.zip", "food-101n*.tgz"),
)
register(
    layout.source(
        "310,000 photos of 101 dishes from the web; about 20 % of the labels are wrong, which "
        "ones is not known. Tested on Food-101.",
        Recipe(
            network="resnet50",
            epochs=100,
            batch_size=32,
            learning_rate=0.01,
            weight_decay=5e-4,
            milestones=(0.5, 0.8),
            mean=(0.485, 0.456, 0.406),  # ImageNet's
            std=(0.229, 0.224, 0.225),
            crop=16,
            flip=True,
            cutout=64,
        ),
    )
)
