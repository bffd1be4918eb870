"""Own images from the drop zone to the first live chart, without a word of code."""

import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.support.photos import Photos

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
LIVE = "document.querySelector('.lnl-plot')?.data?.some((trace) => trace.type === 'bar')"
WIDER = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def photos(tmp_path):
    made = Photos(tmp_path / "my photos").classes("rose", "tulip & co", images=20, side=16)
    made.add("rose/cut.png", b"no image")
    return made


def dropped(photos, kind):
    """What is dropped on which of the two zones."""
    if kind == "folder":
        return 1, str(photos.folder)
    packed = photos.folder.with_name("photos.zip")
    with zipfile.ZipFile(packed, "w") as file:
        for path in sorted(photos.folder.rglob("*.png")):
            file.write(path, path.relative_to(photos.folder.parent))
    return 0, str(packed)


@pytest.mark.parametrize(("kind", "scheme"), [("zip", "light"), ("folder", "dark")])
def test_from_the_drop_zone_to_the_first_live_chart(page, server, photos, kind, scheme):
    page.set_viewport_size({"width": 900, "height": 768})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{server.url}/data?epochs=30&methods=ce")
    zone, path = dropped(photos, kind)
    page.locator("input[type=file]").nth(zone).set_input_files(path)
    take = page.get_by_role("button", name="Import 40 images, skip 1")
    expect(take).to_be_visible()
    expect(page.get_by_text("16 train · 4 test")).to_be_visible()
    assert page.evaluate(WIDER) <= 0
    take.click()
    expect(page.get_by_text("Training images", exact=True)).to_be_visible()
    start = page.get_by_role("button", name="Train on this")
    start.click()
    expect(page).to_have_url(re.compile(r"^[^?]*/(\?|watch).*runs="))
    page.wait_for_function(LIVE)
    assert page.evaluate(WIDER) <= 0


def test_what_is_refused_is_said_beside_the_drop_zone(page, server, tmp_path):
    (tmp_path / "text.zip").write_text("hello")
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").nth(0).set_input_files(str(tmp_path / "text.zip"))
    expect(page.get_by_text("text.zip cannot be read as a zip")).to_be_visible()
    expect(page.get_by_text("text.zip, the app's own copy")).to_be_visible()
    page.get_by_role("button", name="Give a path instead").click()
    expect(page.get_by_text("cannot be read as a zip")).to_have_count(0)
