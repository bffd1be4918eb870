"""The table of costs: what is written is read; a newer measurement of a case replaces the old."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lnl.evidence import measured_costs
from lnl.evidence.csv_tables import FOLDER
from lnl.evidence.measured_costs import Cost, StageCost

COST = Cost(
    method="selnl",
    dataset="digits",
    images=1437,
    network="small-cnn",
    batch_size=64,
    rounds=3,
    training=1.1,
    training_low=0.9,
    training_high=1.25,
    epoch=1.05,
    epoch_low=0.95,
    epoch_high=1.2,
    epoch_seconds=0.4,
    stages=(StageCost("warm-up", 0.25, 1.0), StageCost("later on", 0.75, 1.067)),
    memory=1.01,
    memory_mb=84.5,
    base="",
    device="CPU, 1 thread, float32",
    torch="2.15.0",
    date="2026-11-21",
)


def test_what_is_kept_is_read(tmp_path):
    table = tmp_path / "costs.csv"
    unknown = replace(COST, method="nl", memory=None, memory_mb=None)
    measured_costs.keep([COST, unknown], table)
    assert measured_costs.read(table) == [COST, unknown]


@given(st.floats(0.01, 100), st.floats(0, 1))
def test_stages_keep_three_digits(tmp_path_factory, ratio, share):
    table = tmp_path_factory.mktemp("costs") / "costs.csv"
    measured_costs.keep([replace(COST, stages=(StageCost("nl", share, ratio),))], table)
    ((stage,),) = [cost.stages for cost in measured_costs.read(table)]
    assert abs(stage.ratio - ratio) < 6e-4
    assert abs(stage.share - share) < 6e-4


def test_a_newer_measurement_replaces_that_of_the_same_case_only(tmp_path):
    table = tmp_path / "costs.csv"
    other = replace(COST, device="GPU")
    measured_costs.keep([COST, other], table)
    measured_costs.keep([replace(COST, epoch=2.0)], table)
    assert [(cost.device, cost.epoch) for cost in measured_costs.read(table)] == [
        (COST.device, 2.0),
        ("GPU", COST.epoch),
    ]


def test_no_table_is_no_measurement(tmp_path):
    assert measured_costs.read(tmp_path / "none.csv") == []


def test_the_committed_table_is_sound():
    kept = measured_costs.read(FOLDER / "costs.csv")
    assert kept
    for cost in kept:
        assert cost.epoch_low <= cost.epoch <= cost.epoch_high
        assert cost.training_low <= cost.training <= cost.training_high
        assert abs(sum(stage.share for stage in cost.stages) - 1) < 0.01
        mean = sum(stage.share * stage.ratio for stage in cost.stages)
        assert abs(mean - cost.epoch) < 0.01
