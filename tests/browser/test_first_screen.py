"""The picture first: both figures of two runs are whole on the first screen, and stay there."""

import pytest
from playwright.sync_api import expect

from tests.support import made_up
from tests.support.first_screen import BARS, DRAWN, SHIFTS, WHOLE
from tests.support.passing import IDLE
from tests.support.two_runs import METHODS, two_runs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SCREENS = ((1280, 720), (1440, 900))
TOPS = "all => all.map((one) => document.querySelector(one).getBoundingClientRect().top)"
SMALL = ((1024, 768), (900, 768), (390, 844))  # a projector, half a screen, a phone


@pytest.fixture
def two(server):
    """The store of the server, and two runs in it which seem to train."""
    with two_runs(server.cache, epochs=2) as found:
        yield found


def end(store, ids):
    for run_id in ids:
        store.set_status(run_id, "done")


def opened(page, server, ids, more=""):
    page.goto(f"{server.url}/?runs={','.join(ids)}{more}")
    expect(page.locator(".lnl-plot .main-svg").first).to_be_visible()
    page.locator(IDLE).wait_for()


@pytest.mark.parametrize("running", [True, False])
def test_both_figures_are_whole_on_the_first_screen(page, server, two, running):
    store, ids = two
    page.emulate_media(color_scheme="dark" if running else "light")
    if not running:
        end(store, ids)
    for more in ("&lecture=true", "&epoch=1", "&hide=truth", "&hide=verdicts", ""):
        opened(page, server, ids, more)
        whole_on_each(page)
    page.get_by_test_id("stSidebar").hover()
    page.get_by_test_id("stSidebarCollapseButton").locator("button").click()
    expect(page.get_by_test_id("stSidebar")).not_to_be_visible()
    whole_on_each(page)


def whole_on_each(page):
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(WHOLE)


@pytest.mark.parametrize("running", [True, False])
def test_on_smaller_screens_both_are_whole_too_and_nothing_scrolls_sideways(
    page, server, two, running
):
    store, ids = two
    page.emulate_media(color_scheme="light" if running else "dark")
    if not running:
        end(store, ids)
    for width, height in SMALL:
        page.set_viewport_size({"width": width, "height": height})
        for more in ("", "&epoch=1" if running else "&hide=truth"):
            opened(page, server, ids, more)
            page.wait_for_function(WHOLE)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        if running:
            above, bar = page.evaluate(DRAWN), page.locator(".st-key-run_bar").bounding_box()
            assert max(bottom for _, bottom in above) <= bar["y"]
            assert bar["y"] + bar["height"] <= height
        if width > 800:  # narrower, the pages are in the side bar
            expect(page.get_by_test_id("stTopNavLink")).to_have_count(7)
            expect(page.get_by_test_id("stTopNavLink").filter(has_text="Runs")).to_be_in_viewport()


def test_bars_can_be_seen_at_every_width(page, server, two):
    store, ids = two
    end(store, ids)
    for width, height in (*SMALL, *SCREENS):
        page.set_viewport_size({"width": width, "height": height})
        if (width, height) in SMALL:
            opened(page, server, ids)
        page.wait_for_function(WHOLE)
        narrowest = min(page.evaluate(BARS))
        assert narrowest >= 13.5, (width, narrowest)


def test_more_panels_on_a_phone_are_chosen_under_the_pictures(page, server, two):
    store, ids = two
    end(store, ids)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, server, ids)
    page.wait_for_function(WHOLE)
    page.get_by_test_id("stButtonGroup").get_by_text("Detection").click()
    expect(page.locator(".st-key-panel_Detection .lnl-plot .main-svg").first).to_be_visible()
    order = ("panel_Confidence", "panel_Fitting", "panel_Detection", "panel_switches")
    places = page.evaluate(TOPS, [f".st-key-{key}" for key in order])
    assert places == sorted(places)


def test_who_goes_by_tab_or_by_ear_is_told_where_they_are(page, server, two):
    store, ids = two
    opened(page, server, ids)
    links = page.get_by_test_id("stTopNavLink")
    links.first.focus()
    page.keyboard.press("Tab")
    outline = (
        "element => getComputedStyle(element).outlineStyle + getComputedStyle(element).outlineWidth"
    )
    assert page.locator("[data-testid=stTopNavLink]:focus").evaluate(outline) == "solid2px"
    said = page.locator("[aria-live=polite]", has_text="SelNLPL")
    seen = page.locator(".st-key-unseen_verdicts").bounding_box()
    assert seen["width"] * seen["height"] <= 1, "it is heard, not seen"
    expect(said).to_contain_text("CE: So far it learns the classes")
    for epoch in range(3, 18):
        store.append(ids[0], made_up.snapshot(epoch, "ce"))
    expect(said).to_contain_text("CE: Memorising wrong labels since epoch")


def test_nothing_jumps_while_runs_train_and_end(page, server, two):
    store, ids = two
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, server, ids)
    page.wait_for_function(WHOLE)
    tops = [top for top, _ in page.evaluate(DRAWN)]
    page.evaluate(SHIFTS)
    bar = page.locator(".st-key-run_bar")
    for epoch in range(3, 13):
        for run_id, method in zip(ids, METHODS, strict=True):
            store.append(run_id, made_up.snapshot(epoch, method))
    expect(page.locator(".lnl-epoch output")).to_have_text("12")
    end(store, ids)
    expect(bar).to_have_count(0)
    page.wait_for_function(WHOLE)
    now = [top for top, _ in page.evaluate(DRAWN)]
    assert max(abs(a - b) for a, b in zip(tops, now, strict=True)) <= 2
    assert page.evaluate("window.shifted") < 0.02, page.evaluate('window.shifts.join("\\n")')


def test_nothing_jumps_when_the_switches_are_loaded_late(page, server, two):
    store, ids = two
    end(store, ids)
    page.set_viewport_size({"width": 1280, "height": 720})
    late = []
    page.route("**/ButtonGroup*.js", lambda request: late.append(request))
    opened(page, server, ids)
    page.wait_for_function(WHOLE)
    expect(page.locator(".st-key-panels [data-testid=stSkeleton]")).to_be_visible()
    before = page.evaluate(DRAWN)
    for request in late:
        request.continue_()
    expect(page.get_by_test_id("stButtonGroup").filter(has_text="Detection")).to_be_visible()
    page.wait_for_function(WHOLE)
    assert page.evaluate(DRAWN) == before
