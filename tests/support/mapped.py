"""Runs that were trained as a report finds them: records, labels, a map of each epoch."""

from dataclasses import replace

import numpy as np

from lnl.records import EpochSnapshot, FeatureMap, RunSpec, StageSpan
from lnl.runs.store.kept_data import DataToKeep
from tests.support import made_up


def keep_data(store, probe, truth=True):
    """Labels of so many samples, all of them in the probe; two in five are mislabelled."""
    true = np.arange(probe) % 10
    wrong = np.arange(probe) % 5 < 2
    data = DataToKeep(
        given_labels=np.where(wrong, (true + 1) % 10, true),
        true_labels=true if truth else None,
        groups=wrong.astype(np.int8) if truth else np.full(probe, 3, np.int8),
        class_names=tuple("0123456789"),
        probe=np.arange(probe),
        images=np.zeros((probe, 1, 2, 2), np.uint8),
    )
    store.keep_data(made_up.facts().fingerprint, data)


def mapped_run(store, method="ce", epochs=3, probe=40, truth=True, every=1, maps=True):
    """A run with records and maps of the same epochs; its id."""
    info = made_up.info(method, stages=(StageSpan("train", 1, epochs),))
    facts = made_up.facts(num_train=probe, actual_noise_rate=0.4 if truth else None)
    keep_data(store, probe, truth)
    spec = RunSpec(method=method, epochs=epochs, evaluate_every=every)
    run = store.create(spec, facts, info.stages, info.device, name=info.name).id
    for epoch in range(1, epochs + 1):
        course = made_up.record(20 * epoch / epochs, method, truth)  # no two epochs alike
        record = replace(course, epoch=epoch, evaluated=epoch % every == 0)
        store.append(run, EpochSnapshot(record))
        if maps:
            store.keep_map(run, FeatureMap(epoch, "umap", places(probe, epoch), 0.5))
    store.set_status(run, "done")
    return run


def places(probe, seed):
    """Anywhere: nothing that could be written in fewer bytes."""
    return np.random.default_rng(seed).normal(0, 4, (probe, 2)).astype(np.float16)
