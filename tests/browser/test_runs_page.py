"""The page Runs in a real browser: menus and dialogs stay open while runs train."""

import re

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up, pointing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

EPOCH = re.compile(r"epoch (\d+) of")


def start_default(page, server):
    page.goto(server.url)
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator(".st-key-run_bar")).to_contain_text(EPOCH)


def epoch(row):
    return EPOCH.search(row.inner_text())[0]


def refreshed(row):
    """Waits until the list shows another epoch."""
    expect(row).not_to_contain_text(epoch(row))


def test_a_menu_and_a_dialog_stay_while_the_list_refreshes(page, server):
    start_default(page, server)
    page.get_by_test_id("stTopNavLink").filter(has_text="Runs").click()
    row = page.locator("[class*='st-key-runs_of_']").first
    expect(row).to_contain_text(EPOCH)

    row.get_by_role("button", name="More").first.click()
    entry = page.get_by_role("menuitem", name="Name, note and tags")
    expect(entry).to_be_visible()
    refreshed(row)
    expect(entry).to_be_visible()
    entry.click()

    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("seen while it trained")
    refreshed(row)
    refreshed(row)
    expect(dialog.get_by_label("Note")).to_have_value("seen while it trained")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(row).to_contain_text("seen while it trained")

    row.get_by_role("button", name="☆").first.click()
    expect(row.get_by_role("button", name="★")).to_have_count(1)
    page.locator(".st-key-run_bar").get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-run_bar")).to_have_count(0)
    expect(row.get_by_role("button", name="Resume").first).to_be_visible()


@pytest.fixture
def dialog(page, server):
    """The dialog that downloads the first run of the list, the recorded one."""
    page.goto(f"{server.url}/runs")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Download").click()
    found = page.get_by_role("dialog")
    expect(found.get_by_role("button", name="Download").first).to_be_visible()
    return found


@pytest.mark.parametrize("keys", [("Escape",), ("Tab", "Escape")])
def test_escape_closes_a_dialog_after_its_download(page, dialog, keys):
    with page.expect_download():
        dialog.get_by_role("button", name="Download").first.click()
    expect(dialog.get_by_role("button", name="Download").first).to_be_enabled()
    for key in keys[:-1]:
        page.keyboard.press(key)
        assert page.evaluate("Boolean(document.activeElement.closest('[role=dialog]'))")
    page.keyboard.press(keys[-1])
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="More").first.click()
    expect(page.get_by_role("menuitem", name="Download")).to_be_visible()


def test_the_command_of_a_run_is_copied(page, server):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{server.url}/runs")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Show command").click()
    page.get_by_role("button", name="Copy command").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("python -m lnl train --dataset digits --noise symmetric --rate 0.4")
    assert copied == " ".join(page.locator("[role=dialog] pre").inner_text().split())


def test_it_is_copied_where_a_page_has_no_clipboard(page, server):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.goto(f"{server.url}/runs")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Show command").click()
    page.get_by_role("button", name="Copy command").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Search").focus()
    page.keyboard.press("Control+V")
    expect(page.get_by_role("textbox", name="Search")).to_have_value(
        re.compile("python -m lnl train --dataset")
    )


def test_a_run_leaves_as_a_file_and_comes_back(page, server, tmp_path):
    start_default(page, server)
    page.get_by_test_id("stTopNavLink").filter(has_text="Runs").click()
    row = page.locator("[class*='st-key-runs_of_']").first
    expect(row).to_contain_text(re.compile(r"test \d+\.\d%"))
    page.locator(".st-key-run_bar").get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-run_bar")).to_have_count(0)

    row.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Download").first.click()
    download.value.save_as(tmp_path / "run.zip")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    starts = page.locator("[class*='st-key-runs_of_']")
    before = starts.count()
    page.get_by_text("Import runs").click()
    page.locator("input[type=file]").set_input_files(tmp_path / "run.zip")
    expect(starts).to_have_count(before + 1)


@pytest.fixture
def long_list(server):
    """Eleven runs that have ended, and one that another process trains: the list refreshes."""
    store = RunStore(server.cache)
    for number in range(11):
        store.set_status(store.create(RunSpec(seed=number), name=f"run {number}").id, "stopped")
    owner = store.own()
    training = store.create(RunSpec(), name="in training", owner=owner.token)
    store.set_status(training.id, "running")
    yield store
    owner.release()
    store.close()


def test_boxes_select_runs_while_the_list_refreshes(page, server, long_list):
    page.goto(f"{server.url}/runs")
    bar, row = page.locator(".st-key-selection"), page.locator("[class*='st-key-runs_of_']")
    expect(bar).to_contain_text("12 runs")
    expect(
        page.get_by_role("textbox", name="Search")
    ).to_be_visible()  # the code for fields is loaded at first use
    expect(page.get_by_role("checkbox", name="Select run 10")).to_have_count(1)
    top = row.first.bounding_box()["y"]

    def tick(name):
        """What is clicked is the drawn box; the field that it stands for is hidden."""
        page.locator("label").filter(has=page.get_by_role("checkbox", name=name)).click()

    def ticked(name):
        return page.get_by_role("checkbox", name=name, checked=True)

    tick("Select run 10")
    expect(bar).to_contain_text("1 selected")
    assert row.first.bounding_box()["y"] == pytest.approx(top, abs=2), "nothing jumps"
    row.last.scroll_into_view_if_needed()
    tick("Select run 3")
    expect(bar).to_contain_text("2 selected")
    assert bar.bounding_box()["y"] >= 0, "the buttons stay in sight"
    expect(bar.get_by_role("button", name="Compare")).to_be_in_viewport()

    long_list.rename(long_list.runs()[0].id, "in training, renamed")
    expect(row.first).to_contain_text("renamed")
    expect(ticked("Select run 3")).to_have_count(1)

    page.go_back()
    expect(bar).to_contain_text("1 selected")
    expect(ticked("Select run 3")).to_have_count(0)
    expect(ticked("Select run 10")).to_have_count(1)
    tick("Select run 4")
    expect(bar).to_contain_text("2 selected")

    bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted 2 runs")).to_be_visible()
    expect(bar).to_contain_text("10 runs")
    page.get_by_role("button", name="Undo").click()
    expect(bar).to_contain_text("12 runs")


def test_columns_are_chosen_and_stand_under_one_another(page, server):
    store = RunStore(server.cache)
    for number, method in enumerate(("ce", "selnlpl")):
        info = made_up.info(method)
        run = store.create(RunSpec(method=method, seed=number), info.data, info.stages, group="g")
        for epoch in range(1, 2 + 2 * number):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")
    store.close()
    page.goto(f"{server.url}/runs?find=seed")
    cells = page.locator(".lnl-cells")
    expect(cells.first).to_contain_text("20 epochs")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Method", exact=True).click()
    expect(cells.filter(has_text="method selnlpl")).to_have_count(1)
    expect(page).to_have_url(re.compile("columns=.*method"))
    page.keyboard.press("Escape")
    lefts = [[s.bounding_box()["x"] for s in row.locator("span").all()] for row in cells.all()]
    assert lefts[0] == lefts[1] == sorted(lefts[0])
    assert len(lefts[0]) == 7
    for width in (900, 390):
        page.set_viewport_size({"width": width, "height": 900})
        pointing.still(page, cells.first)
        main = page.locator("[data-testid=stMain]")
        assert main.evaluate("m => m.scrollWidth - m.clientWidth") == 0
