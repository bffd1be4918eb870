"""The table of a comparison as text: CSV for spreadsheets, Markdown and LaTeX for papers."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.comparison.results import COLUMNS, Column, Row
from lnl.findings import words_for_test_set
from lnl.findings.spread import Spread
from lnl.spreadsheet import csv_text

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{letter: f"\\{letter}" for letter in "&%$#_"},
}


def shown(value: Spread | None, unit: str, sign: bool = False) -> str:
    """A number as it is read: "93.4 ± 0.2", percent without its sign; "–" where unknown."""
    if value is None:
        return "–"
    scale, digits = (100, 1) if unit == "%" else (1, 1)
    mean = f"{value.mean * scale:{'+' if sign else ''}.{digits}f}"
    return mean if value.deviation is None else f"{mean} ± {value.deviation * scale:.{digits}f}"


def used(rows: Sequence[Row]) -> list[Column]:
    """The columns in which some row has a number."""
    return [c for c in COLUMNS if any(row.values[c.title] is not None for row in rows)]


def title(column: Column) -> str:
    """With its unit: "last (%)"."""
    return f"{column.title} (%)" if column.unit == "%" else column.title


def csv_table(rows: Sequence[Row]) -> str:
    """A line a row; means and deviations in columns of their own, rates as fractions."""
    columns = used(rows)
    names = [n for c in columns for n in (c.title, f"{c.title}: standard deviation")]
    head = ["run", "method", "runs", "tested on", *names]
    head += ["published", "published in", "difference"]
    lines: list[list[object]] = []
    for row in rows:
        numbers = [n for c in columns for n in _numbers(row.values[c.title])]
        beside = row.accuracy
        told: list[object] = ["", "", ""]
        if beside:
            told = [beside.published, beside.where, _number(beside.difference)]
        lines.append(
            [row.name, row.method, row.count, words_for_test_set(row.run.data), *numbers, *told]
        )
    return csv_text(head, lines)


def markdown_table(rows: Sequence[Row]) -> str:
    """A Markdown table, names as they are but for what would break a cell."""
    columns = used(rows)
    lines = [["run", *map(title, columns)], ["---"] + ["---:"] * len(columns)]
    lines += [[_cell(row.name), *_texts(row, columns)] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def latex_table(rows: Sequence[Row]) -> str:
    """A ``tabular`` for a paper; needs no package."""
    columns = used(rows)
    lines = [["run", *map(title, columns)]] + [[r.name, *_texts(r, columns)] for r in rows]
    body = [" & ".join(_latex(cell) for cell in line) + r" \\" for line in lines]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{l{'r' * len(columns)}}}",
            r"\hline",
            body[0],
            r"\hline",
            *body[1:],
            r"\hline",
            r"\end{tabular}",
            "",
        ]
    )


def _numbers(value: Spread | None) -> tuple[float | str, float | str]:
    return ("", "") if value is None else (_number(value.mean), _number(value.deviation))


def _number(value: float | None) -> float | str:
    return "" if value is None else float(f"{value:.6g}")


def _texts(row: Row, columns: Sequence[Column]) -> list[str]:
    return [shown(row.values[c.title], c.unit) for c in columns]


def _cell(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", r"\|").split())


def _latex(text: str) -> str:
    escaped = "".join(_LATEX.get(letter, letter) for letter in text)
    return escaped.replace("±", r"$\pm$").replace("–", "--").replace("·", r"$\cdot$")


PUBLISHED = (
    "run",
    "paper",
    "metric",
    "published",
    "this run",
    "difference",
    "reproduced",
    "schedule",
)


def published_lines(found: Sequence[Row]) -> list[list[str]]:
    """What the papers print for the same data, noise, network and method, under ``PUBLISHED``."""
    return [
        [
            row.name,
            beside.where,
            beside.what,
            f"{beside.cell.value:.2f}",
            shown(beside.ours, "%"),
            signed(beside.difference),
            shown(beside.reproduced, "%"),
            "; ".join(beside.schedules) or "–",
        ]
        for row in found
        for beside in row.beside
    ]


def signed(difference: float | None) -> str:
    """A difference of fractions in points, with its sign."""
    return "–" if difference is None else f"{100 * difference:+.1f}"
