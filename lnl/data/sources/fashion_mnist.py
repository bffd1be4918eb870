"""Fashion-MNIST: 70,000 grey images of clothes, 28 x 28.

Source: Xiao et al. 2017, arXiv 1708.07747.
"""

from lnl.data.source import Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

files = Published.idx(
    "FashionMNIST",
    (
        "T-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    clues=("fashion",),
)

register(
    Source(
        name="fashion-mnist",
        title="Fashion-MNIST",
        summary="70,000 images of clothes, 28 x 28; shirts and coats look alike.",
        recipe=Recipe(
            network="resnet18",
            epochs=80,
            batch_size=128,
            learning_rate=0.05,
            weight_decay=5e-4,
            milestones=(0.5, 0.75),
            mean=(0.2860,),
            std=(0.3530,),
            crop=2,
            flip=True,
            cutout=8,
        ),
        load=files.load,
        num_train=60_000,
        num_test=10_000,
        num_classes=10,
        image_shape=(1, 28, 28),
        # NLNL (Kim et al., ICCV 2019), section 4
        class_maps={"fashion-mnist": {9: 7, 7: 5, 2: 6, 4: 3, 3: 4}},
        superclasses=((0, 2, 3, 4, 6), (5, 7, 9), (1,), (8,)),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
