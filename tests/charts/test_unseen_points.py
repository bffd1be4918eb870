"""Test images on feature maps: a third mark, in the samples' colours, and the map stays."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from lnl import charts
from lnl.charts import MapOptions, theme
from lnl.charts.feature_map import SVG_UP_TO
from lnl.charts.map_points import CROSS, DIAMOND, OPEN_DIAMOND, TEST, UNITS
from lnl.charts.probe_points import UnseenPoints
from tests.charts.test_feature_map import P, drawn, points, run, texts, traces

T = 12


def unseen(count=T, classes=5):
    random = np.random.default_rng(1)
    return UnseenPoints(
        places=random.uniform(-5, 5, (count, 2)),
        true=np.arange(count) % classes,
        prediction=(np.arange(count) + 1) % classes,
        confidence=np.linspace(0, 1, count).astype(np.float16),
    )


def both(count=P, tests=T, **changes):
    classes = changes.pop("classes", 5)
    return points(count, classes, unseen=unseen(tests, classes), **changes)


def parted(figure, panel=1):
    """Traces of samples, traces of test images."""
    found = traces(figure, panel)
    tests = {name: t for name, t in found.items() if name.startswith("test images")}
    return {name: t for name, t in found.items() if name not in tests}, tests


def places(found):
    """Which test images traces show, and where."""
    rows = np.concatenate([np.column_stack([t.customdata[:, 0], t.x, t.y]) for t in found])
    return rows[np.argsort(rows[:, 0])]


@pytest.mark.parametrize("colour", charts.colours([points()]))
def test_samples_stay_where_they_are_and_keep_their_symbols(colour):
    alone, beside = drawn(points(), colour), drawn(both(), colour)
    samples, tests = parted(beside)
    assert samples.keys() == traces(alone).keys()
    for name, trace in traces(alone).items():
        for part in ("x", "y", "customdata"):
            assert np.array_equal(samples[name][part], trace[part])
        assert np.array_equal(samples[name].marker.symbol, trace.marker.symbol)
        assert np.array_equal(samples[name].marker.color, trace.marker.color)
        assert samples[name].marker.opacity < trace.marker.opacity, "they step back"
    assert tests
    assert beside.layout.uirevision == alone.layout.uirevision, "zoom lasts"
    assert beside.layout.xaxis.range == alone.layout.xaxis.range


@pytest.mark.parametrize("colour", charts.colours([points()]))
def test_each_test_image_is_drawn_once_where_it_was_placed(colour):
    _, tests = parted(drawn(both(), colour))
    found = places(tests.values())
    assert found[:, 0].tolist() == list(range(P, P + T)), "behind the samples of the probe"
    scale = found[:, 1:] / unseen().places
    assert scale == pytest.approx(scale.mean(), rel=0.01)
    assert np.abs(found[:, 1:]).max() <= UNITS
    for trace in tests.values():
        assert trace.hoverinfo == "none", "our own part shows the picture"
        assert trace.type == "scatter"


@pytest.mark.parametrize("colour", charts.colours([points()]))
def test_plotly_takes_every_part_of_the_figure(colour):
    go.Figure(drawn([both(), both(count=SVG_UP_TO + 1)], colour).to_dict())


def test_hover_knows_prediction_and_confidence_in_the_class():
    (trace,) = parted(drawn(both()))[1].values()
    known = unseen()
    percent = np.rint(100 * known.confidence.astype(float))
    assert np.array_equal(trace.customdata[:, 1], known.prediction)
    assert np.array_equal(trace.customdata[:, 2], percent)


@pytest.mark.parametrize("colour", ["mislabelled", "given label"])
def test_what_they_have_not_got_leaves_them_grey_and_hollow(colour):
    (trace,) = parted(drawn(both(), colour))[1].values()
    assert (trace.marker.symbol, trace.marker.color) == (OPEN_DIAMOND, theme.MUTED)


@pytest.mark.parametrize("colour", ["true label", "prediction"])
def test_classes_are_in_the_samples_colours(colour):
    samples, tests = parted(drawn(both(), colour))
    values = unseen().true if colour == "true label" else unseen().prediction
    for number, name in enumerate("01234"):
        trace = tests[f"test images, {name}"]
        assert (trace.customdata[:, 0] - P).tolist() == np.flatnonzero(values == number).tolist()
        assert trace.marker.color == samples[name].marker.color == theme.CATEGORIES[number]
        assert (trace.marker.symbol, trace.marker.line.color) == (DIAMOND, theme.INK)


def test_confidence_is_on_the_samples_scale_and_its_title_says_whose():
    figure = drawn(both(), "confidence")
    (trace,) = parted(figure)[1].values()
    assert trace.marker.coloraxis == "coloraxis"
    assert np.array_equal(trace.marker.color, np.rint(100 * unseen().confidence.astype(float)))
    title = figure.layout.coloraxis.colorbar.title.text
    assert title.split("<br>")[1] == f"{TEST}, confidence in its class"
    assert "<br>" not in drawn(points(), "confidence").layout.coloraxis.colorbar.title.text


def test_one_entry_of_the_legend_hides_them_all():
    for colour in ("mislabelled", "true label"):
        figure = drawn([both(), both()], colour)
        entries = [t for t in figure.data if t.showlegend and t.legendgroup == TEST]
        assert [(t.name, t.marker.symbol) for t in entries] == [(TEST, OPEN_DIAMOND)]
        for panel in (1, 2):
            assert {t.legendgroup for t in parted(figure, panel)[1].values()} == {TEST}
    uids = [t.uid for t in figure.data]
    assert len(set(uids)) == len(uids)
    assert TEST not in [t.name for t in drawn(points()).data]


def test_a_map_without_them_stands_beside_one_with_them():
    figure = drawn([points(), None, both()])
    assert [len(parted(figure, panel)[1]) for panel in (1, 2, 3)] == [0, 0, 1]


def test_classes_beyond_those_in_colour_are_grey_and_no_name_is_missed():
    odd = replace(unseen(), prediction=np.arange(T) + 90)  # of another version: no such class
    facts = {"num_classes": 20, "class_names": tuple(f"c{i}" for i in range(20))}
    whole = points(count=300, classes=20, unseen=odd)
    _, tests = parted(drawn(whole, "prediction", (3,), runs=[run(run_id="a", **facts)]))
    assert list(tests) == ["test images, other classes"]
    assert tests["test images, other classes"].marker.color == theme.UNKNOWN


def test_without_true_labels_they_have_their_classes_still():
    blind = both(truth=False)
    assert charts.colours([blind]) == ["given label", "prediction", "confidence"]
    figure = drawn(blind)
    assert CROSS not in {t.marker.symbol for t in figure.data}
    assert "mislabelled" not in " ".join(texts(figure))


def test_they_are_drawn_in_the_way_of_the_samples():
    kinds = {t.type for t in drawn(both(count=SVG_UP_TO + 1)).data if t.x[0] is not None}
    assert kinds == {"scattergl"}
    assert {t.type for t in drawn(both(count=SVG_UP_TO)).data} == {"scatter"}


@pytest.mark.parametrize("colour", charts.colours([points()]))
def test_a_board_of_six_maps_stays_small(colour):
    figure = charts.feature_maps(
        [run(run_id=f"r{number}") for number in range(6)],
        [both(count=2000, tests=500, classes=10) for _ in range(6)],
        MapOptions(colour),
    )
    assert len(figure.to_json()) < 300_000
