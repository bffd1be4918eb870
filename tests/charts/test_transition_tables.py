"""Matrices side by side: one scale, cells of a known colour, numbers where there is room."""

import numpy as np

from lnl.charts import TransitionTable, transition_tables
from lnl.findings import RunRecords
from tests.support import made_up

RUN = RunRecords(made_up.info(), [made_up.record(1)])
ESTIMATED = np.array([[0.75, 0.25], [0.004, 0.996]])
TRUE = np.array([[0.6, 0.4], [np.nan, np.nan]])


def test_both_on_one_scale_with_their_percent():
    tables = [TransitionTable(RUN, "true", TRUE), TransitionTable(RUN, "estimated: CE", ESTIMATED)]
    figure = transition_tables(tables, ["cat", "dog"])
    true, estimated = figure.data
    assert (true.zmin, true.zmax) == (estimated.zmin, estimated.zmax)
    assert true.colorscale == estimated.colorscale
    assert [each.showscale for each in figure.data] == [True, False]
    assert [*true.text] == [["60", "40"], ["", ""]]
    assert [*estimated.text] == [["75", "25"], ["", "100"]]
    assert estimated.z[0].tolist() == [173, 100]  # 200 √share
    titles = [note.text for note in figure.layout.annotations]
    assert any("estimated: CE" in title for title in titles)


def test_many_classes_hold_no_numbers():
    names = [f"class {n}" for n in range(11)]
    (cells,) = transition_tables([TransitionTable(RUN, "true", np.eye(11))], names).data
    assert cells.text is None


def test_on_a_low_screen_a_row_of_numbers_keeps_its_height():
    few, many = (
        transition_tables([TransitionTable(RUN, "true", np.eye(n))], [*map(str, range(n))])
        for n in (10, 60)
    )
    least = [figure.layout.meta["arrange"][0]["rows"]["least"] for figure in (few, many)]
    assert least == [170, 220]
