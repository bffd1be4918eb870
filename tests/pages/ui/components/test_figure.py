import json

import plotly
from streamlit import config

from lnl import charts
from pages.ui.components import figure, plotly_js
from tests.support import made_up


def drawn(name="n", records=1):
    runs = [made_up.run(epochs=records)]
    return json.loads(figure.prepared(charts.histograms(runs), name, "seen").payload)


def test_the_revision_follows_the_figure_alone():
    assert drawn()["rev"] == drawn(name="another")["rev"]
    assert drawn()["rev"] != drawn(records=2)["rev"]


def test_the_payload_has_what_the_browser_needs():
    content = drawn()
    assert content["label"] == "seen"
    assert content["dark"]["#0072b2"] == "#56b4e9"
    assert content["source"] == f"/app/static/plotly.min.js?v={plotly.__version__}"


def test_the_script_is_found_below_a_base_path():
    before = config.get_option("server.baseUrlPath")
    config.set_option("server.baseUrlPath", "lab/")
    try:
        assert drawn()["source"].startswith("/lab/app/static/")
    finally:
        config.set_option("server.baseUrlPath", before)


def test_plotly_is_copied_once_and_again_when_it_has_changed(tmp_path):
    target = tmp_path / "static" / "plotly.min.js"
    assert plotly_js.install(target)
    assert target.read_bytes() == plotly_js.bundled().read_bytes()
    assert not plotly_js.install(target)
    target.write_text("old")
    assert plotly_js.install(target)
    assert [path.name for path in target.parent.iterdir()] == ["plotly.min.js"]
