"""What the tests of the page Compare read, and the labels of their made-up data."""

import json

import numpy as np

from tests.support import made_up

PAGE = "pages/compare.py"

TRUE = np.arange(made_up.CLEAN + made_up.MISLABELLED) % 10

GIVEN = np.where(np.arange(len(TRUE)) < made_up.MISLABELLED, (TRUE + 1) % 10, TRUE)


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


def tables(at):
    return "\n".join(box.proto.body for box in at.get("html"))


def results(at, key="results"):
    """The cells of a sortable table, by the name of their row, and the headings."""
    shown = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_table"]
    (found,) = (json.loads(proto.json) for proto in shown if key in proto.id.split("-"))
    return {line[0]: line[1:] for line in found["lines"]}, [h["title"] for h in found["head"]]


def drawn(figures, at):
    traces = figures(at)["curves"]["figure"]["data"]
    return [(t["meta"]["run"], t["meta"]["series"]) for t in traces]


def groups(figures, at):
    return list(dict.fromkeys(run for run, series in drawn(figures, at) if "," not in series))
