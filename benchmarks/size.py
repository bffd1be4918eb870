"""What large sets take: ``python -m benchmarks.size prepare 10000`` and ``... train ce 1000000``.

``prepare N``: a folder of N different JPEG files of 300 x 260 pixels, looked at and prepared as
squares of 224, as JPEG. ``train METHOD N``: 500 steps of the small CNN on squares of 224 that are
decoded as they are needed, N samples that share 1,000 stored images, beside the bare step on
decoded ones, in turns; no evaluation (other methods than CE 60 steps, for their memory).
``table``: all of it, each in a process of its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median

import numpy as np
import torch
from torch.nn import functional as F

from lnl import jpegs
from lnl.data.encoded import EncodedSet
from lnl.data.labels import LabelSet, NoiseApplied
from lnl.data.noisy_data import NoisyData
from lnl.data.own import survey
from lnl.data.own.finding import find_images
from lnl.data.own.listing import Reading
from lnl.data.own.preparing import prepare_images
from lnl.data.source import Split
from lnl.shapes import Recipe
from lnl.training import Stopped
from lnl.training.placement import place
from lnl.training.plan import Plan
from lnl.training.prepare import make_method
from lnl.training.trainer import Trainer

STORED, SIDE, CLASSES, BATCH, STEPS = 1000, 224, 100, 32, 500
WARM = 20  # steps that are not counted
TURN = 20  # steps, then as many bare ones
FEW = 60  # steps of methods of which the memory counts alone
SIZES = (10_000, 100_000, 1_000_000)
METHODS = ("ce", "gmm", "elr", "sop", "selnlpl")


def pictures(count, height, width):
    """Coarse random colours, enlarged, with a little grain: about as large as photos are."""
    random = np.random.default_rng(0)
    coarse = torch.from_numpy(random.random((count, 3, 14, 14), np.float32))
    grain = random.normal(0, 0.04, (3, height, width))
    for image in coarse:
        smooth = F.interpolate(image[None], (height, width), mode="bicubic")[0].numpy()
        yield (255 * np.clip(smooth + grain, 0, 1)).astype(np.uint8)


def memory():
    """The most MB that this process has taken."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000


def prepare(count, folder):
    """Images a second of the dry run and of the preparation, MB, and bytes an image."""
    some = [jpegs.encoded(image) for image in pictures(STORED, 260, 300)]
    for number in range(count):
        path = folder / "photos" / f"class {number % CLASSES:02d}" / f"{number:07d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        # what follows the picture makes the file another one
        path.write_bytes(some[number % STORED] + number.to_bytes(8, "big"))
    jpegs.MAPPED = 0
    started = time.perf_counter()
    tree, listing = find_images(folder / "photos", Reading(side=SIDE))
    found = survey.survey(tree, listing, folder / "cache")
    looked = time.perf_counter()
    before = memory()
    name = prepare_images(tree, found, folder / "cache")
    done = time.perf_counter()
    size = sum(file.stat().st_size for file in (folder / "cache" / name).iterdir())
    return {
        "images": count,
        "looked at, images a second": round(found.decoded / (looked - started)),
        "prepared, images a second": round(count / (done - looked)),
        "MB before": round(before),
        "most MB": round(memory()),
        "stored bytes an image": round(size / count),
    }


def data_of(count, folder):
    """So many samples, which share the stored images."""
    stored = [jpegs.encoded(image) for image in pictures(STORED, SIDE, SIDE)]
    sizes = np.array([len(each) for each in stored])
    file = folder / f"images{jpegs.ENDING}"
    file.write_bytes(b"".join(stored) + jpegs.table(sizes, (3, SIDE, SIDE)))
    keys = np.random.default_rng(0).integers(0, 256, (STORED, 16)).astype(np.uint8)
    images = EncodedSet(jpegs.Jpegs(file), keys=keys, resized=True)
    labels, names = torch.arange(count) % CLASSES, tuple(map(str, range(CLASSES)))
    return NoisyData(
        name="size",
        title="size",
        images=images,
        train_rows=torch.arange(count) % STORED,
        test=Split(range(STORED), torch.arange(STORED) % CLASSES),
        labels=LabelSet(labels, None, names, NoiseApplied("none", 0.0, 0, {}, None)),
        recipe=Recipe(
            network="small-cnn",
            epochs=60,
            mean=(0.5,) * 3,
            std=(0.25,) * 3,
            batch_size=BATCH,
            learning_rate=0.01,
            crop=SIDE // 8,
            flip=True,
        ),
    )


class Bare:
    """The step alone: network, loss and optimiser on images that are in memory already."""

    def __init__(self, data, placement):
        method = make_method("ce", data, epochs=1, network="small-cnn", batch_size=BATCH)
        self.placement = placement
        self.network = method.network.to(memory_format=self.format)
        self.images = (data.images.read(range(STORED)).float() / 255).contiguous(
            memory_format=self.format
        )
        self.optimiser = torch.optim.SGD(self.network.parameters(), 0.01, 0.9)
        self.labels = torch.arange(STORED) % CLASSES

    @property
    def format(self):
        """Of the memory of images and weights."""
        return torch.channels_last if self.placement.fast_half else torch.contiguous_format

    def seconds(self, steps):
        """That so many steps take."""
        started = time.perf_counter()
        for _ in range(steps):
            rows = torch.randint(STORED, (BATCH,))
            with self.placement.autocast():
                loss = F.cross_entropy(self.network(self.images[rows]).logits, self.labels[rows])
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
        return time.perf_counter() - started


def train(name, count, folder):
    """Images a second beside the bare step's in the same minutes, and the most MB."""
    data = data_of(count, folder)
    placement = place("cpu")
    placement.enter_thread()
    method = make_method(name, data, epochs=60, network="small-cnn", batch_size=BATCH)
    trainer = Trainer(method, data, Plan(0, BATCH, placement))
    bare = Bare(data, placement) if name == "ce" else None
    seen, began, turns = 0, 0.0, []

    def on_batch(beat):
        nonlocal seen, began
        seen += 1
        if seen <= WARM or (seen - WARM) % TURN == 0:
            taken = time.perf_counter() - began
            if seen > WARM:
                turns.append((taken, bare.seconds(TURN) if bare else None))
            began = time.perf_counter()

    steps = STEPS if bare else FEW
    trainer.on_batch, trainer.should_stop = on_batch, lambda: seen >= steps
    with suppress(Stopped):
        next(trainer)
    taken = memory()
    told = {"method": name, "samples": count, "most MB": round(taken)}
    told["images a second"] = round(TURN * BATCH / median([own for own, _ in turns]), 1)
    if bare:
        ratios = sorted(alone / own for own, alone in turns)
        told["of the bare step"] = round(median(ratios), 2)
        told["middle half"] = [round(ratios[len(ratios) * part // 4], 2) for part in (1, 3)]
    return told


def table():
    """Every case, each in a process of its own."""
    cases = [("prepare", str(n)) for n in SIZES[:2]]
    cases += [("train", "ce", str(n)) for n in SIZES]
    cases += [("train", name, str(n)) for name in METHODS[1:] for n in SIZES[1:]]
    for case in cases:
        subprocess.run([sys.executable, "-m", "benchmarks.size", *case], check=True)


if __name__ == "__main__":
    what, *more = sys.argv[1:]
    if what == "table":
        table()
    else:
        with tempfile.TemporaryDirectory() as place_of_work:
            work = prepare if what == "prepare" else train
            args = [int(each) if each.isdigit() else each for each in more]
            print(json.dumps(work(*args, Path(place_of_work))), flush=True)
