"""Estimated transition matrices beside the true one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from lnl.charts import theme
from lnl.charts.class_grid import PRINTED, cells, class_axes, class_labels, margin
from lnl.charts.grid import Panel, Sheet
from lnl.findings import RunRecords

SHOWN = 0.005  # less is 0 percent


@dataclass(frozen=True)
class TransitionTable:
    """A matrix [K, K] of a run: row = true class, column = given label; NaN where unknown."""

    run: RunRecords
    title: str  # of its panel
    matrix: NDArray[np.float64]


def transition_tables(tables: Sequence[TransitionTable], class_names: Sequence[str]) -> go.Figure:
    """A heat map a table, all on one scale; up to ten classes each cell prints its percent, but 0.

    Raises BadInput for no table, or more than a figure can hold.
    """
    names = [theme.plain(name) for name in class_labels(class_names)[:-1]]
    ids = ",".join(f"{table.run.info.id} {table.title}" for table in tables)
    sheet = Sheet(
        [table.run for table in tables],
        class_axes(names, len(names), "given label", "true class"),
        f"transition:{ids}",
        titles=tuple(table.title for table in tables),
    )
    for panel, table in zip(sheet.panels(), tables, strict=True):
        _cells(panel, table, names)
    columns = theme.columns("given label", "true class", "share")
    return sheet.figure(margin=margin(sheet.axes), meta=columns)


def _cells(panel: Panel, table: TransitionTable, names: list[str]) -> None:
    matrix = table.matrix
    percent = [[f"{100 * v:.0f}" if v >= SHOWN else "" for v in row] for row in matrix]
    panel.sheet.data.append(
        cells(
            panel,
            np.nan_to_num(matrix).clip(0, 1),
            names,
            name=table.title,
            uid=f"{table.run.info.id}-{table.title}",
            meta=table.run.info.name,
            customdata=matrix.astype(np.float32),
            text=percent if len(matrix) <= PRINTED else None,
            hovertemplate="true class %{y}, given %{x}<br>%{customdata:.1%}<extra></extra>",
        )
    )
