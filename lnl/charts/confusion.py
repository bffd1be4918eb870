"""Given labels against true ones, beside what each method takes the samples for."""

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


@dataclass(frozen=True)
class LabelTable:
    """How many samples of each given label (row) fall under each other label (column)."""

    run: RunRecords
    other: str  # what the columns are: "true", "predicted", "inferred"
    counts: NDArray[np.int64]  # [K, K], or [K, K + 1] with a last column of samples of no class
    epoch: int  # of the samples counted

    @property
    def title(self) -> str:
        """Of its panel; the true labels are those of all runs on the same data."""
        if self.other == "true":
            return "given against true label"
        return f"{self.run.info.name}: {self.other}"


def counted(given: NDArray[np.int64], other: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Counts of given [N] against other labels [N]; -1 goes into a last column, if it occurs."""
    columns = classes + int((other < 0).any())
    places = given * columns + np.where(other < 0, classes, other)
    return np.bincount(places, minlength=classes * columns).reshape(classes, columns)


def confusion(tables: Sequence[LabelTable], class_names: Sequence[str]) -> go.Figure:
    """A heat map a table, all on one scale: the share of each row, its square root as colour.

    The root lets a few samples be seen beside many. Up to ten classes each cell prints its count.
    ``layout.meta["cells"]`` says what the cells of each panel are: a click on one can be answered.
    Raises BadInput for no table, or more than a figure can hold.
    """
    width = max((table.counts.shape[1] for table in tables), default=0)
    names = [theme.plain(name) for name in class_labels(class_names)[:width]]
    ids = ",".join(f"{table.run.info.id} {table.title}" for table in tables)
    sheet = Sheet(
        [table.run for table in tables],
        class_axes(names, len(class_names), "true or predicted label", "given label"),
        f"confusion:{ids}",
        titles=tuple(table.title for table in tables),
    )
    for panel, table in zip(sheet.panels(), tables, strict=True):
        _cells(panel, table, names)
    answers = {
        f"x{panel.suffix}": {"run": table.run.info.id, "epoch": table.epoch, "other": table.other}
        for panel, table in zip(sheet.panels(), tables, strict=True)
    }
    columns = theme.columns(sheet.axes.x_title, sheet.axes.y_title, "samples")
    return sheet.figure(margin=margin(sheet.axes), meta={"cells": answers} | columns)


def _cells(panel: Panel, table: LabelTable, names: list[str]) -> None:
    counts = table.counts
    small = counts.shape[0] <= PRINTED
    panel.sheet.data.append(
        cells(
            panel,
            counts / np.maximum(counts.sum(axis=1, keepdims=True), 1),
            names,
            name=f"given against {table.other}",
            uid=f"{table.run.info.id}-{table.title}",
            meta=table.run.info.name,
            customdata=counts.astype(np.uint16 if counts.max(initial=0) < 2**16 else np.int32),
            text=[list(map(_short, row)) for row in counts.tolist()] if small else None,
            hovertemplate=f"given %{{y}}, {table.other} %{{x}}<br>%{{customdata:,d}} samples"
            "<extra></extra>",
        )
    )


def _short(count: int) -> str:
    """At most four letters, to fit a cell: "512", "3.2k", "45k"."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 9950 else f"{count / 1000:.0f}k"
