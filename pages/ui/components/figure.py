"""``draw``: the only way to draw a chart. Our component around ``Plotly.react``.

``st.plotly_chart`` of Streamlit 1.67 makes every chart anew at each change of its data, and with it
loses zoom and hidden entries; should that change, this is the file to replace.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from plotly import __version__ as plotly_version

from lnl.charts import DARK, enlarged
from lnl.charts.offline import DRAWING
from pages.ui.components import downloads, scripts

HTML = """
<div class="lnl-figure">
  <div class="lnl-message" role="alert"></div>
  <div class="lnl-plot"></div>
  <div class="lnl-save">Save as
    <button type="button" data-save="png">PNG</button>
    <button type="button" data-save="svg">SVG</button>
    <button type="button" data-save="html" title="a page that opens without a server">HTML</button>
    <button type="button" data-save="csv" title="the numbers of this figure">CSV</button>
  </div>
</div>
"""
CSS = """
.lnl-plot { width: 100%; }
.lnl-plot.lnl-clickable .plotly .nsewdrag { cursor: pointer; }
.lnl-save { font-size: 0.875rem; color: var(--st-text-color); opacity: 0.75; text-align: right; }
.lnl-save button {
  font: inherit; color: var(--st-link-color); background: none; border: 0; padding: 0 0.25rem;
  cursor: pointer; text-decoration: underline;
}
.lnl-save button:focus-visible { outline: 2px solid var(--st-primary-color); }
"""


def _script() -> str:
    """All parts as one module, and the text of drawing.js for pages that are saved."""
    own = scripts.text(__file__, "dark.js", "figure.js")
    return f"{DRAWING}\nconst DRAWING = {json.dumps(DRAWING)};\n{own}"


_figure = st.components.v2.component(
    "lnl_figure",
    html=HTML,
    css=CSS,
    js=_script(),
    isolate_styles=False,  # plotly writes its styles into the document's head
)


@dataclass(frozen=True)
class Drawing:
    """A figure, ready to be sent: made once, shared by all viewers."""

    payload: bytes
    height: int
    name: str


def prepared(figure: go.Figure, name: str, label: str, big: bool = False) -> Drawing:
    """``name`` says in files what it is; ``label`` says what is seen to who cannot see it.

    ``big`` enlarges letters, lines and markers for a lecture hall.
    """
    text = (enlarged(figure) if big else figure).to_json()
    content = {
        "rev": sha1(text.encode()).hexdigest()[:12],
        "figure": json.loads(text),
        "dark": DARK,
        "name": name,
        "label": label,
        "source": f"{_base()}/app/static/plotly.min.js?v={plotly_version}",
    }
    payload = json.dumps(content, separators=(",", ":")).encode()
    return Drawing(payload, figure.layout.height or 360, name)


def draw(drawing: Drawing, key: str) -> dict[str, Any] | None:
    """Show it; with the same ``key`` the browser keeps its nodes, zoom and hidden entries.

    The cell just clicked, where ``layout.meta["cells"]`` has words on the cells of each panel:
    these words, its ``row`` and its ``column``.
    """
    named = json.dumps({"file": downloads.file_name(drawing.name)}).encode()
    payload = named[:-1] + b"," + drawing.payload[1:]
    heard = _figure(key=f"figure_{key}", data=payload, on_clicked_change=lambda: None)
    return dict(heard.clicked) if heard.clicked else None


def _base() -> str:
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""
