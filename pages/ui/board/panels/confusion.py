"""Given against true labels, beside what each run takes the samples for."""

from __future__ import annotations

import streamlit as st

from lnl import charts
from lnl.charts import LabelTable, counted
from lnl.errors import StoreError
from lnl.findings import RunRecords
from lnl.samples.at_epoch import Samples, samples_at
from pages.ui.board.panels.panel import Options, Panel
from pages.ui.board.view import Key, View
from pages.ui.components import figure
from pages.ui.components.figure import Drawing
from pages.ui.shell import in_view, parts, state

MOST = 8  # heat maps in a figure


def draw(view: View, options: Options) -> None:
    """The heat maps of the chosen epoch, or what is missing; a click on a cell lists samples."""
    try:
        drawing, left_out = _drawing(view.key)
    except StoreError as error:
        st.caption(parts.words(error))
        return
    if left_out:
        st.caption(left_out)
    cell = figure.draw(drawing, key="confusion") if drawing else None
    if cell:
        other = -1 if cell["column"] == len(view.runs[0].data.class_names) else cell["column"]
        asked = {"given": cell["row"], cell["other"]: other}
        in_view.open_samples(cell["run"], (run.id for run in view.runs), cell["epoch"], **asked)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawing(key: Key) -> tuple[Drawing | None, str]:
    view = View.of(key)
    first = view.runs[0].data
    tables: list[LabelTable] = []
    for run in view.records():
        samples = samples_at(state.store(), run.info.id, view.epoch, view.truth)
        if samples and run.info.data.class_names == first.class_names:
            tables += _tables(run, samples, tables)
    if not tables:
        return None, "Nothing is kept of this epoch's samples: look at the newest."
    missing = len(view.runs) - len([t for t in tables[:MOST] if t.other != "true"])
    told = (
        f"{missing} of the runs are left out: eight heat maps fit, of runs with the same "
        "classes and with samples kept."
    )
    made = charts.confusion(tables[:MOST], first.class_names)
    drawing = figure.prepared(made, "confusion", view.label("labels given and found"), view.big)
    return drawing, told if missing else ""


def _tables(run: RunRecords, samples: Samples, before: list[LabelTable]) -> list[LabelTable]:
    others = {"predicted": samples.predicted}
    if samples.inferred is not None:
        others = {"inferred": samples.inferred}
    seen = {t.run.info.data.fingerprint for t in before}
    if samples.known and run.info.data.fingerprint not in seen:
        others = {"true": samples.true, **others}
    classes = run.info.data.num_classes
    return [
        LabelTable(run, name, counted(samples.given, labels, classes), samples.epoch)
        for name, labels in others.items()
    ]


PANEL = Panel(
    "Confusion",
    "Which labels are taken for which",
    "How the given labels lie against the true ones, and against what each run takes the same "
    "samples for. Click a cell to see its samples.",
    "A row is a given label. Dark on the diagonal: it is kept. A run that recovers the true labels "
    "has the same picture as the first; one that memorised the given ones has its diagonal alone. "
    "Colours are shares of a row, cells count samples of the training set.",
    draw,
    whole_row=True,
)
