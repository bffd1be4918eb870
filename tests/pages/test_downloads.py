"""What each page offers as a file has a name that says what it is, and no two are called alike."""

import re

import pytest
import streamlit as st

from lnl.records import RunSpec
from pages.ui.components import downloads
from tests.support import made_up

PANELS = "Confidence,Fitting,Detection,Confusion,Map,Losses"


@pytest.fixture
def named(monkeypatch, figures):
    """All names of a page's files."""
    offered = []
    button = st.download_button

    def watched(label, data, file_name, *more, **named):
        offered.append(file_name)
        return button(label, data, file_name, *more, **named)

    monkeypatch.setattr(st, "download_button", watched)

    def read(at):
        saved = [payload["file"] for payload in figures(at).values()]
        return [*offered, *saved]

    return read


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("pages/watch.py", {"panels": PANELS}, "watch-confidence-digits-ce-selnlpl"),
        (
            "pages/compare.py",
            {"panels": PANELS},
            "compare-report-digits-ce-selnlpl.html compare-results-digits-ce-selnlpl.csv "
            "compare-curves-digits-ce-selnlpl compare-confidence-digits-ce-selnlpl",
        ),
        (
            "pages/samples.py",
            {"sample": "7"},
            "samples-list-epoch-3-RUN.csv samples-corrected-labels-epoch-3-RUN.csv "
            "samples-sample-7-RUN",
        ),
        (
            "pages/data.py",
            {"rate": "20"},
            "data-transition-matrix-digits-symmetric-20 data-images-by-class-digits-symmetric-20",
        ),
        ("pages/methods.py", {"method": "selnlpl"}, "methods-schedule-selnlpl"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith(".py") else "",
)
def test_each_file_says_what_it_is(app, healthy, store, make_run, named, page, query, expected):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    runs = [make_run(method, group="g") for method in ("ce", "selnlpl")]
    shows_runs = page not in ("pages/data.py", "pages/methods.py")
    asked = {"runs": ",".join(runs)} if shows_runs else {}
    names = named(healthy(app(page, **query, **asked)))
    assert {name.replace("RUN", runs[0]) for name in expected.split()} <= set(names)
    assert len(names) == len(set(names)), "no two alike"
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?", name) for name in names)


def test_names_are_safe_on_any_system_and_short():
    downloads.on_page("Data & noise")
    files = ['/home/me/../Größe: "x" <1>/été 2.npz', "C:\\CON|?.npz"]
    downloads.about_runs([RunSpec(dataset=file, method=m) for file in files for m in "abcdefgh"])
    name = downloads.file_name("curves \n/ etc", "csv")
    assert re.fullmatch(r"data-noise-curves-etc-ete-2-[a-z0-9-]+-a-b-c-and-5-more\.csv", name)
    assert len(downloads.file_name("x" * 500, "html")) <= downloads.LONGEST + 5
