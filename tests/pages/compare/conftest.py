"""The page Compare, and runs for it."""

from dataclasses import replace

import numpy as np
import pytest

from lnl.records import EpochSnapshot, RunSpec
from tests.support import made_up
from tests.support.compare_page import GIVEN, PAGE, TRUE


@pytest.fixture
def compare(app, healthy):
    """Opens the page; nothing on it may be broken."""

    def open_page(*ids, **query):
        return healthy(app(PAGE, runs=",".join(ids), **query) if ids else app(PAGE, **query))

    return open_page


@pytest.fixture
def seed(store):
    """A run of CE or SelNLPL with its seeds, and with the predictions that are asked for."""

    def make(method="ce", seed=0, epochs=3, predictions=None, truth=True, **spec):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        facts = replace(facts, fingerprint=spec.pop("fingerprint", facts.fingerprint))
        run = store.create(
            RunSpec(method=method, seed=seed, epochs=20, **spec),
            facts,
            info.stages,
            info.device,
            name=f"{info.name} · digits · seed {seed}",
        )
        for epoch in range(1, epochs + 1):
            shot = made_up.snapshot(epoch, method, truth)
            if predictions is not None:
                samples = replace(shot.samples, prediction=predictions.astype(np.uint16))
                shot = EpochSnapshot(shot.record, samples=samples)
            store.append(run.id, shot)
        store.set_status(run.id, "done")
        return run.id

    return make


@pytest.fixture
def labels(store):
    """Keeps labels and images for the made-up data."""

    def keep(truth=True):
        kept = replace(
            made_up.kept_data(truth),
            given_labels=GIVEN,
            groups=np.where(GIVEN == TRUE, 0, 1) if truth else np.full(len(TRUE), 3),
            class_names=tuple("0123456789"),
        )
        store.keep_data(made_up.facts().fingerprint, kept)

    return keep
