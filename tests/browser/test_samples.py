"""Samples in a real browser: pictures stay through a refresh, clicks and the keys open samples."""

import re

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up, pointing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def half_done(server):
    """A store that may grow, and a run in it."""
    store = RunStore(server.cache)
    info = made_up.info()
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    owner = store.own()
    run = store.create(
        RunSpec(epochs=20), info.data, info.stages, "CPU", name="CE", owner=owner.token
    )
    store.append(run.id, made_up.snapshot(1))
    store.set_status(run.id, "running")
    yield store, run.id
    owner.release()
    store.close()


def test_pictures_survive_a_refresh_and_open_by_click_and_by_keys(page, server, half_done):
    store, run_id = half_done
    page.goto(f"{server.url}/samples?runs={run_id}")
    pictures = page.locator(".lnl-pictures").last
    expect(pictures.locator("button[data-rev]")).to_have_count(24)
    pixel = "b => [...b.querySelector('canvas').getContext('2d').getImageData(3, 3, 1, 1).data]"
    assert pictures.locator("button").nth(7).evaluate(pixel) == [7, 7, 7, 255]
    pictures.evaluate("grid => grid.querySelectorAll('canvas').forEach(c => (c.marked = true))")

    store.append(run_id, made_up.snapshot(2))
    expect(page.locator(".lnl-epoch output")).to_have_text("2")
    assert pictures.evaluate("grid => [...grid.querySelectorAll('canvas')].every(c => c.marked)")

    pictures.locator("button").nth(3).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sample 4 ·")).to_be_visible()
    expect(page).to_have_url(re.compile("sample=4"))
    page.get_by_role("button", name="Next sample").click()
    expect(page.get_by_text("Sample 5 ·")).to_be_visible()
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-id", "5")
    page.locator(".lnl-picture[data-id='9']").click()
    expect(page.get_by_text("Sample 9 ·")).to_be_visible()


def test_a_page_come_to_by_a_click_has_the_whole_width(page, server, half_done):
    store, run_id = half_done
    store.set_status(run_id, "done")
    page.set_viewport_size({"width": 900, "height": 900})
    page.goto(f"{server.url}/?runs={run_id}&panels=Samples")
    expect(page.get_by_test_id("stSidebar").get_by_text("Set up")).to_be_visible()
    page.locator(".lnl-picture").first.click()
    expect(page.get_by_role("button", name="Next sample")).to_be_visible()
    assert not page.get_by_test_id("stSidebar").is_visible()
    heading = page.get_by_role("heading", name="Samples")
    assert heading.bounding_box()["x"] < 60
    page.go_back()
    expect(page.get_by_test_id("stSidebar").get_by_text("Set up")).to_be_visible()


def test_the_slider_stays_within_a_narrow_column(page, server, half_done):
    store, run_id = half_done
    store.append(run_id, made_up.snapshot(2))
    page.set_viewport_size({"width": 780, "height": 900})
    page.goto(f"{server.url}/?runs={run_id}&epoch=1")
    expect(page.locator(".lnl-back")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("Set up")).to_be_visible()
    assert page.locator(".lnl-epoch").evaluate("""bar => {
      const [end, most] = [bar.querySelector(".lnl-back"), bar].map(
        (part) => part.getBoundingClientRect().right,
      );
      return end <= most;
    }""")


def test_a_button_leads_from_doubts_of_a_run_that_has_memorised_to_its_best_epoch(
    page, server, half_done
):
    store, run_id = half_done
    for epoch in range(2, 16):
        store.append(run_id, made_up.snapshot(epoch))
    store.set_status(run_id, "done")
    page.goto(f"{server.url}/samples?runs={run_id}")
    told = page.get_by_text("memorised wrong labels since epoch 9")
    expect(told).to_be_visible()
    entries = page.evaluate("history.length")
    page.get_by_role("button", name="Look at epoch 1").click()
    expect(page).to_have_url(re.compile("epoch=1"))
    expect(page.locator(".lnl-epoch output")).to_have_text("1")
    expect(told).not_to_be_visible()
    assert page.evaluate("history.length") == entries + 1
    page.go_back()
    expect(told).to_be_visible()


CELL = """(plot, [row, column]) => {
  const { xaxis, yaxis } = plot._fullLayout, { left, top } = plot.getBoundingClientRect();
  return [left + xaxis._offset + xaxis.c2p(column), top + yaxis._offset + yaxis.c2p(row)];
}"""


def test_a_click_on_a_cell_of_the_confusion_lists_its_samples_while_it_trains(
    page, server, half_done
):
    _, run_id = half_done
    page.goto(f"{server.url}/?runs={run_id}&panels=Confusion")
    plot = page.locator(".st-key-figure_confusion .lnl-plot")
    expect(plot.locator(".heatmaplayer image").first).to_be_attached()
    plot.scroll_into_view_if_needed()
    told = plot.locator(".hoverlayer")
    pointing.point(page, lambda: plot.evaluate(CELL, [3, 1]), told, "0 samples")
    expect(plot).not_to_have_class(re.compile("lnl-clickable"))
    hint = "click a cell to see its samples"
    pointing.point(page, lambda: plot.evaluate(CELL, [6, 5]), told, hint)
    expect(plot).to_have_class(re.compile("lnl-clickable"))
    (x, y), count = plot.evaluate(CELL, [6, 5]), plot.evaluate("p => p.data[0].text[6][5]")
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile("samples.*epoch=1&given=6&true=5"))
    expect(page.get_by_text(f"{count} samples.")).to_be_visible()
    page.get_by_role("button", name="All classes").click()
    expect(page).not_to_have_url(re.compile("given"))
