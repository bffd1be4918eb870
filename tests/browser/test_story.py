"""The main story in a real browser: start, watch, zoom, stop, reload, restart."""

import re

import pytest
from playwright.sync_api import expect

from tests.support import pointing
from tests.support.figures import changes, revision
from tests.support.passing import passes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def figure(page, label):
    return page.locator(f".lnl-figure:has(.lnl-plot[aria-label*='{label}'])")


def confidence(page):
    return figure(page, "Chart of confidence")


def accuracy(page):
    return figure(page, "Chart of training accuracy")


def samples_drawn(shown):
    """What the bars add up to, those downwards too, read from the figure in the browser."""
    return shown.locator(".lnl-plot").evaluate(
        "p => p._fullData.map(t => [...(t.y ?? [])].reduce((a, b) => a + Math.abs(b ?? 0), 0))"
    )


def points_drawn(shown):
    return shown.locator(".lnl-plot").evaluate("p => p._fullData.map(t => t.x?.length ?? 0)")


def start_default(page, server):
    page.goto(server.url)
    expect(page.get_by_text("A recorded comparison")).to_be_visible()
    of_the_recorded = revision(confidence(page))
    page.get_by_role("button", name="Start", exact=True).click()
    recorded = page.locator(f".lnl-figure[data-rev='{of_the_recorded}']")
    expect(recorded).to_have_count(0)
    expect(page.get_by_test_id("stMain").get_by_text("CE", exact=True).first).to_be_visible()
    page.wait_for_function(
        "document.querySelectorAll('.lnl-plot .bars path').length > 20 &&"
        " [...document.querySelectorAll('.lnl-plot')].every(plot => plot._fullData)"
    )


def stop(page):
    bar = page.locator(".st-key-run_bar")
    bar.get_by_role("button", name="Stop").click()
    expect(bar).to_have_count(0)


def idle_page_sends_nothing(page, sent):
    passes(page, 2)  # the last timer of the live board
    before = len(sent)
    passes(page, 60)
    assert len(sent) == before


@pytest.mark.usefixtures("fresh_process")
def test_the_default_trains_and_draws_while_it_trains(page, server, browser):
    sent = []
    page.clock.install()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    start_default(page, server)
    bar = page.locator(".st-key-run_bar")
    expect(bar).to_contain_text("CE and SelNLPL")

    bars, curves = revision(confidence(page)), points_drawn(accuracy(page))
    changes(confidence(page))
    changes(accuracy(page))
    expect(bar).to_contain_text("training")
    assert revision(confidence(page)) != bars
    assert sum(points_drawn(accuracy(page))) > sum(curves)
    assert all(total == pytest.approx(1, abs=1e-3) for total in samples_drawn(confidence(page)))
    expect(bar).to_contain_text("left")

    stop(page)
    expect(page.get_by_text("stopped").first).to_be_visible()
    idle_page_sends_nothing(page, sent)
    drawn = revision(confidence(page))
    address = page.url
    assert "runs=ce-digits" in address

    page.reload()
    expect(confidence(page)).to_have_attribute("data-rev", drawn)
    expect(page.get_by_role("button", name="Resume").first).to_be_visible()

    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(address)
        expect(confidence(other)).to_have_attribute("data-rev", drawn)


def test_zoom_and_hidden_entries_survive_a_refresh(page, server):
    start_default(page, server)
    shown = accuracy(page)
    shown.scroll_into_view_if_needed()
    plot = shown.locator(".lnl-plot")
    plot.evaluate("p => { p.querySelector('.main-svg').dataset.mine = 'yes'; }")

    pointing.drag(page, shown.locator(".nsewdrag").first, (0.1, 0.2), (0.6, 0.7))
    state = "p => [p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]"
    page.wait_for_function("p => p._fullLayout.yaxis.range[1] < 0.95", arg=plot.element_handle())
    zoomed = plot.evaluate(state)

    entry = shown.locator(".legendtoggle").nth(2)
    entry.click()
    hidden = "p => p._fullData.filter(t => t.visible === 'legendonly').map(t => t.name)"
    page.wait_for_function(
        "p => p._fullData.some(t => t.visible === 'legendonly')", arg=plot.element_handle()
    )
    gone = plot.evaluate(hidden)
    assert gone

    changes(shown)
    changes(shown)
    assert plot.evaluate(state) == zoomed
    assert set(plot.evaluate(hidden)) == set(gone)
    assert plot.evaluate("p => p.querySelector('.main-svg').dataset.mine") == "yes", "new nodes"
    stop(page)


def test_an_epoch_of_the_past_stays_on_the_screen_until_back_to_live(page, server):
    start_default(page, server)
    changes(confidence(page))
    changes(confidence(page))
    page.get_by_role("slider", name="Epoch").press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"epoch=\d+"))
    back = page.get_by_role("button", name="Back to live")
    expect(back).to_be_visible()
    changes(accuracy(page))  # a refresh may have been under way when the slider moved
    changes(accuracy(page))
    past = revision(confidence(page))
    changes(accuracy(page))
    assert revision(confidence(page)) == past, "training goes on, the histogram stays"
    back.click()
    expect(confidence(page)).not_to_have_attribute("data-rev", past)
    expect(page).not_to_have_url(re.compile("epoch="))
    stop(page)


@pytest.mark.usefixtures("fresh_process")
def test_a_restarted_server_finds_its_runs(page, server):
    start_default(page, server)
    address, drawn = page.url, revision(confidence(page))
    page.goto("about:blank")
    assert server.stop() == 0, "it ends in order in the middle of an epoch"
    server.start()
    page.goto(address)
    expect(page.get_by_text("interrupted").first).to_be_visible()
    page.get_by_role("button", name="Resume").first.click()
    expect(page.locator(".st-key-run_bar")).to_contain_text("training")
    expect(confidence(page)).not_to_have_attribute("data-rev", drawn)
    stop(page)


@pytest.mark.usefixtures("fresh_process")
def test_a_deep_link_is_the_very_first_request(page, server):
    page.goto(f"{server.url}/runs?of=clean+scores")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    expect(page.get_by_text("Recorded with").first).to_be_visible()
    links = page.get_by_test_id("stTopNavLink")
    names = ("Watch", "Compare", "Samples", "Data", "Methods", "Lessons", "Runs")
    expect(links).to_have_text([re.compile(name) for name in names])
    assert "of=clean" in page.url
