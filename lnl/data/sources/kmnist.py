"""Kuzushiji-MNIST: 70,000 grey images of cursive Japanese characters, 28 x 28.

Source: Clanuwat et al. 2018, arXiv 1812.01718.
"""

from lnl.data.source import Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

files = Published.idx(
    "KMNIST",
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    clues=("kmnist", "kuzushiji"),
)

register(
    Source(
        name="kmnist",
        title="Kuzushiji-MNIST",
        summary="70,000 handwritten characters of old Japanese, 28 x 28; harder than MNIST.",
        recipe=Recipe(
            network="resnet18",
            epochs=80,
            batch_size=128,
            learning_rate=0.05,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            mean=(0.1918,),
            std=(0.3483,),
            crop=2,
            cutout=8,
        ),
        load=files.load,
        num_train=60_000,
        num_test=10_000,
        num_classes=10,
        image_shape=(1, 28, 28),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
