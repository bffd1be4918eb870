"""Published cells: read whole, matched to runs, results kept once."""

import pytest

from lnl.errors import BadInput
from lnl.published import answered_by, cells
from lnl.records import RunSpec
from lnl.reproduce import Choice, Result, read, reproduce, runnable


def test_all_749_numbers_are_there():
    assert len(cells()) == 749


def test_table_5_of_nlnl_by_hand():
    found = {
        (c.rate, c.method_id): c.value
        for c in cells()
        if (c.paper, c.table) == ("NLNL", "5") and c.spec is not None
    }
    assert found == {
        (0.2, "ce"): 88.02, (0.4, "ce"): 68.46, (0.6, "ce"): 45.51,
        (0.2, "nlnl"): 99.35, (0.4, "nlnl"): 99.27, (0.6, "nlnl"): 98.91,
    }  # fmt: skip


def test_a_run_finds_the_cells_it_stands_beside():
    spec = RunSpec(dataset="mnist", network="lenet5", noise="symmetric", rate=0.2, method="nlnl")
    assert [c.value for c in answered_by(spec)] == [99.35]
    assert answered_by(RunSpec(dataset="digits")) == []


def test_nothing_that_fits_is_bad_input():
    with pytest.raises(BadInput, match="no published cell fits"):
        runnable(Choice(papers=("NLNL",), datasets=("digits",)))


@pytest.mark.benchmark_data
def test_results_are_appended_and_not_trained_again(tmp_path):
    table = tmp_path / "reproduction.csv"
    choice = Choice(
        papers=("NLNL",), tables=("5",), methods=("ce",), rates=(0.4,), epochs=1, limit=500
    )
    (result,) = reproduce(choice, table)
    assert isinstance(result, Result)
    assert (result.published, result.metric) == (68.46, "acc")
    assert result.actual_noise_rate == pytest.approx(0.4, abs=0.02)
    assert result.schedule == "1 epochs of the method's 40, first 500 images"
    assert read(table) == [result]
    assert list(reproduce(choice, table)) == []
