import plotly.graph_objects as go
import pytest

from lnl import charts
from lnl.charts import enlarged
from lnl.charts.enlarging import SCALE
from lnl.findings import RunRecords
from tests.support import made_up


def test_letters_and_heights_grow_and_plots_part_earlier():
    runs = [RunRecords(made_up.info(run_id=i), [made_up.record(1)]) for i in "abcd"]
    small = charts.mislabelled_split(runs)
    big = enlarged(small)
    assert big.layout.font.size == round(small.layout.font.size * SCALE)
    assert big.layout.height == small.layout.height * SCALE
    pairs = zip(big.layout.meta["arrange"], small.layout.meta["arrange"], strict=True)
    for after, before in pairs:
        assert after["width"] == before["width"] * SCALE
        assert after["layout"]["height"] == before["layout"]["height"] * SCALE
        assert after["layout"]["xaxis"]["domain"] == before["layout"]["xaxis"]["domain"]


def test_places_and_values_stay():
    run = RunRecords(made_up.info(), [made_up.record(e) for e in (1, 2)])
    small, big = charts.histograms([run]), enlarged(charts.histograms([run]))
    assert [t.width for t in big.data] == [t.width for t in small.data]
    assert big.layout.xaxis.range == small.layout.xaxis.range


def test_markers_grow_as_the_plot_does():
    big = enlarged(go.Figure(go.Scatter(y=[1, 2], marker={"size": 6}), {"height": 100}))
    assert big.data[0].marker.size / 6 == pytest.approx(big.layout.height / 100)
