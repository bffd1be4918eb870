"""CIFAR-10: 60,000 colour images of ten classes, 32 x 32.

Source: Krizhevsky 2009, Learning multiple layers of features from tiny images.
"""

from lnl.data.cifar_n import HumanFile
from lnl.data.source import HumanLabels, Source, register
from lnl.data.torchvision_files import Published
from lnl.shapes import Recipe

FOLDER = "cifar-10-batches-py"
BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")
AIRPLANE, AUTOMOBILE, BIRD, CAT, DEER, DOG, FROG, HORSE, SHIP, TRUCK = range(10)

files = Published(
    "CIFAR10",
    tuple(f"{FOLDER}/{name}" for name in BATCHES),
    (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
)
people = HumanFile(
    ("CIFAR-10_human.pt", "CIFAR-10_human.npz", "cifar10n.npz"),
    {
        "worst": "worse_label",
        "aggregate": "aggre_label",
        "random1": "random_label1",
        "random2": "random_label2",
        "random3": "random_label3",
    },
)
RECIPE = Recipe(
    network="resnet18",
    epochs=200,
    batch_size=128,
    learning_rate=0.1,
    weight_decay=5e-4,
    milestones=(0.5, 0.75),
    mean=(0.4914, 0.4822, 0.4465),
    std=(0.2470, 0.2435, 0.2616),
    crop=4,
    flip=True,
    cutout=16,
)
ONE_WAY = {TRUCK: AUTOMOBILE, BIRD: AIRPLANE, DEER: HORSE, CAT: DOG}

register(
    Source(
        name="cifar10",
        title="CIFAR-10",
        summary="60,000 colour photos of animals and vehicles, 32 x 32; has human labels.",
        recipe=RECIPE,
        load=files.load,
        num_train=50_000,
        num_test=10_000,
        num_classes=10,
        image_shape=(3, 32, 32),
        class_maps={
            "cifar10": {**ONE_WAY, DOG: CAT},  # Patrini et al., CVPR 2017; NLNL
            "cifar10-oneway": ONE_WAY,  # the literal list of PMNAR's text
        },
        superclasses=((AIRPLANE, AUTOMOBILE, SHIP, TRUCK), (BIRD, CAT, DEER, DOG, FROG, HORSE)),
        human_labels=HumanLabels(tuple(people.keys), people.read),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
