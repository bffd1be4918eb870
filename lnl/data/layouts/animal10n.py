"""Animal-10N: 55,000 photos of five pairs of animals that people confuse, 64 x 64.

Source: Song et al., ICML 2019 (SELFIE). Folders ``training`` and ``testing`` of files named
``<label>_<number>.jpg``, as loaders of several papers read them; the order of the class names is
recalled, unconfirmed.
"""

from lnl.data.layouts.layout import Images, Layout
from lnl.data.layouts.place import Place
from lnl.data.own.listing import Entry
from lnl.data.own.tree import Skipped
from lnl.data.parts import Part
from lnl.data.source import register
from lnl.shapes import Recipe

CLASSES = (
    "cat",
    "lynx",
    "wolf",
    "coyote",
    "cheetah",
    "jaguar",
    "chimpanzee",
    "orangutan",
    "hamster",
    "guinea pig",
)


def list_images(place: Place) -> Images:
    """Labels stand in the names of the files."""
    entries = []
    parts: tuple[tuple[str, Part], ...] = (("training", "train"), ("testing", "test"))
    for folder, part in parts:
        for file in place.images(folder):
            said = file.path.rpartition("/")[2].partition("_")[0]
            if said.isascii() and said.isdecimal() and int(said) < len(CLASSES):
                entries.append(Entry(file, CLASSES[int(said)], part=part))
            else:
                place.skipped.append(Skipped(file.path, "its name begins with no label, 0 to 9"))
    return Images(entries, CLASSES)


layout = Layout(
    name="animal-10n",
    title="Animal-10N",
    folder="animal-10n",
    needed=("training", "testing"),
    images=list_images,
    side=64,  # its own
    obtain="Ask for the raw images at dm.kaist.ac.kr/datasets/animal-10n",
    num_train=50_000,
    num_test=5_000,
    num_classes=10,
    archives=("raw_image*.zip", "animal-10n*.zip", "animal10n*.zip", "animal*10n*.tar*"),
    clues=("animal",),
)
register(
    layout.source(
        "50,000 photos of five pairs of animals that look alike; about 8 % of the labels are "
        "wrong, which ones is not known. Tested on clean labels.",
        Recipe(
            network="resnet18",
            epochs=100,
            batch_size=128,
            learning_rate=0.1,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            decay=0.2,
            mean=(0.485, 0.456, 0.406),  # ImageNet's
            std=(0.229, 0.224, 0.225),
            crop=8,
            flip=True,
            cutout=32,
        ),
    )
)
