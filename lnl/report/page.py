"""The frame of a report: one HTML page that fetches nothing."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from lnl.charts.offline import library

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --muted: #59636e; --rule: #d0d7de;
  --paper: #ffffff; --shade: #f1f3f6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf2; --muted: #a3adb8; --rule: #333b45;
  --paper: #12161c; --shade: #1b212a; } }
body { font: 17px/1.5 "Source Sans", "Source Sans Pro", "Segoe UI", Helvetica, Arial, sans-serif;
  color: var(--ink); background: var(--paper); max-width: 76rem; margin: 0 auto;
  padding: 1.5rem; }
h1 { line-height: 1.2; } h2 { margin: 2.5rem 0 0.25rem; }
p.what, footer { color: var(--muted); } p { margin: 0.25rem 0 0.75rem; }
.scroll { overflow-x: auto; } [hidden] { display: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.5rem; border-bottom: 1px solid var(--rule); text-align: left; }
:is(th, td):first-child { min-width: 9rem; }
td.number, th.number { text-align: right; } td.number { white-space: nowrap; }
.note { border-left: 4px solid #d55e00; padding: 0.5rem 1rem; background: var(--shade); }
pre { background: var(--shade); padding: 0.75rem 1rem; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: 15px; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 1rem; }
"""


def page(heading: str, body: str, style: str = "", script: str = "") -> str:
    """The whole page; ``body`` is HTML, ``heading`` is text; CSS and JavaScript of its own."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{plain(heading)} · LNL Explorer</title><style>{STYLE}{style}</style></head><body>
{body}
{library(script)}
</body></html>
"""


def table(
    head: Sequence[str],
    lines: Sequence[Sequence[str]],
    numbers_from: int = 99,
    helps: Mapping[str, str] | None = None,
) -> str:
    """A table of texts; cells from that place on are numbers, ``helps`` explain headings."""

    def cells(tag: str, line: Sequence[str], told: Mapping[str, str]) -> str:
        made = ""
        for place, cell in enumerate(line):
            kind = " class='number'" if place >= numbers_from else ""
            hint = f' title="{plain(told[cell])}"' if cell in told else ""
            made += f"<{tag}{kind}{hint}>{plain(cell)}</{tag}>"
        return made

    body = "".join(f"<tr>{cells('td', line, {})}</tr>" for line in lines)
    first = cells("th", head, helps or {})
    return f"<div class='scroll'><table><tr>{first}</tr>{body}</table></div>"


def plain(text: str) -> str:
    """Text as HTML: names come from users."""
    return html.escape(text)
