"""A run to be exported."""

import numpy as np
import pytest
import torch

from tests.runs.conftest import make_kept


@pytest.fixture
def run(store, new_run, snapshot):
    """A run of three epochs, two of them with arrays in one file and one in another."""
    run = new_run(method="selnl", data_dir="/home/someone", settings={"threshold": 0.4})
    for epoch, values in ((1, ()), (2, ("weight",)), (3, ("weight",))):
        store.append(run, snapshot(epoch, values=values), {"weights": torch.ones(2) * epoch})
    images = np.random.default_rng(0).integers(0, 256, (50, 1, 4, 4)).astype(np.uint8)
    store.keep_data("abc50", make_kept(images=images))
    store.set_status(run, "stopped", "by hand")
    return run
