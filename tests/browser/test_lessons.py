"""The cheapest lesson in a real browser, from the list to what happened."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.figures import changes
from tests.support.passing import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

TRAINED = 240_000  # milliseconds, on whatever machine this is


def press(page, name):
    page.get_by_role("button", name=name).click()


def every_control(page):
    """Press whatever a step offers besides its buttons; how many options there were."""
    pressed = 0
    presentation = page.locator(".st-key-lecture label")
    for on in (True, False):
        presentation.click()
        page.wait_for_function("on => location.search.includes('lecture') === on", arg=on)
        page.locator(IDLE).wait_for()
    for options in page.get_by_test_id("stPopoverButton").filter(has_text="Options").all():
        options.click()
        shown = page.get_by_test_id("stPopoverBody")
        for box in shown.locator("[data-testid=stCheckbox] label").all():
            box.click()
            page.locator(IDLE).wait_for()
            pressed += 1
        for group in shown.get_by_test_id("stButtonGroup").all():
            group.get_by_role("radio").last.click()
            page.locator(IDLE).wait_for()
            pressed += 1
        page.keyboard.press("Escape")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return pressed


def test_a_lesson_from_the_guess_to_the_answer(page, server, browser):
    page.goto(f"{server.url}/lessons")
    card = page.locator(".st-key-open_lesson_4")
    card.get_by_role("button").click()
    expect(page.get_by_role("heading", name="4. Ruling out one class")).to_be_visible()
    expect(page.locator(".lnl-picture").first).to_be_visible()
    every_control(page)
    page.get_by_text("Faster, and it still memorises little").click()
    press(page, "To the experiment")
    every_control(page)
    press(page, "Train 1 per step and 5 per step")

    accuracy = page.locator(".lnl-figure:has(.lnl-plot[aria-label*='training accuracy'])")
    expect(accuracy).to_be_visible()
    changes(accuracy)  # it grows
    assert every_control(page) >= 2

    page.get_by_role("button", name="What happened?").click(timeout=TRAINED)
    expect(page.get_by_text("You guessed it: “Faster, and it still memorises")).to_be_visible()
    told = page.get_by_text(re.compile(r"the test accuracy was \d+% with 1 per step, \d+% with 5"))
    expect(told).to_be_visible()
    every_control(page)
    address = page.url

    press(page, "Why?")
    expect(page.get_by_text("Now change one thing")).to_be_visible()
    page.go_back()
    expect(told).to_be_visible()
    assert page.url == address

    fresh = browser.new_context().new_page()
    fresh.goto(address)
    expect(fresh.get_by_text("Faster, and it still memorises little.")).to_be_visible()
    fresh.context.close()
