"""Runs that never were, for tests of charts and pages: the numbers follow simple rules."""

import time
from dataclasses import replace

import numpy as np

from lnl.findings import RunRecords
from lnl.records import (
    BINS,
    DataFacts,
    Detection,
    EpochRecord,
    EpochSnapshot,
    RunInfo,
    RunSpec,
    SampleRow,
    StageSpan,
)
from lnl.runs.store.kept_data import DataToKeep

CLEAN, MISLABELLED = 600, 400


def facts(**changes) -> DataFacts:
    plain = DataFacts(
        fingerprint="f" * 16,
        title="Digits",
        num_train=CLEAN + MISLABELLED,
        num_test=200,
        num_classes=10,
        class_names=tuple("0123456789"),
        image_shape=(1, 8, 8),
        actual_noise_rate=0.4,
    )
    return replace(plain, **changes)


def info(method: str = "ce", run_id: str = "", **changes) -> RunInfo:
    stages = (StageSpan("train", 1, 20),)
    if method == "selnlpl":
        stages = (StageSpan("NL", 1, 8), StageSpan("SelNL", 9, 14), StageSpan("SelPL", 15, 20))
    plain = RunInfo(
        id=run_id or f"run-{method}",
        name={"ce": "CE", "selnlpl": "SelNLPL"}.get(method, method),
        spec=RunSpec(method=method, epochs=20, network="small-cnn", batch_size=64),
        data=facts(),
        stages=stages,
        status="done",
        created=time.time() - 90,
        group="group",
        last_epoch=20,
        device="CPU, 2 threads, float32",
    )
    return replace(plain, **changes)


def pile(count: int, centre: float, width: float) -> np.ndarray:
    """A histogram [BINS] of ``count`` samples around ``centre``; it always sums to ``count``."""
    places = (np.arange(BINS) + 0.5) / BINS
    weight = np.exp(-(((places - centre) / width) ** 2))
    counts = np.floor(count * weight / weight.sum()).astype(np.int64)
    counts[np.argmax(weight)] += count - counts.sum()
    return counts


def record(epoch: int, method: str = "ce", truth: bool = True, stage: str = "train") -> EpochRecord:
    """CE memorises more each epoch; anything else recovers more each epoch."""
    t = min(epoch / 20, 1.0)
    memorised, recovered = (0.9 * t**2, 0.7 - 0.6 * t) if method == "ce" else (0.05, 0.9 * t)
    of_mislabelled = 0.1 + 0.8 * memorised
    groups = {
        "clean": pile(CLEAN, 0.3 + 0.65 * t, 0.15),
        "mislabelled": pile(MISLABELLED, of_mislabelled, 0.15),
    }
    if not truth:
        groups = {"unknown": groups["clean"] + groups["mislabelled"]}
    scored = method != "ce"
    return EpochRecord(
        epoch=epoch,
        stage=stage,
        seconds=0.4,
        evaluation_seconds=0.1,
        images_per_second=2500.0,
        learning_rates={"network": 0.1},
        losses={"cross_entropy": 2.3 * (1 - 0.8 * t)},
        train_accuracy_given=0.55 + 0.4 * memorised + 0.04 * t,
        train_accuracy_true=0.6 + 0.3 * recovered if truth else None,
        memorised=memorised if truth else None,
        recovered=recovered if truth else None,
        test_accuracy=0.7 + 0.2 * recovered,
        reading="clean_scores" if scored else "confidence",
        threshold=0.1 if scored else None,
        estimated_noise_rate=0.38,
        detection=Detection(0.8, 0.75, 0.77, 0.9, 0.85) if truth else None,
        confidence={"mean": groups, "network": groups},
        clean_scores=groups,
    )


def run(method: str = "ce", epochs: int = 5, truth: bool = True, **changes) -> RunRecords:
    records = [record(epoch, method, truth) for epoch in range(1, epochs + 1)]
    return RunRecords(info(method, **changes), records)


def snapshot(epoch: int, method: str = "ce", truth: bool = True) -> EpochSnapshot:
    count = CLEAN + MISLABELLED
    spread = np.linspace(0, 1, count)
    samples = SampleRow(
        confidence=spread.astype(np.float16),
        clean_score=spread.astype(np.float16),
        prediction=(np.arange(count) % 10).astype(np.uint16),
        selected=spread > 0.5,
    )
    return EpochSnapshot(record(epoch, method, truth), samples=samples)


def kept_data(truth: bool = True) -> DataToKeep:
    """Labels and images of made-up runs: they predict the true label; 400 are given the next."""
    count = CLEAN + MISLABELLED
    true = np.arange(count) % 10
    wrong = np.arange(count) % 5 < 2
    shades = (np.arange(count) % 251).astype(np.uint8)
    return DataToKeep(
        given_labels=np.where(wrong, (true + 1) % 10, true),
        true_labels=true if truth else None,
        groups=wrong.astype(np.int8) if truth else np.full(count, 3, np.int8),
        class_names=("zero", "=1+1", "*two*", *map(str, range(3, 10))),
        probe=np.arange(9),
        images=np.broadcast_to(shades[:, None, None, None], (count, 1, 8, 8)).copy(),
    )
