"""One sample's history: every mark against known values, in the colours of what it means."""

import itertools

import numpy as np
import pytest

from lnl.charts import theme
from lnl.charts.sample_history import SampleCourse, sample_history
from tests.support import made_up


def course(**changes):
    plain = {
        "given": 3,
        "true": 5,
        "epochs": np.arange(1, 7),
        "confidence": np.linspace(0, 1, 6).astype(np.float16),
        "clean_score": np.linspace(1, 0, 6).astype(np.float16),
        "prediction": np.array([1, 5, 5, 3, 3, 3], np.uint16),
        "selected": np.array([True, True, False, False, False, True]),
        "values": {},
        "scored": False,
    }
    return SampleCourse(**(plain | changes))


def shown(figure):
    return {trace.name: trace for trace in figure.data}


def test_each_prediction_is_marked_by_what_it_means():
    traces = shown(sample_history(made_up.info(), course()))
    wrong, true, other = (
        traces[name] for name in ("as the wrong label", "as the true class", "as another class")
    )
    assert (wrong.x.tolist(), true.x.tolist(), other.x.tolist()) == ([4, 5, 6], [2, 3], [1])
    assert (wrong.marker.color, true.marker.color) == (theme.MISLABELLED, theme.RECOVERED)
    assert len({wrong.marker.symbol, true.marker.symbol, other.marker.symbol}) == 3
    assert set(wrong.y) == {"3 (given)"}
    assert set(true.y) == {"5 (true)"}
    assert list(other.customdata) == ["1"]
    assert sample_history(made_up.info(), course()).layout.yaxis2.categoryarray == (
        "1",
        "5 (true)",
        "3 (given)",
    )


def test_a_clean_sample_is_blue_and_an_unknown_one_is_neither():
    clean = shown(sample_history(made_up.info(), course(true=3)))
    assert clean["as labelled, rightly"].marker.color == theme.CLEAN
    assert set(clean["as labelled, rightly"].y) == {"3 (given, true)"}
    blind = shown(sample_history(made_up.info(), course(true=None)))
    assert blind["as labelled"].marker.color == theme.INK
    words = str(sample_history(made_up.info(), course(true=None)).to_dict())
    assert "true class" not in words
    assert "(true)" not in words
    assert theme.MISLABELLED not in words


def test_the_selection_is_a_strip_with_two_cues():
    traces = shown(sample_history(made_up.info(), course()))
    kept, left = traces["in the selection"], traces["left out"]
    assert (kept.x.tolist(), left.x.tolist()) == ([1, 2, 6], [3, 4, 5])
    assert kept.marker.color != left.marker.color
    assert kept.marker.pattern.shape != left.marker.pattern.shape


def test_thinned_epochs_leave_no_gaps_in_the_strip():
    thinned = course(epochs=np.arange(1, 19, 3))
    assert shown(sample_history(made_up.info(), thinned))["left out"].width == 3


def test_the_clean_score_is_drawn_only_where_the_method_keeps_one():
    assert "clean score" not in shown(sample_history(made_up.info(), course()))
    traces = shown(sample_history(made_up.info(), course(scored=True)))
    assert np.allclose(traces["clean score"].y, np.linspace(1, 0, 6), atol=1e-3)
    assert np.allclose(traces["confidence"].y, np.linspace(0, 1, 6), atol=1e-3)
    assert traces["clean score"].line.dash != traces["confidence"].line.dash
    assert traces["a guess (1/c)"].y == (0.1, 0.1)


def test_own_values_get_rows_and_an_inferred_label_stands_among_the_predictions():
    values = {
        "weight": np.full(6, 0.25, np.float16),
        "inferred_label": np.array([np.nan, 5, 5, 5, 3, 3], np.float16),
    }
    figure = sample_history(made_up.info(), course(values=values))
    traces = shown(figure)
    assert (traces["weight"].yaxis, set(traces["weight"].y.tolist())) == ("y4", {0.25})
    inferred = traces["label inferred by the method"]
    assert inferred.yaxis == "y2"
    assert list(inferred.y) == ["5 (true)"] * 3 + ["3 (given)"] * 2
    assert [a.text for a in figure.layout.annotations][-1] == "weight"


def test_many_classes_share_the_last_line():
    prediction = np.array([0, 1, 2, 4, 6, 7, 8, 9], np.uint16)
    many = course(
        prediction=prediction,
        epochs=np.arange(1, 9),
        confidence=np.zeros(8, np.float16),
        clean_score=np.zeros(8, np.float16),
        selected=np.zeros(8, np.bool_),
    )
    figure = sample_history(made_up.info(), many)
    lines = figure.layout.yaxis2.categoryarray
    assert len(lines) == 7
    assert lines[0] == "another class"
    drawn = shown(figure)["as another class"]
    assert list(drawn.y).count("another class") == 4
    assert list(drawn.customdata) == [str(label) for label in prediction]


def test_stages_are_shaded_through_all_rows_and_the_epoch_is_marked():
    figure = sample_history(made_up.info("selnlpl"), course(), epoch=4)
    shapes = {shape.name: shape for shape in figure.layout.shapes}
    assert (shapes["stage NL"].x0, shapes["stage NL"].x1) == (0.5, 8.5)
    assert (shapes["stage SelPL"].y0, shapes["stage SelPL"].y1) == (0, 1)
    assert shapes["epoch looked at"].x0 == 4
    assert {"NL", "SelNL", "SelPL"} <= {a.text for a in figure.layout.annotations}


@pytest.mark.parametrize("own", [0, 1, 3, 5])
def test_rows_do_not_overlap_and_text_is_large(own):
    values = {f"value_{n}": np.zeros(6, np.float16) for n in range(own)}
    layout = sample_history(made_up.info(), course(values=values)).layout.to_plotly_json()
    domains = [layout[name]["domain"] for name in layout if name.startswith("yaxis")]
    assert len(domains) == 3 + min(own, 3)
    assert all(0 <= low < high <= 1 for low, high in domains)
    assert all(above[0] > below[1] for above, below in itertools.pairwise(domains))
    assert all(note["font"]["size"] >= 16 for note in layout["annotations"])


def test_class_names_from_outside_are_no_markup():
    names = ("<a href='x'>y</a>", *map(str, range(1, 10)))
    info = made_up.info(data=made_up.facts(class_names=names))
    figure = sample_history(info, course(given=0, prediction=np.zeros(6, np.uint16)))
    assert "<a" not in str(figure.to_dict())
    assert "&lt;a" in str(figure.layout.yaxis2.categoryarray)
