"""The run bar in a real browser: one row where there is room, and nothing is lost without."""

import pytest
from playwright.sync_api import expect

from tests.support import made_up, pointing
from tests.support.passing import passes
from tests.support.two_runs import two_runs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ROW = 80  # pixels, with the frame


@pytest.fixture
def running(server):
    """The store of the server, and two runs in it which seem to train."""
    with two_runs(server.cache, epochs=1, named="{} · digits · seed 0") as found:
        yield found


@pytest.fixture
def bar(server, page, running):
    """On the page whose side bar is open."""
    page.goto(server.url)
    return page.locator(".st-key-run_bar")


def middle(part):
    while (box := part.bounding_box()) is None:  # just drawn anew
        part.wait_for()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("width", "rows"), [(1440, 1), (900, 1), (420, 2)])
def test_it_is_low_and_says_all(page, bar, width, rows):
    page.set_viewport_size({"width": width, "height": 900})
    expect(bar).to_contain_text("CE and SelNLPL")
    page.wait_for_function(
        "most => document.querySelector('.st-key-run_bar').clientHeight < most",
        arg=ROW + 30 * (rows - 1),
    )
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth"), "nothing is cut off"
    for name in ("Pause", "Stop"):
        expect(bar.get_by_role("button", name=name)).to_be_visible()
    if width == 900:
        badge = bar.get_by_text("training").locator("visible=true")
        hint = page.get_by_test_id("stTooltipContent")
        pointing.point(page, lambda: middle(badge), hint, "On CPU, 2 threads, float32")
    else:
        expect(bar.get_by_text("CPU, 2 threads, float32")).to_be_visible()


@pytest.mark.usefixtures("fresh_process")
@pytest.mark.parametrize("address", ["", "methods"])
def test_it_follows_the_runs_with_one_timer_a_page(page, server, running, address):
    store, ids = running
    sent = []
    page.clock.install()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(f"{server.url}/{address}")
    bar = page.locator(".st-key-run_bar")
    expect(bar).to_contain_text("epoch 1 of 20")
    store.append(ids[0], made_up.snapshot(2, "ce"))
    expect(bar).to_contain_text("epoch 2 of 20")
    before = len(sent)
    passed = passes(page, 10)
    assert len(sent) - before < 1.5 * passed, "a refresh a second, not two"
    store.set_status(ids[0], "stopped")
    expect(bar).to_contain_text("SelNLPL · NL, epoch 1 of 20")
    expect(bar).not_to_contain_text("CE and")
    store.set_status(ids[1], "stopped")
    expect(bar).to_have_count(0)
