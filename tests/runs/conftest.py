"""A store in a temporary folder, snapshots with known numbers, and a trainer of nothing."""

import queue
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lnl.data import ImageSet
from lnl.data.source import Split
from lnl.records import (
    BINS,
    DataFacts,
    Detection,
    EpochRecord,
    EpochSnapshot,
    Heartbeat,
    RunSpec,
    SampleRow,
    StageSpan,
)
from lnl.runs.running.drive import Watcher
from lnl.runs.running.manager import RunManager
from lnl.runs.store import RunStore
from lnl.runs.store.kept_data import DataToKeep
from lnl.training import Stopped

N, K, PROBE, TEST_PROBE = 50, 3, 7, 4
PATIENCE = 20  # seconds until a test that waits for an event fails


def make_facts(num_train=N, fingerprint="abc123"):
    return DataFacts(
        fingerprint, "Digits", num_train, 9, K, ("a", "b", "c"), (1, 4, 4), 0.4, open_set_rate=0.0
    )


def make_record(epoch, **changes):
    counts = {"clean": np.arange(BINS) + epoch, "mislabelled": np.arange(BINS)[::-1] * epoch}
    record = EpochRecord(
        epoch=epoch,
        stage="train",
        seconds=1.5,
        evaluation_seconds=0.5,
        images_per_second=33.0,
        learning_rates={"network": 0.1},
        losses={"cross_entropy": 1 / epoch},
        test_accuracy=0.5,
        detection=Detection(0.5, 0.25, 1 / 3, 0.75, float("nan")),
        confidence={"mean": counts},
        clean_scores=counts,
    )
    return replace(record, **changes)


def make_snapshot(epoch, num_train=N, values=("weight",), **changes):
    random = np.random.default_rng(epoch)
    samples = SampleRow(
        confidence=random.random(num_train).astype(np.float16),
        clean_score=random.random(num_train).astype(np.float16),
        prediction=random.integers(0, K, num_train).astype(np.uint16),
        selected=random.random(num_train) > 0.5,
        values={name: random.random(num_train).astype(np.float16) for name in values},
    )
    features = random.random((PROBE, 5)).astype(np.float16)
    return EpochSnapshot(make_record(epoch, **changes), samples, features)


def make_data(fingerprint="abc123"):
    given = torch.arange(N) % K
    return SimpleNamespace(
        images=ImageSet(torch.zeros(N + 9, 1, 4, 4, dtype=torch.uint8)),
        train_rows=range(N),
        facts=make_facts(fingerprint=fingerprint),
        fingerprint=fingerprint,
        given_labels=given,
        true_labels=given.roll(1),
        groups=torch.ones(N, dtype=torch.int8),
        class_names=("a", "b", "c"),
        test=Split(range(N, N + 9), torch.arange(9) % K),
    )


def make_kept(num_train=N, **changes):
    """Labels whose true ones are unknown, and black images."""
    plain = DataToKeep(
        given_labels=np.arange(num_train) % K,
        true_labels=None,
        groups=np.full(num_train, 3, np.int8),
        class_names=("a", "b", "c"),
        probe=np.arange(min(num_train, PROBE)),
        images=np.zeros((num_train, 1, 4, 4), np.uint8),
    )
    return replace(plain, **changes)


class FakeTrainer:
    """Writes what it does to a log; ``hooks[method, epoch, batch]`` is called before that batch."""

    def __init__(self, spec, log, hooks, fingerprint="abc123"):
        self.spec, self.log, self.hooks = spec, log, hooks
        self.data = make_data(fingerprint)
        self.recorded, self.rows = None, range(N)
        self.probe, self.test_probe = np.arange(PROBE), np.arange(TEST_PROBE)
        self.stages = (StageSpan("train", 1, spec.epochs),)
        self.device_title = "a fake device"
        self.finished = 0
        self.on_batch = lambda beat: None
        self.should_stop = lambda: False

    def __next__(self):
        epoch = self.finished + 1
        for batch in range(3):
            if self.should_stop():
                self.hooks.get((self.spec.method, "stopping"), lambda: None)()
                raise Stopped
            self.hooks.get((self.spec.method, epoch, batch), lambda: None)()
            self.on_batch(Heartbeat("train", epoch, batch + 1, 3, time.time()))
        self.log.append((self.spec.method, epoch))
        self.finished = epoch
        return make_snapshot(epoch)

    @property
    def ended(self):
        return self.finished >= self.stages[-1].last

    def checkpoint(self):
        return {"epoch": self.finished, "weights": torch.full((3,), float(self.finished))}

    def restore(self, checkpoint):
        assert checkpoint["weights"].tolist() == [checkpoint["epoch"]] * 3
        self.finished = checkpoint["epoch"]


class Scene:
    """A manager with fake trainers, and a queue of what has happened, to wait for."""

    def __init__(self, folder):
        self.log, self.hooks, self.events = [], {}, queue.Queue()
        self.fingerprint = "abc123"
        scene = self

        class WatchedStore(RunStore):
            def set_status(self, run_id, status, message="", **only):
                done = super().set_status(run_id, status, message, **only)
                if done:
                    scene.events.put((run_id, status))
                return done

            def unclaim(self, run_id, owner, before):
                super().unclaim(run_id, owner, before)
                scene.events.put((run_id, "unclaimed"))

        self.store = WatchedStore(folder)
        self.watcher = Watcher(
            on_epoch=lambda run_id, record: self.events.put((run_id, record.epoch)),
            poll=0.0,
            beat=0.0,
        )
        self.managers = []
        self.manager = self.new_manager()

    def new_manager(self):
        manager = RunManager(
            self.store,
            prepare=self.prepare,
            resolve=self.resolve,
            watcher=self.watcher,
        )
        self.managers.append(manager)
        return manager

    def prepare(self, spec, scheme=None):
        self.hooks.get((spec.method, "prepare"), lambda: None)()
        return spec, FakeTrainer(spec, self.log, self.hooks, self.fingerprint)

    def resolve(self, spec):
        kept = replace(spec, device="cpu")
        return SimpleNamespace(spec=kept, method_title=spec.method.upper())

    def start(self, *methods, epochs=3):
        return self.manager.start([RunSpec(method=m, epochs=epochs) for m in methods])

    def wait_for(self, run_id, what):
        """Until the run has that status, or has finished that epoch."""
        while self.events.get(timeout=PATIENCE) != (run_id, what):
            pass


@pytest.fixture
def other(tmp_path):
    """Another store, that of someone who imports."""
    other = RunStore(tmp_path / "other")
    yield other
    other.close()


@pytest.fixture
def new_run(store):
    def make(epochs=10, num_train=N, **spec):
        stages = (StageSpan("train", 1, epochs),)
        facts = make_facts(num_train, f"abc{num_train}")
        return store.create(RunSpec(**spec), facts, stages, "CPU").id

    return make


@pytest.fixture
def snapshot():
    return make_snapshot


@pytest.fixture
def record():
    return make_record


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path / "cache")
    yield scene
    for manager in scene.managers:
        manager.close()
    scene.store.close()
