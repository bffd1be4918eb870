"""The rank correlation of a column: of methods trained alike, by the schedule that most have."""

import pytest

from lnl.evidence import paper_tables
from lnl.evidence.measured_reproductions import Result
from lnl.evidence.rank_agreement import Agreement, agreements

(PART,) = paper_tables.parts("NLNL, Table 5")
COLUMN = ("symm-exc", 0.6)
CELLS = [line.cells[COLUMN] for line in PART.lines]


def trained(cell, ours, epochs=20, limit=20_000, seed=0):
    return Result(*cell.place[:6], 0.6, cell.method_id, cell.metric, cell.value, ours, seed,
                  epochs, limit, f"{epochs} epochs", 1.0, "CPU", "2")  # fmt: skip


def test_ours_in_the_papers_order():
    alike = [trained(cell, cell.value / 2) for cell in CELLS]
    found = agreements(PART, alike)
    assert found == {COLUMN: Agreement(pytest.approx(1.0), len(CELLS), 20, 20_000)}
    assert found[COLUMN].schedule == "20 epochs on the first 20,000 images"


def test_longer_trainings_of_a_few_do_not_mix_with_the_others():
    alike = [trained(cell, cell.value) for cell in CELLS]
    longer = [trained(cell, -cell.value, epochs=40, limit=None) for cell in CELLS[:3]]
    assert agreements(PART, alike + longer)[COLUMN].correlation == pytest.approx(1.0)
    only = agreements(PART, longer)[COLUMN]
    assert (only.correlation, only.methods) == (pytest.approx(-1.0), 3)
    assert only.schedule == "40 epochs on all images"


def test_seeds_are_averaged():
    first, *others = CELLS
    runs = [trained(cell, cell.value) for cell in others]
    luck = [trained(first, first.value - 100), trained(first, first.value + 100, seed=1)]
    assert agreements(PART, runs + luck)[COLUMN].correlation == pytest.approx(1.0)


def test_two_methods_are_no_correlation_and_equal_ones_have_none():
    assert agreements(PART, [trained(cell, cell.value) for cell in CELLS[:2]]) == {}
    assert agreements(PART, [trained(cell, 10.0) for cell in CELLS])[COLUMN].correlation is None


def test_an_undefined_value_does_not_count():
    unknown = [trained(CELLS[0], None), *(trained(cell, cell.value) for cell in CELLS[1:])]
    assert agreements(PART, unknown)[COLUMN].methods == len(CELLS) - 1
