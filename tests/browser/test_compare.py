"""Two finished runs side by side in a real browser; the report opens from a file, offline."""

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up, pointing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def compared(server, page):
    """Two made-up runs of five epochs, open on the page Compare."""
    store = RunStore(server.cache)
    ids = []
    for method in ("ce", "selnlpl"):
        info = made_up.info(method)
        spec = RunSpec(method=method, epochs=20)
        run = store.create(
            spec, info.data, info.stages, info.device, name=f"{info.name} · digits · seed 0"
        )
        for epoch in range(1, 6):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")
        ids.append(run.id)
    store.close()
    page.goto(f"{server.url}/compare?runs={','.join(ids)}")
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
    expect(page.get_by_role("columnheader", name="last (%)")).to_be_visible()

    before = axis(shown)
    pointing.drag(page, shown.locator(".nsewdrag").first, (0.1, 0.33), (0.3, 0.67))
    page.wait_for_function("() => document.querySelector('.lnl-plot').layout.xaxis.range[1] < 10")
    narrow = axis(shown)
    page.get_by_text("Mean over seeds").click()
    expect(page.get_by_text("Each line is a run.")).to_be_visible()
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
