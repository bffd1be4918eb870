"""The pointer on a page that may still be moving under it."""

from playwright.sync_api import expect

LOOKS, PAUSE = 40, 250  # between two looks, milliseconds


def still(page, part):
    """Where a part of the page stands, once two looks in a row find it there."""
    part.scroll_into_view_if_needed()
    before = None
    while before != (before := part.bounding_box()):
        page.wait_for_timeout(PAUSE)
    return before


def drag(page, area, start, end):
    """Press within an area and let go elsewhere in it; both are shares of its width and height."""
    box = still(page, area)
    (left, top), (right, bottom) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    )
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=6)
    page.mouse.up()


def point(page, place, shown, words):
    """Point at what ``place()`` finds until ``shown`` holds the words."""
    for _ in range(LOOKS):
        x, y = place()
        page.mouse.move(x - 4, y - 4)
        page.mouse.move(x, y, steps=3)
        page.wait_for_timeout(PAUSE)
        if shown.count() and words in (shown.text_content() or ""):
            break
    expect(shown).to_contain_text(words)
