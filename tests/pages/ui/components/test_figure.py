import json

import plotly
from streamlit import config

from lnl import charts
from lnl.charts.offline import LIBRARY
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


def test_the_libraries_are_copied_once_and_again_when_they_have_changed(tmp_path):
    folder, names = tmp_path / "static", ["plotly.min.js", "plotly-basic.min.js"]
    assert plotly_js.install(folder) == names
    assert (folder / names[0]).read_bytes() == plotly_js.bundled().read_bytes()
    assert (folder / names[1]).read_bytes() == LIBRARY.read_bytes()
    assert plotly_js.install(folder) == []
    (folder / names[0]).write_text("old")
    assert plotly_js.install(folder) == names[:1]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
