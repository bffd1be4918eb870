import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl import charts
from lnl.charts import LabelTable, counted
from lnl.errors import BadInput
from lnl.findings import RunRecords
from tests.support import made_up

NAMES = tuple("0123456789")


def table(counts, other="true", **changes):
    return LabelTable(RunRecords(made_up.info(**changes), []), other, np.asarray(counts), 7)


def test_each_sample_is_counted_in_the_row_of_its_given_label():
    given_labels, other = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    assert counted(given_labels, other, 3).tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_samples_of_no_class_get_a_column():
    assert counted(np.array([0, 1]), np.array([-1, 1]), 2).tolist() == [[0, 0, 1], [0, 1, 0]]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), max_size=50))
def test_no_sample_is_lost(pairs):
    labels = np.array(pairs, np.int64).reshape(-1, 2)
    counts = counted(labels[:, 0], labels[:, 1], 5)
    assert counts.sum() == len(pairs)
    for row, column in {*pairs}:
        assert counts[row, column] == pairs.count((row, column))


def test_cells_carry_counts_and_the_colour_of_their_share_of_the_row():
    figure = charts.confusion([table([[75, 25], [0, 400]])], ("cat", "dog"))
    (cells,) = figure.data
    assert np.asarray(cells.customdata).tolist() == [[75, 25], [0, 400]]
    assert [list(row) for row in cells.text] == [["75", "25"], ["0", "400"]]
    assert (np.asarray(cells.z) / cells.zmax) ** 2 == pytest.approx(
        np.array([[0.75, 0.25], [0, 1]]), abs=0.01
    )
    assert (list(cells.x), list(cells.y)) == (["cat", "dog"], ["cat", "dog"])


@pytest.mark.parametrize(
    ("count", "printed"),
    [(999, "999"), (1000, "1.0k"), (3222, "3.2k"), (9949, "9.9k"), (9950, "10k"), (45_000, "45k")],
)
def test_large_counts_are_printed_short_and_told_in_full_on_hover(count, printed):
    (cells,) = charts.confusion([table([[count, 0], [0, 1]])], ("a", "b")).data
    assert cells.text[0][0] == printed
    assert np.asarray(cells.customdata)[0, 0] == count


def test_all_heat_maps_share_one_scale():
    two = [table(np.eye(10, dtype=int)), table(np.full((10, 10), 9), "predicted")]
    figure = charts.confusion(two, NAMES)
    assert [(t.zmin, t.zmax, t.colorscale) for t in figure.data] == [
        (0, figure.data[0].zmax, figure.data[0].colorscale)
    ] * 2
    assert [t.showscale for t in figure.data] == [True, False]
    titles = [a.text for a in figure.layout.annotations]
    assert titles == ["<b>given against true label</b>", "<b>CE: predicted</b>"]


def test_a_hundred_classes_are_coloured_but_not_printed():
    names = [f"class number {i}" for i in range(100)]
    figure = charts.confusion([table(np.eye(100, dtype=int) * 50)], names)
    (cells,) = figure.data
    assert cells.texttemplate == ""
    assert len(figure.layout.xaxis.tickvals) == 10
    assert len(figure.to_json()) < 80_000


def test_equal_names_stay_two_classes():
    figure = charts.confusion([table(np.eye(2, dtype=int))], ("plane", "plane"))
    assert list(figure.data[0].x) == ["plane", "plane (2)"]


def test_names_from_outside_are_text():
    figure = charts.confusion([table(np.eye(2, dtype=int))], ("<a href='x'>", "b"))
    assert "<a" not in figure.data[0].x[0]


def test_samples_of_no_class_are_named():
    figure = charts.confusion([table([[1, 0, 2], [0, 3, 0]])], ("a", "b"))
    assert list(figure.data[0].x) == ["a", "b", "no class"]
    assert list(figure.data[0].y) == ["a", "b"]


def test_each_panel_says_what_its_cells_are():
    two = [table(np.eye(2, dtype=int)), table(np.eye(2, dtype=int), "predicted", run_id="b")]
    cells = charts.confusion(two, ("a", "b")).layout.meta["cells"]
    assert cells == {
        "x": {"run": "run-ce", "epoch": 7, "other": "true"},
        "x2": {"run": "b", "epoch": 7, "other": "predicted"},
    }


def test_no_table_is_refused():
    with pytest.raises(BadInput, match="1 to 8 runs, got 0"):
        charts.confusion([], NAMES)
