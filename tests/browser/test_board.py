"""A board by hand: panels are widened, moved and found; who guesses is told nothing."""

import re
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.support.first_screen import WHOLE
from tests.support.two_runs import two_runs

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
def board(page, server):
    with two_runs(server.cache, epochs=20) as (store, ids):
        for run_id in ids:
            store.set_status(run_id, "done")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(f"{server.url}/?runs={','.join(ids)}")
        page.wait_for_function(WHOLE)
        yield page


def panel(page, label):
    return page.locator(f".st-key-panel_{label}")


def test_a_panel_takes_the_width_of_the_page_and_moves(board):
    fitting = panel(board, "Fitting")
    half = fitting.bounding_box()["width"]
    fitting.get_by_role("button", name="Full width").click()
    expect(board).to_have_url(re.compile("wide=Fitting"))
    board.wait_for_function(
        "half => document.querySelector('.st-key-panel_Fitting').clientWidth > 1.8 * half", arg=half
    )
    fitting.get_by_role("button", name="Half width").click()
    expect(board).not_to_have_url(re.compile("wide="))
    panel(board, "Confidence").get_by_test_id("stPopover").locator("button").click()
    board.get_by_role("button", name="Move later").click()
    expect(board).to_have_url(re.compile("panels=Fitting%2CConfidence"))
    board.wait_for_function(
        """() => {
          const [a, b] = ['Fitting', 'Confidence'].map(
            (label) => document.querySelector(`.st-key-panel_${label}`)?.getBoundingClientRect());
          return a?.right <= b?.left;
        }"""
    )


def test_a_panel_without_anything_to_show_comes_into_sight_and_says_why(board):
    board.get_by_test_id("stButtonGroup").get_by_text("Restoration", exact=True).click()
    words = panel(board, "Restoration").get_by_text("None of these runs restores images")
    expect(words).to_be_in_viewport()


def test_who_guesses_sees_neither_truth_nor_verdict(board):
    verdicts = board.locator(".st-key-run_lines")
    expect(verdicts).to_contain_text("Memorising wrong labels since epoch")
    board.get_by_text("Guess", exact=True).click()
    expect(verdicts).to_contain_text("Learning, or memorising?")
    expect(verdicts).not_to_contain_text("wrong labels")
    drawn = board.locator(".lnl-plot .annotation-text").filter(has_text="clean rate")
    expect(drawn).to_have_count(0)
    board.get_by_text("Shown", exact=True).click()
    expect(verdicts).to_contain_text("Memorising wrong labels since epoch")


def test_a_thousand_classes_are_shown_by_blocks(page, server, tmp_path):
    classes = np.arange(1000)
    images = np.zeros((2000, 8, 8), np.uint8)
    file = tmp_path / "many.npz"
    held = {"x_test": images[:1000], "y_test": classes}
    np.savez(file, x_train=images, y_train=np.tile(classes, 2), **held)
    received = []
    page.on("websocket", lambda s: s.on("framereceived", lambda part: received.append(len(part))))
    page.goto(f"{server.url}/data?data=own&file={quote(str(file))}&noise=symmetric")
    expect(page.get_by_role("heading", name="The largest confusions")).to_be_visible()
    expect(page.locator(".heatmaplayer image").first).to_be_attached()
    assert sum(received) < 3_000_000


# At once, as a figure may be drawn anew: the words end above the middle of the number 100%.
CLEAR = """() => {
  const found = (place, where, text) =>
    [...(place?.querySelectorAll(where) ?? [])].find((part) => part.textContent.startsWith(text));
  const words = found(document, ".lnl-plot .annotation-text", "clean rate");
  const full = found(words?.closest(".lnl-plot"), ".ytick text", "100%");
  if (!full) return false;
  const { top, height } = full.getBoundingClientRect();
  return words.getBoundingClientRect().bottom <= top + height / 2 + 2;
}"""


def test_on_a_laptop_no_curve_can_cross_the_words_above_it(page, server):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(server.url)
    page.wait_for_function(CLEAR)
