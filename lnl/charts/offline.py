"""Figures on a page without a server: each as JSON, the chart library once, nothing to fetch."""

from __future__ import annotations

import html
import json
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from lnl.charts.theme import DARK

DRAWING = Path(__file__).with_name("drawing.js").read_text(encoding="utf-8")


def embedded(figure: go.Figure, label: str) -> str:
    """The figure as HTML; ``label`` says what is seen to who cannot see it."""
    content = f'{{"figure":{figure.to_json()},"dark":{json.dumps(DARK)}}}'
    # "<" could end the script, and occurs in JSON within texts alone
    escaped = content.replace("<", "\\u003c")
    return (
        f'<div class="lnl-offline"><script type="application/json">{escaped}</script>'
        f'<div class="lnl-plot" role="img" aria-label="{html.escape(label)}"></div></div>'
    )


def library() -> str:
    """The scripts that draw all embedded figures of a page; once, at its end."""
    return f"<script>{get_plotlyjs()}</script>\n<script>{DRAWING}\nshowOffline(Plotly);</script>"
