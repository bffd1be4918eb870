"""A presentation is led by keys: epochs, truth, panels, full screen; a field has its own."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.first_screen import DRAWN, WHOLE
from tests.support.passing import IDLE
from tests.support.two_runs import two_runs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
EPOCH = ".lnl-epoch output"


@pytest.fixture
def shown(page, server):
    """A presentation of two runs of 20 epochs."""
    with two_runs(server.cache, epochs=20) as (store, ids):
        for run_id in ids:
            store.set_status(run_id, "done")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{server.url}/?runs={','.join(ids)}&lecture=true")
    page.wait_for_function(WHOLE)
    page.locator(IDLE).wait_for()
    return page


def press(page, key):
    page.keyboard.press(key)
    page.locator(IDLE).wait_for()


def test_two_pictures_fill_the_screen_with_large_type_and_thick_lines(shown):
    heights = [bottom - top for top, bottom in shown.evaluate(DRAWN)]
    assert min(heights) > 720 * 0.6
    sizes = shown.evaluate(
        "[...document.querySelectorAll('.lnl-plot .xtick text')]"
        ".map(e => getComputedStyle(e).fontSize)"
    )
    assert {size for size in sizes if float(size[:-2]) < 22} == set()
    widths = shown.evaluate(
        "[...document.querySelectorAll('.st-key-panel_Fitting .lines path')]"
        ".map(e => parseFloat(getComputedStyle(e).strokeWidth))"
    )
    assert min(widths) >= 3.2
    assert max(widths) >= 4
    expect(shown.locator(".lnl-plot .legend")).to_have_count(0)
    labels = shown.locator(".lnl-plot .annotation-text").all_text_contents()
    assert {"clean", "mislabelled", "given labels", "memorised", "test"} <= set(labels)
    expect(shown.get_by_test_id("stHeader")).not_to_be_visible()
    expect(shown.get_by_test_id("stSidebar")).not_to_be_visible()
    expect(shown.locator(".lnl-keys")).to_contain_text("space plays")


def test_arrows_and_space_move_through_the_epochs(shown):
    epoch = shown.locator(EPOCH)
    press(shown, "ArrowLeft")
    press(shown, "ArrowLeft")
    expect(epoch).to_have_text("18")
    expect(shown).to_have_url(re.compile("epoch=18"))
    press(shown, "ArrowRight")
    expect(epoch).to_have_text("19")
    for _ in range(4):  # faster than answers come: none is lost, and none is heard again
        for _ in range(9):
            shown.keyboard.press("ArrowLeft")
        for _ in range(7):
            press(shown, "ArrowRight")
    press(shown, "ArrowLeft")
    expect(epoch).to_have_text("10")
    expect(shown).to_have_url(re.compile("epoch=10"))
    shown.keyboard.press("Space")
    expect(shown.locator(".lnl-play")).to_have_text(re.compile("Pause"))
    expect(epoch).to_have_text("20")
    expect(shown.locator(".lnl-play")).to_have_text(re.compile("Play"))


def test_the_truth_the_panels_and_the_way_out(shown):
    press(shown, "t")
    expect(shown).to_have_url(re.compile("hide=truth"))
    press(shown, "T")
    expect(shown).not_to_have_url(re.compile("hide="))
    press(shown, "8")
    losses = shown.locator(".st-key-panel_Losses")
    expect(losses).to_be_in_viewport(ratio=0.5)  # it comes into sight
    press(shown, "8")
    expect(losses).to_have_count(0)
    press(shown, "2")
    expect(shown.locator(".st-key-panel_Fitting")).to_have_count(0)
    press(shown, "1")  # the last one stays
    expect(shown.locator(".st-key-panel_Confidence")).to_be_visible()
    press(shown, "Escape")
    expect(shown).not_to_have_url(re.compile("lecture="))
    expect(shown.get_by_test_id("stHeader")).to_be_visible()
    press(shown, "t")
    expect(shown).not_to_have_url(re.compile("hide="))  # keys end with the presentation


def test_full_screen_and_back(shown):
    shown.keyboard.press("f")
    shown.wait_for_function("document.fullscreenElement !== null")
    shown.keyboard.press("f")
    shown.wait_for_function("document.fullscreenElement === null")


def test_a_key_belongs_to_the_field_that_has_the_focus(shown):
    shown.evaluate(
        """() => {
          const field = document.createElement('input');
          field.id = 'field';
          document.body.append(field);
          field.focus();
        }"""
    )
    shown.keyboard.type("t 1f")
    assert shown.locator("#field").input_value() == "t 1f"
    shown.keyboard.press("ArrowLeft")
    shown.locator(IDLE).wait_for()
    expect(shown).not_to_have_url(re.compile("hide=|epoch=|panels="))
    shown.evaluate("document.querySelector('#field').remove()")
    press(shown, "t")
    expect(shown).to_have_url(re.compile("hide=truth"))


def test_a_click_leaves_the_keys_with_the_presentation(shown):
    shown.locator(".st-key-switches").hover()
    shown.get_by_text("Hidden", exact=True).click()
    expect(shown).to_have_url(re.compile("hide=truth"))
    press(shown, "ArrowLeft")
    expect(shown).to_have_url(re.compile("epoch=19"))
    press(shown, "t")
    expect(shown).not_to_have_url(re.compile("hide="))
