"""The feature map in a real browser: test images come and go, the zoom and the samples stay."""

from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import expect

from lnl.records import FeatureMap, UnseenRow
from lnl.runs.store import RunStore
from lnl.runs.store.kept_test_images import UnseenImages
from tests.support import made_up, pointing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def run(server):
    """Two epochs of nine samples, and a test image whose middle of neighbours none of them has."""
    store = RunStore(server.cache)
    info = made_up.info()
    pixels = np.full((1, 1, 8, 8), 200, np.uint8)
    unseen = UnseenImages(np.array([42]), np.array([3]), pixels)
    store.keep_data("f" * 16, replace(made_up.kept_data(), unseen=unseen))
    run = store.create(info.spec, info.data, info.stages, "CPU", name="CE").id
    along = np.arange(9, dtype=np.float16)[:, None] * np.ones(2, np.float16)
    places = np.stack([along[:, 0] - 4, [0, 4, -4, 1, 2, -2, -1, 3, -3]], 1).astype(np.float16)
    row = UnseenRow(
        np.full((1, 2), 2.2, np.float16), np.array([5], np.uint16), np.array([0.25], np.float16)
    )
    for epoch in (1, 2):
        store.append(run, replace(made_up.snapshot(epoch), probe_features=along, unseen=row))
        store.keep_map(run, FeatureMap(epoch, "umap", places, 0.5))
    store.set_status(run, "done")
    store.close()
    return run


PLACE = """(plot, number) => {
  const { xaxis, yaxis } = plot._fullLayout, { left, top } = plot.getBoundingClientRect();
  for (const { customdata, x, y } of plot._fullData) {
    const at = [...(customdata ?? [])].findIndex((row) => row[0] === number);
    if (at < 0) continue;
    return [left + xaxis._offset + xaxis.l2p(x[at]), top + yaxis._offset + yaxis.l2p(y[at])];
  }
}"""


def samples(plot):
    """Where samples are drawn, the range of the axes, the width of the plot."""
    return plot.evaluate(
        "p => [p._fullData.filter(t => ['clean', 'mislabelled'].includes(t.name))"
        ".map(t => [[...t.x], [...t.y]]), p._fullLayout.xaxis.range, p._fullLayout.xaxis._length]"
    )


def test_test_images_come_and_go_while_zoom_and_samples_stay(page, server, run):
    page.goto(f"{server.url}/?runs={run}&panels=Map")
    plot = page.locator(".lnl-plot")
    expect(plot.locator(".main-svg").first).to_be_visible()
    page.locator(".lnl-save").scroll_into_view_if_needed()
    before = samples(plot)
    pointing.still(page, plot)
    left, top = plot.evaluate(PLACE, 1)
    right, bottom = plot.evaluate(PLACE, 6)
    page.mouse.move(left - 20, top + 20)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=6)
    page.mouse.up()
    page.wait_for_function(
        "([p, wide]) => p._fullLayout.xaxis.range[1] < wide",
        arg=[plot.element_handle(), before[1][1]],
    )
    zoomed = samples(plot)
    assert zoomed[0] == before[0]

    page.get_by_text("Test points", exact=True).click()
    page.wait_for_function(
        "p => p._fullData.some(t => t.name === 'test images')", arg=plot.element_handle()
    )
    assert samples(plot) == zoomed
    assert "test_points=true" in page.url
    tip = page.locator(".lnl-tip")
    pointing.point(page, lambda: plot.evaluate(PLACE, 9), tip, "test image 42")
    for line in ("class: 3", "✕ predicted: 5", "confidence in its class: 25 %"):
        expect(tip).to_contain_text(line)
    picture = tip.locator(".lnl-tip-picture")
    expect(picture).to_have_css("background-position", "0px 0px")
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Map of the features")).to_be_visible()

    page.get_by_text("Test points", exact=True).click()
    page.wait_for_function(
        "p => !p._fullData.some(t => t.name === 'test images')", arg=plot.element_handle()
    )
    assert samples(plot) == zoomed
    assert "test_points" not in page.url
