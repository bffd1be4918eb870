"""Figures that travel as HTML."""

import json
import re

from lnl import charts
from lnl.charts.offline import DRAWING, embedded, library
from lnl.findings import RunRecords
from tests.support import made_up


def fragment(name="CE", label="seen"):
    runs = [RunRecords(made_up.info(name=name), [made_up.record(1)])]
    return embedded(charts.histograms(runs), label)


def test_a_figure_and_its_dark_colours_travel_whole():
    text = fragment()
    (content,) = re.findall(r'<script type="application/json">(.*?)</script>', text, re.S)
    sent = json.loads(content)
    assert [trace["name"] for trace in sent["figure"]["data"]] == ["clean", "mislabelled"]
    assert sent["dark"] == charts.DARK
    assert sent["figure"]["layout"]["meta"]["arrange"], "the widths too"


def test_no_name_can_end_the_script_or_the_label():
    text = fragment("</script><img src=x>", '"><b>')
    assert text.count("</script>") == 1
    assert "<img" not in text
    assert "<b>" not in text


def test_the_library_comes_once_and_cannot_end_itself():
    text = library()
    assert text.count("</script>") == text.count("<script>") == 2
    assert "<!--" not in text, "else a browser may take what follows for a script"
    assert DRAWING in text
