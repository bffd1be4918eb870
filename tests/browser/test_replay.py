"""A saved replay, opened from a file with the network off: it moves, it hides, it fits."""

import re

import pytest
from playwright.sync_api import expect

from lnl.commands.run_as_command import command
from lnl.report import report
from lnl.runs.store import RunStore
from tests.support import pointing
from tests.support.mapped import mapped_run

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

EPOCHS = 20
BARS = """plot => [...plot.querySelectorAll(".barlayer .point path")].map(
  (bar) => bar.getAttribute("d")
)"""
POINTS = """plot => [...plot.querySelectorAll(".scatterlayer .point")].map(
  (point) => point.getAttribute("transform")
)"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def saved(store, tmp_path):
    """The report on two made-up runs, as a file."""
    runs = [mapped_run(store, method, EPOCHS) for method in ("ce", "selnlpl")]
    file = tmp_path / "report.html"
    file.write_text(report(store, runs, command), encoding="utf-8")
    return file


@pytest.fixture
def opened(browser, saved):
    """Opens it as nobody would: offline, and with every request but that of the file refused."""
    contexts, asked, errors = [], [], []

    def refuse(route):
        if route.request.url != saved.as_uri():
            asked.append(route.request.url)
            return route.abort()
        return route.continue_()

    def make(width=1280, height=720, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_offline(True)
        context.route("**/*", refuse)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: line.type == "error" and errors.append(line.text))
        page.goto(saved.as_uri())
        at(page, EPOCHS)
        return page

    yield make
    for context in contexts:
        context.close()
    assert asked == []
    assert errors == []


@pytest.fixture
def watched(server, page):
    """Two made-up runs, open on Watch."""
    store = RunStore(server.cache)
    runs = [mapped_run(store, method, EPOCHS) for method in ("ce", "selnlpl")]
    store.close()
    page.goto(f"{server.url}/?runs={','.join(runs)}")
    return page


def film(page, title):
    return page.locator(f".lnl-film[data-film^='{title}'] .lnl-plot")


def at(page, epoch, side=0):
    """Waits until all three figures show this epoch, with the truth (0) or without it (1)."""
    expect(page.locator(f".lnl-film .lnl-plot[data-drawn='{side} {epoch}']")).to_have_count(3)


def slider(page):
    return page.get_by_role("slider", name="Epoch")


def shapes(page):
    """What is drawn of the histograms and of the maps, as the SVG has it."""
    return film(page, "Confidence").evaluate(BARS), film(page, "Map").evaluate(POINTS)


def test_the_slider_moves_bars_and_points_by_key_and_by_drag(opened):
    page = opened()
    seen = {EPOCHS: shapes(page)}
    slider(page).press("ArrowLeft")
    at(page, EPOCHS - 1)
    seen[EPOCHS - 1] = shapes(page)
    expect(slider(page)).to_have_attribute("aria-valuetext", f"epoch {EPOCHS - 1} of {EPOCHS}")
    slider(page).press("Home")
    at(page, 1)
    seen[1] = shapes(page)
    expect(page.get_by_text("Still learning").first).to_be_visible()
    pointing.drag(page, slider(page), (0.01, 0.5), (0.5, 0.5))
    middle = int(slider(page).input_value()) + 1
    assert 5 < middle < 16
    at(page, middle)
    seen[middle] = shapes(page)
    every = list(seen.values())
    assert all(bars and points for bars, points in every)
    assert all(
        one[kind] != other[kind]
        for one in every
        for other in every
        if one is not other
        for kind in (0, 1)
    )
    label = film(page, "Confidence").get_attribute("aria-label")
    assert f"epoch {middle}." in label
    assert "SelNLPL: " in label


def test_play_goes_to_the_end_and_the_space_bar_pauses(opened):
    page = opened()
    speed = page.get_by_label("Speed")
    speed.select_option("0.5 / s")
    page.get_by_role("button", name="Play").click()
    expect(slider(page)).to_have_value(re.compile(r"^([1-9]|1[0-8])$"))  # neither end
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    at(page, int(slider(page).input_value()) + 1)
    speed.select_option("4 / s")
    slider(page).press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    at(page, EPOCHS)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_who_wants_no_motion_steps_by_hand(opened):
    page = opened(reduced_motion="reduce")
    page.clock.install()
    slider(page).press("Home")
    at(page, 1)
    following = page.get_by_role("button", name="Next")
    for epoch in (2, 3):
        following.click()
        at(page, epoch)
    page.clock.fast_forward(10_000)
    assert slider(page).input_value() == "2"


def test_the_truth_is_hidden_and_revealed_everywhere(opened):
    page = opened()
    told = page.get_by_text(re.compile("^clean rate|mislabelled|memoris")).filter(visible=True)
    known = told.count()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    page.get_by_role("button", name="Hide the truth").click()
    at(page, EPOCHS, side=1)
    expect(page.get_by_role("heading", name="What happened")).to_be_hidden()
    assert {text.split(": ")[1] for text in told.all_text_contents()} == {
        "Learning, or memorising?"
    }
    assert known > 10
    expect(page.get_by_text("all samples (true labels unknown)").first).to_be_visible()
    slider(page).press("Home")
    at(page, 1, side=1)
    page.get_by_role("button", name="Reveal the truth").click()
    at(page, 1)
    expect(film(page, "Confidence").get_by_text("mislabelled", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.locator(".lnl-offline .main-svg").first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (900, 900), (390, 800)])
def test_it_fits_the_window(opened, width, height):
    page = opened(width, height)
    assert page.evaluate(FITS)
    page.get_by_role("button", name="Hide the truth").click()
    at(page, EPOCHS, side=1)
    assert page.evaluate(FITS)
    if width > 1000:
        for title in ("Confidence", "Training"):
            box = film(page, title).bounding_box()
            assert box["y"] + box["height"] <= height, "whole on the first screen"


def test_watch_saves_what_replays_offline(watched, saved, opened):
    with watched.expect_download() as caught:
        watched.get_by_role("button", name="Save as HTML").click()
    assert caught.value.suggested_filename == "watch-report-digits-ce-selnlpl.html"
    caught.value.save_as(saved)
    page = opened()
    before = shapes(page)
    slider(page).press("Home")
    at(page, 1)
    assert all(old != new for old, new in zip(before, shapes(page), strict=True))
