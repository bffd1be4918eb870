"""Speed of the engine as ratios to a bare loop, both in one process, turn by turn.

Two claims are measured: the training passes against a bare training loop of the same network on
normalised images already in memory, and the whole epoch (evaluation, record, history, checkpoint,
store) against that loop followed by a bare forward over the training and test images.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import torch
from torch import Tensor, nn

from lnl.data import NoisyData, dataset_cards
from lnl.records import RunSpec
from lnl.runs.running.drive import Drive, Watcher
from lnl.runs.store import RunStore
from lnl.training import Trainer, prepare
from lnl.training.randomness import initialising

FORWARD_ROWS = 1000
SLICE = 2048  # CIFAR-10 images: enough for steady steps, little enough for a CPU


@dataclass
class Bench:
    """Seconds of each round. A ratio above 1 says that the engine is the faster."""

    name: str
    images: int
    engine_training: list[float] = field(default_factory=list)
    engine_epoch: list[float] = field(default_factory=list)
    bare_training: list[float] = field(default_factory=list)
    bare_epoch: list[float] = field(default_factory=list)

    def ratios(self, part: str) -> list[float]:
        """Bare over engine of each round, ``part`` is "training" or "epoch"."""
        bare, engine = getattr(self, f"bare_{part}"), getattr(self, f"engine_{part}")
        return [b / e for b, e in zip(bare, engine, strict=True)]

    def row(self) -> dict[str, object]:
        """For a table: medians, and the range of the ratios."""
        found: dict[str, object] = {"case": self.name, "rounds": len(self.bare_epoch)}
        for part in ("training", "epoch"):
            ratios = self.ratios(part)
            found[f"{part}_ratio"] = round(median(ratios), 3)
            found[f"{part}_range"] = f"{min(ratios):.3f}-{max(ratios):.3f}"
            seconds = median(getattr(self, f"engine_{part}"))
            found[f"{part}_seconds"] = round(seconds, 3)
            found[f"{part}_images_per_second"] = round(self.images / seconds)
        return found


def measure(spec: RunSpec, rounds: int = 5) -> Bench:
    """One case, its rounds taken turn by turn after a round to warm up, which is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        drive = _open(store, replace(spec, epochs=rounds + 1))
        trainer = drive.trainer
        assert isinstance(trainer, Trainer)
        bare = _Bare(trainer)
        found = Bench(_title(spec, trainer), len(trainer.data.given_labels))
        for turn in range(rounds + 1):
            engine_epoch = _timed(trainer, drive.epoch)
            engine_training = store.record(drive.run_id, turn + 1).seconds
            bare_training = _timed(trainer, bare.train)
            bare_forward = _timed(trainer, bare.forward)
            if turn:
                found.engine_epoch.append(engine_epoch)
                found.engine_training.append(engine_training)
                found.bare_training.append(bare_training)
                found.bare_epoch.append(bare_training + bare_forward)
        store.close()
    return found


def _open(store: RunStore, spec: RunSpec) -> Drive:
    info = store.create(spec)
    return Drive.open(store, info.id, prepare, lambda: False, Watcher())


def _title(spec: RunSpec, trainer: Trainer) -> str:
    plan, method = trainer.plan, trainer.method
    return (
        f"{spec.dataset}, {len(trainer.data.given_labels)} images, {method.spec.recipe.network}, "
        f"{spec.method}, batch {plan.batch_size}, {plan.placement.title}"
    )


def _timed(trainer: Trainer, work: object) -> float:
    assert callable(work)
    trainer.plan.placement.synchronise()
    started = time.perf_counter()
    work()
    trainer.plan.placement.synchronise()
    return time.perf_counter() - started


class _Bare:
    """The loop that one would write by hand, on images already normalised in memory."""

    def __init__(self, trainer: Trainer) -> None:
        self.placement, self.size = trainer.plan.placement, trainer.plan.batch_size
        self.data: NoisyData = trainer.data
        device, method = self.placement.device, trainer.method
        self.train_images = self._floats(self.data.train_images)
        self.test_images = self._floats(self.data.test_images)
        self.labels = self.data.given_labels.to(device)
        with initialising(0, "weights"):
            network = method.twin().network
        assert isinstance(network, nn.Module)
        self.network = network.to(device)
        if self.placement.fast_half:
            self.network = self.network.to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.SGD(
            self.network.parameters(), 0.01, momentum=0.9, weight_decay=1e-4, fused=True
        )

    def _floats(self, images: Tensor) -> Tensor:
        shape = torch.channels_last if self.placement.fast_half else torch.contiguous_format
        floats = images.to(self.placement.device, torch.float32, memory_format=shape)
        return floats.div_(255).sub_(0.5).div_(0.25)

    def train(self) -> None:
        """One epoch of SGD with cross entropy."""
        self.network.train()
        order = torch.randperm(len(self.labels), device=self.labels.device)
        for rows in order.split(self.size):  # type: ignore[no-untyped-call]
            with self.placement.autocast():
                logits = self.network(self.train_images[rows]).logits
            loss = nn.functional.cross_entropy(logits.float(), self.labels[rows])
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()

    def forward(self) -> None:
        """All training and test images once."""
        self.network.eval()
        with torch.no_grad(), self.placement.autocast():
            for images in (self.train_images, self.test_images):
                for start in range(0, len(images), FORWARD_ROWS):
                    self.network(images[start : start + FORWARD_ROWS])


def cases(data_dir: str | None, device: str, threads: int | None) -> list[RunSpec]:
    """LeNet-5 on MNIST and ResNet-18 on a slice of CIFAR-10, as far as the data are there.

    Without either: the embedded digits, which say little, since their steps are tiny.
    """
    there = {card.name for card in dataset_cards(data_dir) if card.available}
    base = RunSpec(data_dir=data_dir, device=device, threads=threads)
    wanted = [
        replace(base, dataset="mnist", network="lenet5", batch_size=128),
        replace(base, dataset="cifar10", network="resnet18", batch_size=128, limit=SLICE),
    ]
    return [case for case in wanted if case.dataset in there] or [base]
