"""The page Methods in a real browser: found by typing, opened by a click, trained from a table."""

import pytest
from playwright.sync_api import expect

from lnl.methods.cards import cards
from tests.support.passing import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_method_is_found_by_typing_and_opened_by_a_click(page, server):
    page.goto(f"{server.url}/methods")
    search = page.get_by_role("searchbox", name="Find a method")
    shown = page.locator(".lnl-cards a:visible")
    expect(shown).to_have_count(len(cards()))
    search.fill("JoCoR")
    expect(shown).to_have_count(1)
    expect(page.get_by_role("heading", name="NLNL")).to_be_hidden()
    expect(page.get_by_text(f"1 of {len(cards())}")).to_be_visible()
    search.fill("co-teaching+ (")  # signs are no patterns
    expect(shown).to_have_count(0)
    search.fill("no such thing")
    expect(shown).to_have_count(0)
    search.fill("2018 co-teaching")  # words in any order
    expect(shown).to_have_count(1)
    shown.click()
    expect(page.get_by_role("heading", name="Co-teaching", exact=True)).to_be_visible()
    assert "method=co-teaching" in page.url
    page.go_back()
    expect(search).to_be_visible()
    for width in (900, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_methods_are_chosen_by_family_with_keys_alone(page, server):
    page.goto(server.url)
    page.get_by_role("button", name="Choose by family").press("Enter")
    dialog = page.get_by_role("dialog")
    boxes = dialog.get_by_role("checkbox")
    expect(boxes).to_have_count(len(cards()))
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(2)
    dialog.get_by_role("searchbox").fill("correction patrini forward")
    expect(boxes).to_have_count(2)  # hidden ones have no role
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(dialog.get_by_text("Chosen: CE, SelNLPL, Forward.")).to_be_visible()
    expect(boxes.first).to_be_checked()
    expect(boxes.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Forward †", exact=True)).to_be_visible()
    assert "methods=ce%2Cselnlpl%2Cforward" in page.url


def test_a_cell_of_a_printed_table_is_trained(page, server):
    page.goto(f"{server.url}/methods?shelf=tables&table=RFL,%20Table%202")
    page.get_by_role("row", name="CE").first.get_by_role("button").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("printed")).to_be_visible()
    expect(dialog.get_by_text("CIFAR-100, ResNet18")).to_be_visible()
    epochs = dialog.get_by_role("spinbutton", name="Epochs")
    epochs.fill("2")
    epochs.press("Enter")
    expect(dialog.get_by_text("2 epochs")).to_be_visible()
    dialog.get_by_role("button", name="Train it").click()
    # these files are not there in a test: it is said, and nothing was started
    expect(dialog.get_by_role("alert").filter(has_text="cifar100")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(IDLE).wait_for()
    page.reload()
    expect(page.get_by_role("heading", name="CIFAR-100, ResNet18").first).to_be_visible()
    expect(dialog).to_have_count(0)
