"""Own images at the defaults: minutes and test accuracy: ``python -m benchmarks.own_defaults``.

Folders of 200, 2,000 and 20,000 pictures of 32, 128 and 500 px are made of CIFAR-10 (those of 32 px
of MNIST too), every fifth training label wrong, with 1,000 test images; each is imported and
trained on with nothing chosen but the method. What the table has is not measured again, so it can
be stopped and gone on with. ``--pictures`` names the folder for the pictures, which may be large;
LNL_DATA says where the sets lie, LNL_CACHE where the imports go.
"""

import argparse
import os
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.tables import append
from lnl.data import load_data
from lnl.data.own.own_source import source_at
from lnl.data.split import stratified
from lnl.evidence.csv_tables import lines
from lnl.records import Heartbeat, RunSpec
from lnl.training import prepare

TABLE = Path(__file__).with_suffix(".csv")
WRONG, TEST, CLASSES = 0.2, 1_000, 10
METHODS = ("ce", "gmm", "selnlpl")
PLACES = [
    (count, source, side)
    for count in (200, 2_000, 20_000)
    for source, side in (("mnist", 32), ("cifar10", 32), ("cifar10", 128), ("cifar10", 500))
]


@dataclass(frozen=True)
class Measured:
    """One run to its end."""

    source: str
    images: int  # training images
    pixels: int  # side of the pictures
    method: str
    network: str
    batch_size: int
    learning_rate: float
    epochs: int
    import_seconds: float  # dry run and preparation; 0 where it was done before
    feature_seconds: float  # of a frozen backbone; 0 where they were there
    seconds: float  # of all epochs
    cpu_seconds: float  # of the process meanwhile: what other programs take does not count
    load: float  # of the machine at the end
    last: float  # test accuracy
    best: float
    date: str


def pictures(folder: Path, source: str, count: int, side: int) -> Path:
    """A folder of so many training pictures, with train and test above its class folders."""
    place = folder / f"{source}_{count}_{side}"
    if place.exists():
        return place
    data = load_data(source, noise="none")
    part = place.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    draw = np.random.default_rng(0)
    for name, images, labels, wanted in (
        ("train", data.train_images, data.true_labels, count),
        ("test", data.test_images, data.test_labels, TEST),
    ):
        _, rows = stratified(labels.numpy(), wanted, seed=0)
        for row in rows.tolist():
            label = int(labels[row])
            if name == "train" and draw.random() < WRONG:
                label = (label + int(draw.integers(1, CLASSES))) % CLASSES
            pixels = images[row].permute(1, 2, 0).squeeze(2).numpy()
            picture = Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC)
            file = part / name / str(label) / f"{row}.{'png' if side <= 32 else 'jpg'}"
            file.parent.mkdir(parents=True, exist_ok=True)
            picture.save(file)
    part.rename(place)
    return place


def measure(name: str, seconds: float, case: tuple[int, str, int], method: str) -> Measured:
    """Train one method at the defaults to its end."""
    count, source, side = case
    _, trainer = prepare(RunSpec(name, "none", method=method))
    started = last_feature = time.perf_counter()
    cpu = time.process_time()

    def heard(beat: Heartbeat) -> None:
        nonlocal last_feature, cpu
        if beat.stage == "features":
            last_feature, cpu = time.perf_counter(), time.process_time()

    trainer.on_batch = heard
    accuracies = [each.record.test_accuracy or 0.0 for each in trainer]
    ended = time.perf_counter()
    recipe = trainer.method.spec.recipe
    return Measured(
        source,
        count,
        side,
        method,
        recipe.network,
        recipe.batch_size,
        recipe.learning_rate,
        trainer.epochs,
        round(seconds, 1),
        round(last_feature - started, 1),
        round(ended - last_feature, 1),
        round(time.process_time() - cpu, 1),
        round(os.getloadavg()[0], 1),
        round(accuracies[-1], 4),
        round(max(accuracies), 4),
        str(date.today()),
    )


def read() -> list[tuple[str, ...]]:
    """The cases in the table."""
    return [(r["source"], r["images"], r["pixels"], r["method"]) for r in lines(TABLE)]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pictures", type=Path)
    asked.add_argument("--most", type=int, default=20_000, help="training images at most")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        for case in (place for place in PLACES if place[0] <= chosen.most):
            count, source, side = case
            done = read()
            left = [m for m in METHODS if (source, str(count), str(side), m) not in done]
            if not left:
                continue
            folder = pictures(chosen.pictures or Path(made), source, count, side)
            started = time.perf_counter()
            name = source_at(folder).name
            seconds = time.perf_counter() - started
            for method in left:
                one = measure(name, seconds, case, method)
                append(one, TABLE)
                print(*asdict(one).values(), flush=True)
