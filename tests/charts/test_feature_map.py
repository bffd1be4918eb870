"""Maps of features: the right places, colours and symbols; what is hidden stays hidden."""

from itertools import combinations

import numpy as np
import pytest

from lnl import charts
from lnl.charts import MapOptions, ProbePoints, theme
from lnl.charts.feature_map import SVG_UP_TO
from lnl.charts.map_points import CIRCLE, CROSS, UNITS
from lnl.charts.probe_points import shown_categories
from lnl.findings import RunRecords
from lnl.records import FeatureMap
from tests.support import made_up

P = 40


def points(count=P, classes=5, truth=True, **changes):
    """Every fourth sample is mislabelled; places are spread over [-5, 5]."""
    random = np.random.default_rng(0)
    true = np.arange(count) % classes
    wrong = np.arange(count) % 4 == 1
    parts = {
        "found": FeatureMap(
            3, "umap", random.uniform(-5, 5, (count, 2)).astype(np.float16), kept=0.456
        ),
        "fingerprint": "f" * 16,
        "reach": 5.0,
        "given": np.where(wrong, (true + 1) % classes, true),
        "groups": np.where(wrong, 1, 0) if truth else np.full(count, 3),
        "true": true if truth else None,
        "prediction": (true + 2) % classes,
        "confidence": np.linspace(0, 1, count).astype(np.float16),
    }
    return ProbePoints(**(parts | changes))


def run(name="ce", run_id="", **facts):
    return RunRecords(
        made_up.info(name, run_id, data=made_up.facts(**facts)), [made_up.record(3, name)]
    )


def drawn(found, colour="mislabelled", classes=(), runs=None):
    found = found if isinstance(found, list) else [found]
    runs = runs or [run(run_id=f"r{number}") for number in range(len(found))]
    return charts.feature_maps(runs, found, MapOptions(colour, classes))


def traces(figure, panel=1):
    axis = "x" if panel == 1 else f"x{panel}"
    return {t.name: t for t in figure.data if t.xaxis == axis and t.x[0] is not None}


def rows(trace):
    """Which samples a trace shows."""
    return sorted(np.asarray(trace.customdata)[:, 0].tolist())


def texts(figure):
    return [annotation.text for annotation in figure.layout.annotations]


def test_mislabelled_samples_are_vermilion_crosses_and_clean_ones_blue_dots():
    found = traces(drawn(points()))
    assert set(found) == {"clean", "mislabelled"}
    assert rows(found["mislabelled"]) == list(range(1, P, 4))
    assert rows(found["clean"]) == [i for i in range(P) if i % 4 != 1]
    looks = {name: (t.marker.color, t.marker.symbol) for name, t in found.items()}
    assert looks == {"clean": ("#0072b2", CIRCLE), "mislabelled": ("#d55e00", CROSS)}


def test_a_sample_stands_where_its_map_says():
    whole = points()
    for trace in traces(drawn(whole)).values():
        scale = np.asarray(trace.x) / whole.found.places[np.asarray(trace.customdata)[:, 0], 0]
        assert scale == pytest.approx(scale[0], rel=0.05)
        places = whole.found.places[np.asarray(trace.customdata)[:, 0]].astype(float)
        assert np.asarray(trace.y) == pytest.approx(places[:, 1] * scale.mean(), abs=60)
        assert np.abs(trace.x).max() <= UNITS


@pytest.mark.parametrize(
    ("colour", "values"),
    [
        ("given label", lambda p: p.given),
        ("true label", lambda p: p.true),
        ("prediction", lambda p: p.prediction),
    ],
)
def test_classes_have_colours_and_crosses_stay_crosses(colour, values):
    whole = points()
    figure = drawn(whole, colour)
    found = traces(figure)
    for number, name in enumerate("01234"):
        assert rows(found[name]) == np.flatnonzero(values(whole) == number).tolist()
        assert found[name].marker.color == theme.CATEGORIES[number]
        ids = np.asarray(found[name].customdata)[:, 0]
        expected = np.where(whole.groups[ids] == 1, CROSS, CIRCLE)
        symbol = found[name].marker.symbol
        assert (np.asarray(symbol) == expected).all()
        assert expected[0] == CIRCLE or (expected == CROSS).all(), "the legend shows a dot"
    assert "cross: mislabelled" in [t.name for t in figure.data]


def test_hover_knows_the_sample_its_prediction_and_confidence():
    whole = points(confidence=np.full(P, 0.254, np.float16))
    for trace in traces(drawn(whole)).values():
        for place, prediction, percent in np.asarray(trace.customdata):
            assert prediction == whole.prediction[place]
            assert percent == 25
        assert trace.hoverinfo == "none", "our own part shows the picture"


def test_the_figure_names_run_and_data_of_each_panel():
    figure = drawn([points(), points(fingerprint="e" * 16)])
    assert figure.layout.meta["probe"] == {
        "x": {"data": "f" * 16, "run": "r0"},
        "x2": {"data": "e" * 16, "run": "r1"},
    }
    assert figure.layout.meta["arrange"]


def test_confidence_has_one_scale_from_0_to_100_percent():
    figure = drawn([points(), points()], "confidence")
    scale = figure.layout.coloraxis
    assert (scale.cmin, scale.cmax) == (0, 100)
    for panel in (1, 2):
        (trace,) = traces(figure, panel).values()
        known = points().confidence.astype(float)
        percent = np.rint(100 * known[np.asarray(trace.customdata)[:, 0]])
        assert np.array_equal(trace.marker.color, percent)
        assert trace.marker.coloraxis == "coloraxis"
    stops = [colour for _, colour in scale.colorscale]
    assert stops == list(theme.CONFIDENCE)
    assert all(colour in theme.DARK for colour in stops)
    assert "cross: mislabelled" in scale.colorbar.title.text


def test_unknown_confidence_is_grey_and_named():
    unknown = points(confidence=np.full(P, np.nan, np.float16))
    (trace,) = traces(drawn(unknown, "confidence")).values()
    assert (trace.name, trace.marker.color) == ("confidence not kept", theme.UNKNOWN)


def test_without_true_labels_nothing_of_them_is_offered_or_drawn():
    blind = points(truth=False)
    assert charts.colours([blind]) == ["given label", "prediction", "confidence"]
    for colour in charts.colours([blind]):
        text = drawn(blind, colour).to_json()
        assert "mislabelled" not in text
        assert {t.marker.symbol for t in drawn(blind, colour).data} == {CIRCLE}
    assert charts.colours([points()]) == [
        *("mislabelled", "given label", "true label", "prediction", "confidence")
    ]


def test_what_was_not_kept_is_not_offered():
    bare = points(prediction=None, confidence=None)
    assert charts.colours([bare]) == ["mislabelled", "given label", "true label"]
    trace = traces(drawn(bare))["clean"]
    assert (np.asarray(trace.customdata)[:, 1:] == -1).all()


def test_clusters_are_offered_where_a_method_has_them():
    cluster = np.where(np.arange(P) == 0, np.nan, np.arange(P) % 3).astype(np.float16)
    having, without = points(cluster=cluster), points()
    assert "cluster" in charts.colours([without, having])
    figure = drawn([having, without], "cluster")
    assert rows(traces(figure)["cluster 2"]) == [i for i in range(P) if i % 3 == 2]
    assert rows(traces(figure)["other clusters"]) == [0]
    assert set(traces(figure, 2)) == {"other clusters"}


def test_more_classes_than_colours_are_grey_and_can_be_chosen():
    many = points(count=300, classes=100)
    facts = {"num_classes": 100, "class_names": tuple(f"c{i}" for i in range(100))}
    figure = drawn(many, "given label", runs=[run(run_id="a", **facts)])
    named = [name for name in traces(figure) if name.startswith("c")]
    assert len(named) == 10
    assert sum(len(t.x) for t in traces(figure).values()) == 300
    chosen = drawn(many, "given label", (98, 3), runs=[run(run_id="a", **facts)])
    assert {n for n in traces(chosen) if n.startswith("c")} == {"c3", "c98"}
    assert "other classes" in traces(chosen)


def test_the_most_frequent_come_first():
    given = np.array([0] * 3 + [1] * 9 + [2] * 6 + list(range(3, 14)))
    some = points(count=len(given), given=given)
    shown = shown_categories([some], MapOptions("given label"))
    assert len(shown) == 10
    assert {0, 1, 2} <= set(shown)


def test_axes_stay_while_a_map_grows_a_little_and_have_no_numbers():
    small, larger = points(reach=7.8), points(reach=8.1)
    assert np.array_equal(traces(drawn(small))["clean"].x, traces(drawn(larger))["clean"].x)
    figure = drawn([small, points(reach=2.0)])
    for axis in (figure.layout.xaxis, figure.layout.yaxis, figure.layout.xaxis2):
        assert axis.tickvals == ()
        assert axis.range == figure.layout.xaxis.range
    assert figure.layout.yaxis.scaleanchor == "x"
    assert figure.layout.yaxis2.scaleanchor == "x2"
    assert {axis.constrain for axis in (figure.layout.xaxis, figure.layout.yaxis2)} == {"domain"}


def test_all_maps_of_a_figure_have_one_scale():
    figure = drawn([points(reach=9.0), points(reach=2.0)])
    assert np.array_equal(traces(figure)["clean"].x, traces(figure, 2)["clean"].x)


def test_zoom_lasts_over_epochs_but_not_over_another_colour():
    later = points(found=FeatureMap(9, "umap", np.ones((P, 2), np.float16), 0.1))
    assert drawn(points()).layout.uirevision == drawn(later).layout.uirevision
    assert drawn(points()).layout.uirevision != drawn(points(), "confidence").layout.uirevision


@pytest.mark.parametrize(("count", "kind"), [(SVG_UP_TO, "scatter"), (SVG_UP_TO + 1, "scattergl")])
def test_many_points_are_drawn_by_webgl(count, kind):
    assert {t.type for t in drawn(points(count=count)).data} == {kind}


def test_the_way_it_was_made_stands_over_each_map():
    pca = points(found=FeatureMap(3, "pca", np.ones((P, 2), np.float16)))
    assert {"UMAP, 46 % of neighbours kept", "PCA"} <= set(texts(drawn([points(), pca])))


def test_a_class_that_lies_together_is_named_on_the_map_and_a_scattered_one_is_not():
    places = np.random.default_rng(0).uniform(-5, 5, (P, 2))
    together = np.arange(P) % 5 == 2
    places[together] = [2.0, -3.0]
    whole = points(found=FeatureMap(3, "umap", places.astype(np.float16)))
    figure = drawn(whole, "true label")
    labels = {a.text: a for a in figure.layout.annotations if a.text in ("<b>0</b>", "<b>2</b>")}
    assert set(labels) == {"<b>2</b>"}
    assert (labels["<b>2</b>"].x > 0, labels["<b>2</b>"].y < 0) == (True, True)


def test_a_run_without_a_map_says_so_beside_one_that_has_it():
    figure = drawn([None, points()])
    assert "no features kept of this epoch" in texts(figure)
    assert set(traces(figure, 2)) == {"clean", "mislabelled"}
    assert list(figure.layout.meta["probe"]) == ["x2"]


def test_names_from_outside_are_no_tags():
    facts = {"class_names": ("<a href='x'>", *"bcde"), "num_classes": 5}
    figure = drawn(points(), "given label", runs=[run(run_id="a", **facts)])
    assert "&lt;a href='x'&gt;" in [t.name for t in figure.data]


@pytest.mark.parametrize("colour", charts.colours([points()]))
def test_a_board_of_six_maps_of_2000_points_stays_small(colour):
    figure = drawn([points(count=2000, classes=10) for _ in range(6)], colour)
    assert len(figure.to_json()) < 250_000


def linear(colours):
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in colours])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(light):
    xyz = light @ np.array(
        [[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]]
    )
    f = np.cbrt(np.maximum(xyz / [0.9505, 1, 1.089], 0.008856))
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], 1)


# Machado, Oliveira, Fernandes (2009), full severity: protan and deutan
SIGHTS = {
    "ordinary": np.eye(3),
    "protan": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deutan": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("dark", [False, True])
def test_ten_classes_can_be_told_apart_with_any_sight(sight, dark):
    colours = [theme.DARK[c] if dark else c for c in theme.CATEGORIES]
    seen = lab(np.clip(linear(colours) @ np.asarray(SIGHTS[sight]).T, 0, 1))
    assert len(set(colours)) == 10
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 24


@pytest.mark.parametrize("dark", [False, True])
def test_points_stand_out_from_the_paper(dark):
    paper = theme.DARK[theme.PAPER] if dark else theme.PAPER
    luminance = linear([paper, *(theme.DARK[c] if dark else c for c in theme.CATEGORIES)]) @ [
        *(0.2126, 0.7152, 0.0722)
    ]
    high, low = np.maximum(luminance[1:], luminance[0]), np.minimum(luminance[1:], luminance[0])
    assert ((high + 0.05) / (low + 0.05)).min() >= 3
