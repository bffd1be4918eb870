"""A store whose runs have features of three drifting groups."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.records import RunSpec, StageSpan
from tests.support import made_up

PROBE = 90


def features_at(epoch, seed=0, count=PROBE):
    """Three groups that move apart: [count, 6] float16."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1, (3, 6))
    noise = random.normal(0, 1, (count, 6))
    return ((1 + 0.2 * epoch) * centres[np.arange(count) % 3] + noise).astype(np.float16)


@pytest.fixture
def make_run(store):
    """A run with so many epochs of features; ``change`` may spoil those of an epoch."""

    def make(epochs=3, seed=0, change=lambda epoch, features: features, **facts):
        facts = made_up.facts(**facts)
        stages = (StageSpan("train", 1, 20),)
        run = store.create(RunSpec(epochs=20), facts, stages, "CPU")
        for epoch in range(1, epochs + 1):
            features = change(epoch, features_at(epoch, seed))
            snapshot = replace(made_up.snapshot(epoch), probe_features=features)
            if facts.num_train != len(snapshot.samples.confidence):
                snapshot = replace(snapshot, samples=None)
            store.append(run.id, snapshot)
        store.set_status(run.id, "done")
        return run.id

    return make
