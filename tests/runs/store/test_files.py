from concurrent.futures import ThreadPoolExecutor

import numpy as np

from lnl.runs.store.files import read_arrays, write_arrays


def test_threads_may_write_the_same_file_at_once(tmp_path):
    path = tmp_path / "a.npz"
    with ThreadPoolExecutor(4) as pool:
        writes = [pool.submit(write_arrays, path, {"x": np.arange(9)}) for _ in range(200)]
    assert [write.exception() for write in writes] == [None] * 200
    assert read_arrays(path)["x"].tolist() == list(range(9))
    assert list(tmp_path.iterdir()) == [path], "nothing half-written is left"
