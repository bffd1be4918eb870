"""What 24 runs on one data set take: ``LNL_DATA=D python -m benchmarks.shared_images [DATASET]``.

Each run has a noise seed of its own; nothing is trained.
"""

import sys
import time
from pathlib import Path

from lnl.data import load_data

RUNS = 24


def resident() -> float:
    """MB of this process that lie in memory."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "cifar10"
    load_data("digits")  # the modules that all loads need
    before, started = resident(), time.perf_counter()
    runs = [load_data(name, noise="symmetric", rate=0.4, seed=seed) for seed in range(RUNS)]
    seconds = time.perf_counter() - started
    tensors = {run.train_images.data_ptr() for run in runs}
    taken = resident() - before
    print(f"{RUNS} loads of {name}: {seconds:.1f} s, {taken:,.0f} MB, {len(tensors)} tensors")
