"""A new browser and a store without runs: what plays by itself, what is said, the first click."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.first_screen import DRAWN, SHIFTS, WHOLE

pytestmark = [
    pytest.mark.browser, pytest.mark.timeout(420), pytest.mark.usefixtures("first_minute"),
]  # fmt: skip
EPOCH = ".lnl-epoch output"
BARS = "document.querySelector('.lnl-plot')?.data?.some((trace) => trace.type === 'bar')"


def cold(page, server):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(server.url)
    page.wait_for_function(WHOLE)
    return page


def test_the_recorded_comparison_plays_once_and_ends_with_the_first_act(page, server):
    cold(page, server)
    expect(page.locator(EPOCH)).to_have_text(re.compile(r"^([3-9]|[1-4]\d)$"))
    play = page.locator(".lnl-play")
    expect(play).to_have_text("Pause")
    page.get_by_role("heading", name="Watch").click()
    expect(play).to_have_text("Play")
    page.reload()
    page.wait_for_function(WHOLE)
    expect(play).to_have_text("Play")


def test_nothing_plays_by_itself_where_motion_is_reduced(page, server):
    page.emulate_media(reduced_motion="reduce")
    cold(page, server)
    expect(page.locator(".lnl-hint")).to_be_visible()
    expect(page.locator(EPOCH)).to_have_text("60")
    expect(page.locator(".lnl-play")).to_have_text("Next")


def test_three_hints_lead_on_the_picture_and_are_gone_for_good(page, server):
    cold(page, server)
    hint = page.locator(".lnl-hint")
    seen = []
    for number in (1, 2, 3):
        expect(hint).to_contain_text(f"{number} of 3")
        seen.append(hint.bounding_box()["x"])
        page.locator(".lnl-next").click()
    assert seen[0] < seen[1], "the second stands at the other picture"
    expect(hint).not_to_be_visible()
    page.reload()
    page.wait_for_function(WHOLE)
    expect(hint).not_to_be_visible()


def test_from_the_click_to_the_end_nothing_moves(page, server):
    cold(page, server)
    page.locator(".lnl-away").click()
    button = page.get_by_role("button", name="Train your own: CE beside SelNLPL")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    tops = [top for top, _ in page.evaluate(DRAWN)]
    page.evaluate(SHIFTS)
    button.click()
    expect(page.locator(".lnl-live")).to_be_visible()
    page.wait_for_function(BARS)
    page.wait_for_function(WHOLE)
    during = [top for top, _ in page.evaluate(DRAWN)]
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-run_bar")).to_have_count(0)
    page.wait_for_function(WHOLE)
    after = [top for top, _ in page.evaluate(DRAWN)]
    moved = [abs(a - b) for then in (during, after) for a, b in zip(tops, then, strict=True)]
    assert max(moved) <= 2
    assert page.evaluate("window.shifted") < 0.02, page.evaluate('window.shifts.join("\\n")')
