"""CIFAR-100: 60,000 colour images of 100 classes in 20 super-classes, 32 x 32.

Source: Krizhevsky 2009, Learning multiple layers of features from tiny images.
"""

from dataclasses import replace

from lnl.data.cifar_n import HumanFile
from lnl.data.source import HumanLabels, Source, register
from lnl.data.sources import cifar10
from lnl.data.torchvision_files import Published

NAMES = """
apple, aquarium_fish, baby, bear, beaver, bed, bee, beetle,
bicycle, bottle, bowl, boy, bridge, bus, butterfly, camel, can,
castle, caterpillar, cattle, chair, chimpanzee, clock, cloud,
cockroach, couch, crab, crocodile, cup, dinosaur, dolphin, elephant,
flatfish, forest, fox, girl, hamster, house, kangaroo, keyboard,
lamp, lawn_mower, leopard, lion, lizard, lobster, man, maple_tree,
motorcycle, mountain, mouse, mushroom, oak_tree, orange, orchid,
otter, palm_tree, pear, pickup_truck, pine_tree, plain, plate,
poppy, porcupine, possum, rabbit, raccoon, ray, road, rocket,
rose, sea, seal, shark, shrew, skunk, skyscraper, snail, snake,
spider, squirrel, streetcar, sunflower, sweet_pepper, table, tank,
telephone, television, tiger, tractor, train, trout, tulip, turtle,
wardrobe, whale, willow_tree, wolf, woman, worm
"""
# By the data set's own coarse labels; class ids are alphabetical.
SUPERCLASSES = (
    (0, 51, 53, 57, 83),
    (1, 32, 67, 73, 91),
    (2, 11, 35, 46, 98),
    (3, 42, 43, 88, 97),
    (4, 30, 55, 72, 95),
    (5, 20, 25, 84, 94),
    (6, 7, 14, 18, 24),
    (8, 13, 48, 58, 90),
    (9, 10, 16, 28, 61),
    (12, 17, 37, 68, 76),
    (15, 19, 21, 31, 38),
    (22, 39, 40, 86, 87),
    (23, 33, 49, 60, 71),
    (26, 45, 77, 79, 99),
    (27, 29, 44, 78, 93),
    (34, 63, 64, 66, 75),
    (36, 50, 65, 74, 80),
    (41, 69, 81, 85, 89),
    (47, 52, 56, 59, 96),
    (54, 62, 70, 82, 92),
)


def next_within(groups: tuple[tuple[int, ...], ...]) -> dict[int, int]:
    """Every class is taken for the next of its group, the last for the first."""
    return {c: group[(i + 1) % len(group)] for group in groups for i, c in enumerate(group)}


files = Published(
    "CIFAR100",
    tuple(f"cifar-100-python/{name}" for name in ("train", "test", "meta")),
    tuple(name.strip().replace("_", " ") for name in NAMES.split(",")),
    clues=("cifar100",),
)
people = HumanFile(
    ("CIFAR-100_human.pt", "CIFAR-100_human.npz", "cifar100n.npz"), {"noisy": "noisy_label"}
)

register(
    Source(
        name="cifar100",
        title="CIFAR-100",
        summary="60,000 colour photos of 100 classes, 32 x 32; has human labels. With "
        "open-set noise it is CIFAR-80N.",
        recipe=replace(cifar10.RECIPE, mean=(0.5071, 0.4865, 0.4409), std=(0.2673, 0.2564, 0.2762)),
        load=files.load,
        num_train=50_000,
        num_test=10_000,
        num_classes=100,
        image_shape=(3, 32, 32),
        class_maps={
            "cifar100": next_within(SUPERCLASSES),  # NLNL
            # Blocks of five ids, as in Patrini's generator: these are not the super-classes.
            "cifar100-blocks": next_within(tuple(tuple(range(b, b + 5)) for b in range(0, 100, 5))),
        },
        superclasses=SUPERCLASSES,
        human_labels=HumanLabels(tuple(people.keys), people.read),
        missing=files.missing,
        near_miss=files.near_miss,
        download=files.download,
    )
)
