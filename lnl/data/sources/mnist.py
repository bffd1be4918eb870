"""MNIST: 70,000 grey images of handwritten digits, 28 x 28.

Source: LeCun et al., Proc. IEEE 1998.
"""

from lnl.data.source import Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

files = Published.idx("MNIST", tuple("0123456789"))

register(
    Source(
        name="mnist",
        title="MNIST",
        summary="70,000 handwritten digits, 28 x 28.",
        recipe=Recipe(
            network="lenet5",
            epochs=40,
            batch_size=128,
            learning_rate=0.01,
            weight_decay=1e-4,
            milestones=(0.5, 0.75),
            mean=(0.1307,),
            std=(0.3081,),
            cutout=8,
        ),
        load=files.load,
        num_train=60_000,
        num_test=10_000,
        num_classes=10,
        image_shape=(1, 28, 28),
        # NLNL (Kim et al., ICCV 2019), section 4
        class_maps={"mnist": {2: 7, 3: 8, 7: 1, 5: 6, 6: 5}},
        superclasses=((0, 6, 8, 9), (1, 4, 7), (2, 3, 5)),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
