"""Web-Aircraft, Web-Bird and Web-Car: fine-grained classes, found by web search (WebFG-496).

Source: Sun et al., ICCV 2021, Webly Supervised Fine-Grained Recognition. A folder for each class in
``train`` (from the web, some wrong) and in ``val`` (clean: what papers call the test set). Which
training labels are wrong is not known.
"""

from lnl.data.layouts.layout import Images, Layout, in_class_folders
from lnl.data.layouts.place import Place
from lnl.data.source import register
from lnl.errors import BadInput
from lnl.shapes import Recipe

SIDE = 224  # half of the papers' 448: 13,000 images take 2 GB


def list_images(place: Place) -> Images:
    """Labels are names of folders, which both parts share; their order is that of the ids."""
    train = in_class_folders(place, "train", "train")
    test = in_class_folders(place, "val", "test")
    classes, tested = ({entry.label for entry in part} for part in (train, test))
    if foreign := sorted(tested - classes):
        raise BadInput(
            f"{place.root}/val has class folders that train lacks, such as {foreign[0]!r}: both "
            "need the same names"
        )
    untested = sorted(classes - tested)
    notes = (f"no test images of {', '.join(untested[:4])}",) if untested else ()
    return Images((*train, *test), tuple(sorted(classes)), notes)


RECIPE = Recipe(
    network="resnet50",
    epochs=110,
    batch_size=32,
    learning_rate=0.005,
    weight_decay=5e-4,
    milestones=(0.5, 0.75),
    mean=(0.485, 0.456, 0.406),  # ImageNet's
    std=(0.229, 0.224, 0.225),
    crop=28,
    flip=True,
    cutout=112,
)


def _add(name: str, title: str, what: str, num_classes: int, num_train: int, num_test: int) -> None:
    layout = Layout(
        name=name,
        title=title,
        folder=name,
        needed=("train", "val"),
        images=list_images,
        side=SIDE,
        obtain=f"Get {name}.tar.gz as github.com/NUST-Machine-Intelligence-Laboratory/"
        "weblyFG-dataset says",
        num_train=num_train,
        num_test=num_test,
        num_classes=num_classes,
        archives=(f"{name}*.tar*", f"{name}*.zip"),
        clues=(name.replace("-", ""), name.removeprefix("web-")),
    )
    register(
        layout.source(
            f"{num_train:,} photos of {what} from a web search; some labels are wrong, which ones "
            "is not known. Tested on clean labels.",
            RECIPE,
        )
    )


# numbers of images: recalled, unconfirmed; those of training add up to the published 53,339
_add("web-aircraft", "Web-Aircraft", "100 types of aircraft", 100, 13_503, 3_333)
_add("web-bird", "Web-Bird", "200 species of birds", 200, 18_388, 5_794)
_add("web-car", "Web-Car", "196 models of cars", 196, 21_448, 8_041)
