"""A film holds each of its figures whole, however they differ, in few bytes."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl import charts
from lnl.charts import MapOptions
from lnl.charts.film import Places, film, map_film, marked_film
from lnl.charts.map_points import CUSTOM
from lnl.records import BINS, FeatureMap
from tests.charts import test_feature_map as maps
from tests.support import made_up, replayed

TRACES = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("bar"), "y": st.lists(st.integers(-3, 3), max_size=3)},
        optional={"name": st.text(max_size=3)},
    ),
    max_size=3,
)


def plain(figure):
    return json.loads(figure.to_json())


@given(st.lists(TRACES, min_size=1, max_size=5))
def test_each_frame_is_its_figure(frames):
    figures = [go.Figure({"data": data}) for data in frames]
    made = json.loads(json.dumps(film(figures)))
    assert [replayed.framed(made, n) for n in range(len(frames))] == list(map(plain, figures))


def test_the_bars_of_each_epoch_are_its_counts():
    runs = [made_up.run(method, 20) for method in ("ce", "selnlpl")]
    made = film([charts.histograms(runs, epoch=epoch) for epoch in range(1, 21)])
    for epoch in range(1, 21):
        drawn = np.zeros((2, 2, 10), int)  # run, group, bar
        for trace in replayed.framed(made, epoch - 1)["data"]:
            run, group = trace["meta"] == "SelNLPL", trace["name"] == "mislabelled"
            bars = np.floor(10 * replayed.array(trace["x"])).astype(int)
            counts = replayed.array(trace["customdata"])[:, 0]
            drawn[int(run), int(group), bars] = counts
            sign = -1 if group else 1
            assert replayed.array(trace["y"]) == pytest.approx(sign * counts / counts.sum())
        for run, known in enumerate(runs):
            groups = known.records[epoch - 1].confidence["mean"]
            for group, name in enumerate(("clean", "mislabelled")):
                wanted = groups[name].reshape(10, BINS // 10).sum(1)
                assert drawn[run, group].tolist() == wanted.tolist()


def test_curves_are_sent_once_and_their_line_moves():
    runs, epochs = [made_up.run(m, 20) for m in ("ce", "selnlpl")], list(range(1, 21))
    made = marked_film(charts.fitting_curves(runs, 1), epochs)
    assert {track["path"][:2] for track in made["tracks"]} == {("layout", "shapes")}
    for number, epoch in enumerate(epochs):
        wanted = plain(charts.fitting_curves(runs, epoch))
        assert replayed.framed(made, number) == wanted


@pytest.mark.parametrize("count", [40, 1200])
def test_points_lie_where_their_map_has_them_and_are_sent_once(count):
    runs = [maps.run(run_id=name) for name in ("a", "b")]
    random = np.random.default_rng(1)

    def point():
        where = random.uniform(-5, 5, (count, 2)).astype(np.float16)
        return maps.points(count, found=FeatureMap(1, "umap", where))

    points = [[None, point()], [point(), point()], [point(), point()]]
    places = Places()
    films = {}
    for colour in ("mislabelled", "given label"):
        figures = [charts.feature_maps(runs, found, MapOptions(colour)) for found in points]
        films[colour] = map_film(figures, places)
        for number, figure in enumerate(figures):
            frame = replayed.framed(films[colour], number, places.tracks())
            for drawn, wanted in zip(frame["data"], figure.data, strict=True):
                assert np.array_equal(drawn["x"], wanted.x)
                assert np.array_equal(drawn["y"], wanted.y)
                assert drawn["type"] == "scatter", "without WebGL"
    assert list(places.tracks()) == ["x2", "x"]
    assert places.tracks()["x"]["values"][0] is None, "no map yet"
    once = len(json.dumps(places.tracks()))
    assert once > 5 * count * 4, "two int16 a point and map"
    for made in films.values():
        rows = 2 * 4 * count  # each trace names its points once a structure, not once an epoch
        assert len(json.dumps(made)) < rows + 40_000


def test_customdata_begins_with_the_place_in_the_probe():
    figure = charts.feature_maps([maps.run()], [maps.points()], MapOptions())
    assert {np.asarray(trace.customdata).shape[1] for trace in figure.data} == {CUSTOM}
