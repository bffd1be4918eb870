"""SVHN: 99,289 colour images of house numbers, 32 x 32, without its extra part.

Source: Netzer et al., NIPS workshop 2011, Reading Digits in Natural Images.
"""

from lnl.data.source import Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

files = Published("SVHN", ("train_32x32.mat", "test_32x32.mat"), tuple("0123456789"), splits=True)

register(
    Source(
        name="svhn",
        title="SVHN",
        summary="99,289 colour photos of digits on houses, 32 x 32.",
        recipe=Recipe(
            network="resnet18",
            epochs=100,
            batch_size=128,
            learning_rate=0.05,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            mean=(0.4377, 0.4438, 0.4728),
            std=(0.1980, 0.2010, 0.1970),
            crop=4,
            cutout=16,
        ),
        load=files.load,
        num_train=73_257,
        num_test=26_032,
        num_classes=10,
        image_shape=(3, 32, 32),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
