"""STL-10: 13,000 labelled colour images of ten classes, 96 x 96.

Source: Coates et al., AISTATS 2011. Its 100,000 images without labels are not used, but torchvision
wants their file too.
"""

from lnl.data.source import Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

files = Published(
    "STL10",
    tuple(
        f"stl10_binary/{name}.bin"
        for name in ("train_X", "train_y", "test_X", "test_y", "unlabeled_X")
    ),
    (
        "airplane",
        "bird",
        "car",
        "cat",
        "deer",
        "dog",
        "horse",
        "monkey",
        "ship",
        "truck",
    ),
    splits=True,
)

register(
    Source(
        name="stl10",
        title="STL-10",
        summary="5,000 photos of animals and vehicles to train on and 8,000 to test on, 96 x 96.",
        recipe=Recipe(
            network="resnet18",
            epochs=200,
            batch_size=128,
            learning_rate=0.1,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            mean=(0.4467, 0.4398, 0.4066),
            std=(0.2603, 0.2566, 0.2713),
            crop=12,
            flip=True,
            cutout=48,
        ),
        load=files.load,
        num_train=5_000,
        num_test=8_000,
        num_classes=10,
        image_shape=(3, 96, 96),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
