"""The benchmark measures what it says; how fast this machine is, no test asserts."""

import pytest

from lnl.measuring.speed import Bench, cases, measure
from lnl.records import RunSpec


def test_ratios_are_bare_over_engine():
    bench = Bench("x", 100, [2.0, 4.0], [4.0, 4.0], [1.0, 4.0], [3.0, 5.0])
    assert bench.ratios("training") == [0.5, 1.0]
    row = bench.row()
    assert row["training_ratio"] == 0.75
    assert row["epoch_range"] == "0.750-1.250"
    assert row["training_images_per_second"] == pytest.approx(100 / 3, abs=1)


def test_a_case_is_measured_turn_by_turn():
    found = measure(RunSpec(limit=64, device="cpu"), rounds=2)
    for part in ("training", "epoch"):
        assert len(found.ratios(part)) == 2
        assert min(found.ratios(part)) > 0
    for whole, training in zip(found.engine_epoch, found.engine_training, strict=True):
        assert whole > training


def test_without_real_data_the_embedded_set_is_measured(tmp_path):
    assert [case.dataset for case in cases(str(tmp_path), "cpu", None)] == ["digits"]
