"""Figures as the browser lays them out, and the tables that are saved from them."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

METHODS = ("ce", "selnlpl", "pmnar", "rfl", "sed", "act", "fine")
# Drawn at this width, a legend is neither on the lowest title of an axis (or its numbers, where it
# has none) nor far below it, and ends within the figure.
CLOSE = """plot => {
  if (plot._fullLayout?.width !== plot.clientWidth) return false;
  const boxes = (query) => [...plot.querySelectorAll(query)].map((e) => e.getBoundingClientRect());
  const titled = boxes('.g-xtitle, [class^="g-x"][class$="title"]').filter(({ height }) => height);
  const numbers = boxes('[class^="x"][class$="tick"]');
  const titles = (titled.length ? titled : numbers).map((box) => box.bottom);
  const entries = boxes(".legend .traces");
  const gap = Math.min(...entries.map((box) => box.top)) - Math.max(...titles);
  const bottom = Math.max(...entries.map((box) => box.bottom));
  return 2 < gap && gap < 30 && bottom <= plot.getBoundingClientRect().bottom;
}"""


@pytest.fixture
def seven(server):
    """Made-up runs of seven methods; their ids."""
    store, ids = RunStore(server.cache), []
    for method in METHODS:
        info = made_up.info(method)
        run = store.create(
            RunSpec(method=method, epochs=20), info.data, info.stages, info.device, name=info.name
        )
        for epoch in range(1, 6):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")
        ids.append(run.id)
    store.close()
    return ids


def drawn(page):
    """The first figure of the page."""
    found = page.locator(".lnl-figure").first
    expect(found.locator(".legend").first).to_be_visible()
    return found


def table(page, figure):
    with page.expect_download() as caught:
        figure.locator("[data-save=csv]").click()
    assert re.fullmatch(r"compare-curves-[a-z0-9-]+\.csv", caught.value.suggested_filename)
    return list(csv.reader(io.StringIO(caught.value.path().read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize("address", ["?", "compare?"])
def test_a_legend_stands_close_to_the_plots_and_ends_within_the_figure(
    page, server, seven, address
):
    runs = ",".join(seven if "compare" in address else seven[:2])
    # in a presentation only what cannot be named at its lines and bars has a legend
    for big in ("", "&lecture=true&hide=truth"):
        page.goto(f"{server.url}/{address}runs={runs}{big}")
        plot = drawn(page).locator(".lnl-plot")
        for width in (1440, 900, 480):
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_function(CLOSE, arg=plot.element_handle())


def test_a_saved_table_names_its_columns_and_holds_what_is_drawn(page, server, seven):
    page.goto(f"{server.url}/compare?runs={','.join(seven)}")
    head, *rows = table(page, drawn(page))
    assert head[:3] == ["run", "series", "epoch"]
    assert head[3] in ("test_accuracy", "value")
    of_ce = [float(row[3]) for row in rows if row[:2] == ["CE", "test accuracy"]]
    assert of_ce == pytest.approx([made_up.record(e).test_accuracy for e in range(1, 6)])


def test_no_button_of_a_figure_leaves_the_machine(page, server, seven):
    page.goto(f"{server.url}/compare?runs={','.join(seven)}&panels=Confusion,Confidence")
    expect(page.locator(".lnl-figure .modebar-btn").first).to_be_attached()
    buttons = page.locator(".modebar-btn").evaluate_all("all => all.map((b) => b.dataset.title)")
    assert set(buttons) == {"Zoom", "Pan", "Reset axes"}


def test_a_saved_heat_map_has_a_library_that_draws_it(page, server, browser, tmp_path):
    page.goto(f"{server.url}/data")
    shown = page.locator(".lnl-figure:has(.heatmaplayer image)")
    with page.expect_download() as caught:
        shown.locator("[data-save=html]").click()
    caught.value.save_as(tmp_path / "matrix.html")
    context = browser.new_context(offline=True)
    opened = context.new_page()
    opened.goto((tmp_path / "matrix.html").as_uri())
    expect(opened.locator(".heatmaplayer image").first).to_be_attached()
    context.close()
