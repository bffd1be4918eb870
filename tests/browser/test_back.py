"""The browser's Back and Forward: one step for each act, and the very view that was there."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.passing import IDLE, passes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

VIEW = """() => [
  location.pathname + location.search,
  document.querySelector('h1')?.innerText,
  ...[...document.querySelectorAll('[data-testid=stApp] :is([aria-current], input)')].map(
    part => [part.ariaLabel, part.dataset.id, part.value, part.checked].join()),
]"""


@pytest.fixture
def compared(page, server):
    """The recorded comparison."""
    page.clock.install()
    page.goto(f"{server.url}/compare")
    expect(pictures(page).first).to_be_visible()
    return page


def pictures(page):
    return page.locator(".lnl-pictures").last.locator("button[data-rev]")


def settled(page):
    """What is shown and chosen, once two looks in a row see the same."""
    before = None
    while before != (before := view(page)):
        page.wait_for_timeout(700)
    return before


def view(page):
    page.locator(IDLE).wait_for()
    page.locator("h1").first.wait_for()
    # a kind of widget that is new to the page is loaded first, and a grey bar stands in its place
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return page.evaluate(VIEW)


def shows(page, seen):
    """Waits for a view; it must also stay."""
    for _ in range(10):
        if settled(page) == seen:
            break
    assert settled(page) == seen


def open_picture(page, place):
    pictures(page).nth(place).click()
    expect(page.get_by_role("button", name="All samples")).to_be_visible()


def next_on_another_page(page):
    first = pictures(page).first.get_attribute("data-id")
    page.get_by_role("button", name="Next sample").click()
    expect(pictures(page).first).not_to_have_attribute("data-id", first)


def hide(page):
    page.get_by_text("Hidden", exact=True).click()
    expect(page).to_have_url(re.compile("hide=truth"))


def to_data(page):
    page.get_by_test_id("stTopNavLink").filter(has_text="Data").click()
    expect(page.get_by_role("heading", name="Data & noise")).to_be_visible()


def other_noise(page):
    page.get_by_role("combobox", name="Label noise").click()
    page.get_by_role("option", name="Pair", exact=True).click()
    expect(page).to_have_url(re.compile("noise=pair"))


def train_on(page):
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_role("heading", name="Watch")).to_be_visible()


def test_back_and_forward_go_one_act_at_a_time(compared):
    page = compared
    acts = (
        lambda: open_picture(page, 2),  # to another page
        lambda: open_picture(page, 23),  # the last of a page of the list
        lambda: next_on_another_page(page),
        lambda: hide(page),
        lambda: to_data(page),
        lambda: other_noise(page),
        lambda: train_on(page),
    )
    views, first = [settled(page)], page.evaluate("history.length")
    for done, act in enumerate(acts, start=1):
        act()
        views.append(settled(page))
        assert page.evaluate("history.length") == first + done, views[-1][0]
    assert len({seen[0] for seen in views}) == len(views)
    for seen in views[-2::-1]:
        page.go_back()
        shows(page, seen)
    for seen in views[1:]:
        page.go_forward()
        shows(page, seen)


def test_a_replay_is_one_act_and_back_ends_it(compared):
    page = compared
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile("epoch=3"))
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page.locator(".lnl-epoch output")).to_have_text("60")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    passes(page, 5)  # of a replay at two epochs a second
    assert "epoch=" not in page.url


def test_back_holds_against_the_answer_to_a_move_under_way(compared):
    page = compared
    shown = page.locator(".lnl-epoch output")
    page.get_by_role("button", name="Play").click()
    expect(page).to_have_url(re.compile("epoch=2"))
    shown.evaluate(
        """shown => new Promise(done => {
          const ahead = () => Number(shown.textContent) > 3;
          const look = () => ahead() ? done(history.back()) : setTimeout(look);
          look();
        })"""
    )
    expect(shown).to_have_text("60")
    passes(page, 20)
    assert "epoch=" not in page.url
    expect(shown).to_have_text("60")
