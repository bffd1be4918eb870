"""Finished runs side by side in a real browser, one by one and in groups; what is taken along."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import figures, made_up, pointing
from tests.support.passing import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PLACES = """() => [...document.querySelectorAll('.lnl-plot, .lnl-sortable')].map(
  (part) => part.getBoundingClientRect().top,
)"""


# How many of a control were seen at once: ``window.most``.
MOST = """() => {
  window.most = 0;
  const look = () => {
    const all = [...document.querySelectorAll('[role=combobox][aria-label="Group by"]')];
    window.most = Math.max(window.most, all.filter((one) => one.checkVisibility()).length);
    requestAnimationFrame(look);
  };
  look();
}"""


def stored(server, count=2):
    """So many made-up runs of five epochs, of CE and SelNLPL in turn."""
    store = RunStore(server.cache)
    ids = []
    for number in range(count):
        method = ("ce", "selnlpl")[number % 2]
        info = made_up.info(method)
        spec = RunSpec(method=method, epochs=20, seed=number // 2)
        name = f"{info.name} · digits · seed {number // 2}"
        run = store.create(spec, info.data, info.stages, info.device, name=name)
        for epoch in range(1, 6):
            shot = made_up.snapshot(epoch, method)
            test = shot.record.test_accuracy - 0.01 * number
            store.append(run.id, replace(shot, record=replace(shot.record, test_accuracy=test)))
        store.set_status(run.id, "done")
        ids.append(run.id)
    store.close()
    return ",".join(ids)


@pytest.fixture
def compared(server, page):
    """Two runs, open on the page Compare."""
    page.goto(f"{server.url}/compare?runs={stored(server)}")
    return page


def figure(page):
    return page.locator(".lnl-figure:has(.lnl-plot[aria-label*='Chart of test accuracy'])")


def axis(shown):
    return shown.locator(".lnl-plot").evaluate("p => p.layout.xaxis.range.map(Number)")


def offline(browser, path):
    """Opens a saved page where nothing can be fetched; the requests that it made, and itself."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    opened = context.new_page()
    asked, errors = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: line.type == "error" and errors.append(line.text))
    opened.goto(path.as_uri())
    expect(opened.locator(".lnl-plot .main-svg").first).to_be_visible()
    return context, opened, asked, errors


def saved(page, click, path):
    with page.expect_download() as caught:
        click()
    caught.value.save_as(path)
    return path


def test_two_runs_side_by_side(compared, browser, tmp_path):
    page, shown = compared, figure(compared)
    expect(shown.locator(".main-svg").first).to_be_visible()
    expect(page.get_by_role("cell", name="SelNLPL", exact=True).first).to_be_visible()
    expect(page.get_by_role("columnheader", name="last (%)").first).to_be_visible()

    before = axis(shown)
    pointing.drag(page, shown.locator(".nsewdrag").first, (0.1, 0.33), (0.3, 0.67))
    page.wait_for_function("() => document.querySelector('.lnl-plot').layout.xaxis.range[1] < 10")
    narrow = axis(shown)
    page.locator("[data-testid=stPopoverButton]", has_text="Options").first.click()
    page.get_by_text("Mean over seeds").click()
    expect(page.get_by_text("Each line is a run.")).to_be_visible()
    page.keyboard.press("Escape")
    assert axis(shown) == narrow != before, "the same runs: the zoom stays"

    report = page.get_by_role("button", name="Report")
    file = saved(page, report.click, tmp_path / "comparison.html")
    context, opened, asked, errors = offline(browser, file)
    expect(opened.get_by_role("heading", name="CE, SelNLPL")).to_be_visible()
    expect(opened.locator(".lnl-plot .main-svg")).not_to_have_count(0)
    assert opened.locator(".lnl-offline").count() == 4
    assert opened.evaluate("document.querySelectorAll('.lnl-plot svg.main-svg').length") >= 4
    drawn = opened.evaluate("[...document.querySelectorAll('.lnl-plot')].map(p => p.data.length)")
    assert all(drawn)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert errors == []
    context.close()

    single = shown.get_by_role("button", name="HTML")
    file = saved(page, single.click, tmp_path / "figure.html")
    assert file.stat().st_size < 1_500_000, "the small library: nothing else is needed"
    context, opened, asked, errors = offline(browser, file)
    names = opened.evaluate("document.querySelector('.lnl-plot').data.map(t => t.name)")
    assert set(names) == {"CE", "SelNLPL"}
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert errors == []
    context.close()


SIZES = [(1440, 900), (1280, 720), (1024, 768), (900, 800), (390, 844)]


@pytest.mark.parametrize("count", [2, 12])
def test_the_plots_come_first_and_nothing_is_wider_than_the_window(server, page, count):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/compare?runs={stored(server, count)}")
    drawn = figure(page).locator(".main-svg").first
    expect(drawn).to_be_visible()
    expect(page.get_by_role("columnheader", name="last (%)").first).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        box = pointing.still(page, drawn)
        main = page.locator("[data-testid=stMain]")
        main.evaluate("m => m.scrollTo(0, 0)")
        wide = main.evaluate("m => m.scrollWidth - m.clientWidth")
        assert (width, wide) == (width, 0), "no scrolling sideways"
        box = pointing.still(page, drawn)
        assert box["width"] > 0.8 * width
        if width >= 1280:
            assert box["y"] <= 200
            assert box["y"] + box["height"] <= height, "the whole figure is on the first screen"


def test_a_dozen_runs_in_groups(server, page):
    page.goto(f"{server.url}/compare?runs={stored(server, 12)}")
    shown = figure(page)
    expect(shown.locator(".main-svg").first).to_be_visible()
    names = "p => [...new Set(p.data.map(t => t.name))]"
    plot = shown.locator(".lnl-plot")
    assert plot.evaluate(names) == ["CE (6 runs)", "SelNLPL (6 runs)"]
    bands = plot.locator(".scatterlayer .fills path.js-fill")
    assert bands.count() == 6, "two groups on three plots, each with a band that is drawn"
    assert all(box["height"] > 3 for box in (b.bounding_box() for b in bands.all()[:2]))

    page.evaluate(MOST)
    revision = figures.revision(shown)
    for way, expected in (
        ("settings", ["CE (6 seeds)", "SelNLPL (6 seeds)"]),
        ("noise", ["symmetric 40 % (12 runs)"]),
    ):
        page.get_by_role("combobox", name="Group by").click()
        page.get_by_role("option", name=f"Group by {way}").click()
        expect(shown).not_to_have_attribute("data-rev", revision)
        assert plot.evaluate(names) == expected
        page.go_back()  # at once: the page may still be answering
        expect(shown).to_have_attribute("data-rev", revision)
        expect(page).not_to_have_url(re.compile("group_by"))
    assert page.evaluate("window.most") == 1, "what Back has put right takes the former's place"

    page.get_by_text("Single runs: 12").click()
    cells = page.get_by_role("cell", name=re.compile("seed [0-5]$"))
    expect(cells).to_have_count(24)  # of the single runs, and of where the settings differ


def test_what_follows_a_chart_keeps_its_place_while_the_library_is_loaded(server, page):
    page.set_viewport_size({"width": 900, "height": 900})
    late = []
    page.route("**/plotly.min.js*", lambda request: late.append(request))
    page.goto(f"{server.url}/compare?runs={stored(server)}")
    expect(page.locator(".lnl-sortable tbody tr")).to_have_count(2)
    page.locator(IDLE).wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    before = page.evaluate(PLACES)
    assert len(before) > 2
    assert not page.locator(".main-svg").count()
    late[0].continue_()
    expect(page.locator(".lnl-plot:not(:has(.main-svg))")).to_have_count(0)
    assert page.evaluate(PLACES) == before


def test_a_heading_sorts_the_results(server, page):
    page.set_viewport_size({"width": 900, "height": 900})
    page.goto(f"{server.url}/compare?runs={stored(server, 4)}")
    table = page.locator(".lnl-sortable")
    heading = table.get_by_role("button", name="last (%)")
    expect(heading).to_be_visible()
    page.locator(IDLE).wait_for()  # parts that come later move the table under the pointer
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    column = "t => [...t.querySelectorAll('tbody tr')].map(r => Number(r.cells[1].textContent))"
    usual = table.evaluate(column)
    assert usual not in (sorted(usual), sorted(usual)[::-1])
    for order, word in ((sorted(usual)[::-1], "descending"), (sorted(usual), "ascending")):
        heading.click()
        head = table.get_by_role("columnheader", name="last (%)")
        expect(head).to_have_attribute("aria-sort", word)
        assert table.evaluate(column) == order
        assert heading.evaluate("b => b.getRootNode().activeElement === b"), "keeps the focus"
    expect(page).to_have_url(re.compile("sort=last"))
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("m => m.scrollWidth - m.clientWidth") == 0
    page.reload()
    expect(table.get_by_role("columnheader", name="last (%)")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert table.evaluate(column) == sorted(usual)


def test_the_epoch_under_the_pointer_is_marked_on_all_curves(server, page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    page.goto(f"{server.url}/compare?runs={stored(server)}")
    curves = figure(page)
    fitting = page.locator(".lnl-figure:has(.lnl-plot[aria-label*='training accuracy'])")
    bars = page.locator(".lnl-figure:has(.lnl-plot[aria-label*='Chart of confidence'])")
    for shown in (curves, fitting, bars):
        figures.revision(shown)
    page.set_viewport_size({"width": 1440, "height": 2000})
    area = pointing.still(page, curves.locator(".nsewdrag").first)
    before = len(sent)
    x = area["x"] + area["width"] * (4 - 0.5) / 20  # the axis goes from 0.5 to 20.5
    page.mouse.move(x - 3, area["y"] + 12)
    page.mouse.move(x + 2, area["y"] + 10, steps=2)
    expect(curves.locator(".lnl-marks i")).to_have_count(3)
    expect(fitting.locator(".lnl-marks i")).to_have_count(2)
    expect(bars.locator(".lnl-marks i")).to_have_count(0)
    for shown in (curves, fitting):
        plots = shown.locator(".nsewdrag").all()
        for mark, plot in zip(shown.locator(".lnl-marks i").all(), plots, strict=True):
            line, box = mark.bounding_box(), plot.bounding_box()
            assert line["x"] == pytest.approx(box["x"] + box["width"] * 3.5 / 20, abs=2)
            assert line["y"] == pytest.approx(box["y"], abs=2)
            assert line["height"] == pytest.approx(box["height"], abs=2)
    page.mouse.move(x, area["y"] - 60)
    expect(page.locator(".lnl-marks i")).to_have_count(0)
    assert len(sent) == before, "nothing is asked of the server"
