from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl import charts
from lnl.charts.direct_labels import _LINE, MOST, labelled
from lnl.findings import RunRecords
from tests.support import made_up


def raw(figure):
    return {
        "data": [trace.to_plotly_json() for trace in figure.data],
        "layout": figure.layout.to_plotly_json(),
    }


def labels(figure):
    return [a for a in figure["layout"]["annotations"] if a.get("name", "").startswith("label ")]


def runs(*methods, epochs=20):
    each = range(1, epochs + 1)
    return [RunRecords(made_up.info(m), [made_up.record(e, m) for e in each]) for m in methods]


def lines(ends, range_=(0, 1), kind="linear"):
    """A plot with a line from the left to each end."""
    data = [
        {"type": "scatter", "mode": "lines", "name": name, "showlegend": True,
         "x": [0, 10], "y": [0.5, y], "line": {"color": "#000000"}}
        for name, y in ends.items()
    ]  # fmt: skip
    axes = {"xaxis": {"range": [0, 10]}, "yaxis": {"range": list(range_), "type": kind}}
    return {"data": data, "layout": {"margin": {}, "legend": {}, **axes}}


def test_every_line_is_named_once_and_the_legend_is_gone():
    plain = raw(charts.fitting_curves(runs("ce", "selnlpl")))
    made = labelled(plain)
    names = [a["text"] for a in labels(made)]
    assert sorted(names) == sorted(
        f"<b>{name}</b>"
        for name in ("given labels", "true labels", "memorised", "recovered", "test")
    )
    assert not [t for t in made["data"] if t.get("showlegend")]
    for after, before in zip(
        made["layout"]["meta"]["arrange"], plain["layout"]["meta"]["arrange"], strict=True
    ):
        assert after["layout"]["margin"]["b"] < before["layout"]["margin"]["b"]
        plots = [a["layout"]["height"] - a["layout"]["margin"]["b"] for a in (after, before)]
        assert plots[0] == plots[1], "the plots keep their height"
    assert made["layout"]["height"] == made["layout"]["meta"]["arrange"][0]["layout"]["height"]


def test_a_name_stands_where_its_end_is_free():
    made = labelled(raw(charts.fitting_curves(runs("ce", "selnlpl"))))
    places = {a["text"]: (a["xref"], a["x"]) for a in labels(made)}
    assert places["<b>recovered</b>"][1] == 20
    assert all(x == 20 for _, x in places.values())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=MOST))
def test_no_name_lies_over_another(ends):
    made = labelled(lines({str(number): y for number, y in enumerate(ends)}))
    heights = sorted(a["y"] for a in labels(made))
    assert len(heights) == len(ends)
    gaps = [high - low for low, high in pairwise(heights)]
    assert all(gap >= _LINE - 1e-9 for gap in gaps)
    assert all(0 <= height <= 1 for height in heights)


def test_an_early_end_has_its_name_on_its_right():
    early = lines({"a": 0.5})
    early["layout"]["xaxis"] = {"range": [0, 40]}
    assert labels(labelled(early))[0]["xanchor"] == "left"
    assert labels(labelled(lines({"a": 0.5})))[0]["xanchor"] == "right"


def test_on_a_logarithmic_axis_places_are_exponents():
    made = labelled(lines({"a": 0.01}, range_=(-4, 0), kind="log"))
    assert labels(made)[0]["y"] == pytest.approx(-2 + _LINE / 2 * 4)


def test_bars_are_named_on_the_side_to_which_they_grow():
    made = labelled(raw(charts.histograms(runs("ce", "selnlpl"))))
    sides = {(a["text"], a["yanchor"], a["yref"]) for a in labels(made)}
    assert sides == {
        ("<b>clean</b>", "top", "y domain"), ("<b>clean</b>", "top", "y2 domain"),
        ("<b>mislabelled</b>", "bottom", "y domain"), ("<b>mislabelled</b>", "bottom", "y2 domain"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "figure",
    [
        lines({str(n): n / 10 for n in range(MOST + 1)}),
        raw(charts.mislabelled_split(runs("ce"))),
        raw(go.Figure(go.Scatter(x=[1], y=[1], mode="markers", name="points", showlegend=True))),
        raw(go.Figure(go.Heatmap(z=[[1]]))),
    ],
)
def test_what_lines_cannot_tell_keeps_its_legend(figure):
    assert labelled(figure) is figure


def test_long_names_stay_in_the_legend():
    plain = lines({"CE · symmetric 20 % · seed 0": 0.2, "CE": 0.9})
    assert labelled(plain) == plain
