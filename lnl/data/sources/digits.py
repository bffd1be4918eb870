"""scikit-learn's 1,797 real images of handwritten digits, 8 x 8 grey pixels. Needs no download.

Source: UCI, Optical Recognition of Handwritten Digits (Alpaydin & Kaynak 1998), its test part.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from lnl.data.source import LabelledImages, Source, register
from lnl.data.split import stratified
from lnl.shapes import Recipe

TEST = 360


@lru_cache(maxsize=1)
def digits(folder: Path | None = None) -> LabelledImages:
    """1,437 training and 360 test images, split once and for all, each class in its share."""
    table = _table()
    pixels = np.rint(table[:, :-1] * (255 / 16)).astype(np.uint8)  # stored as 0 to 16
    images = torch.from_numpy(pixels).reshape(-1, 1, 8, 8)
    classes = table[:, -1].astype(np.int64)
    labels = torch.from_numpy(classes)
    train, test = stratified(classes, TEST, seed=0)
    return LabelledImages.of(
        images[train], labels[train], images[test], labels[test], tuple("0123456789")
    )


def _table() -> np.ndarray:
    """64 grey values and the class of each image, from the file that scikit-learn carries.

    Only the file is read: to import the package takes 1.6 s, and nothing else here needs it.
    """
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("scikit-learn is not installed")
    folder = Path(package.origin).parent / "datasets" / "data"
    return np.loadtxt(folder / "digits.csv.gz", delimiter=",")


register(
    Source(
        name="digits",
        title="Digits (8 x 8)",
        summary="1,797 real handwritten digits that come with scikit-learn; trains in seconds.",
        recipe=Recipe(
            network="small-cnn",
            epochs=60,
            batch_size=64,
            learning_rate=0.05,
            weight_decay=1e-4,
            mean=(0.3059,),
            std=(0.3764,),
        ),
        load=digits,
        num_train=1437,
        num_test=TEST,
        num_classes=10,
        image_shape=(1, 8, 8),
        class_maps={"digits": {1: 7, 3: 8, 4: 9, 5: 6, 6: 5}},
        superclasses=((0, 6, 8, 9), (1, 4, 7), (2, 3, 5)),
    )
)
