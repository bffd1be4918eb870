"""Figures on a page without a server: each as JSON, the chart library once, nothing to fetch."""

from __future__ import annotations

import html
import json
from pathlib import Path

import plotly.graph_objects as go

from lnl.charts.theme import DARK

DRAWING = Path(__file__).with_name("drawing.js").read_text(encoding="utf-8")
# The official bundle with scatter, bar and pie alone, a quarter of the whole library; from npm:
# npm pack plotly.js-basic-dist-min@VERSION, where VERSION is that inside the plotly package.
LIBRARY = Path(__file__).parent / "plotly_basic" / "plotly-basic.min.js"
DRAWN = ("scatter", "bar", "pie")  # types of traces that it can draw


def embedded(figure: go.Figure, label: str) -> str:
    """The figure as HTML; ``label`` says what is seen to who cannot see it."""
    content = f'{{"figure":{figure.to_json()},"dark":{json.dumps(DARK)}}}'
    return (
        f'<div class="lnl-offline">{json_script(content)}'
        f'<div class="lnl-plot" role="img" aria-label="{html.escape(label)}"></div></div>'
    )


def json_script(content: str) -> str:
    """JSON as an element of a page that a script of the page can read."""
    # "<" could end the script, and occurs in JSON within texts alone
    escaped = content.replace("<", "\\u003c")
    return f'<script type="application/json">{escaped}</script>'


def library(more: str = "") -> str:
    """The scripts that draw all embedded figures of a page, once, at its end; ``more`` runs last.

    It draws the traces in ``DRAWN``, which are all that a report has.
    """
    plotly = LIBRARY.read_text(encoding="utf-8")
    return f"<script>{plotly}</script>\n<script>{DRAWING}\nshowOffline(Plotly);\n{more}</script>"
