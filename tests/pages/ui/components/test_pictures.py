"""The picture grid: what the browser is sent, and the sheet that its pictures are cut from."""

import base64
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from lnl.charts import DARK, theme
from pages.ui.components import pictures
from pages.ui.components.pictures import Picture


def read_back(png, shape):
    """Images cut from a sheet, as the browser does it."""
    count, channels, height, width = shape
    sheet = np.asarray(Image.open(io.BytesIO(png)))
    sheet = sheet.reshape(sheet.shape[0], sheet.shape[1], channels)
    columns = pictures.sheet_columns(count)
    cut = []
    for place in range(count):
        y, x = place // columns * height, place % columns * width
        cut.append(sheet[y : y + height, x : x + width].transpose(2, 0, 1))
    return np.stack(cut)


@settings(max_examples=25)
@given(st.integers(1, 27), st.sampled_from([1, 3]), st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_every_picture_lies_in_its_place_on_the_sheet(count, channels, size):
    random = np.random.default_rng(count)
    images = random.integers(0, 256, (count, channels, *size), dtype=np.uint8)
    assert (read_back(pictures.sprite(images), images.shape) == images).all()


def test_a_sheet_is_about_square():
    width, height = Image.open(io.BytesIO(pictures.sprite(np.zeros((26, 1, 4, 4), np.uint8)))).size
    assert (width, height) == (6 * 4, 5 * 4)


def page():
    import numpy as np
    import streamlit as st

    from pages.ui.components.pictures import Picture, picture_grid

    images = np.arange(3 * 16, dtype=np.uint8).reshape(3, 1, 4, 4)
    shown = [
        Picture(images[0], 7, ("given <b>0</b>", "score 0.1"), "clean"),
        Picture(images[1], 9, ("given 1",), "mislabelled"),
        Picture(images[2], 4),
    ]
    clicked = picture_grid(shown, "grid", size=120, selectable=True, selected=9)
    st.write(f"clicked {clicked}")


def test_the_grid_sends_text_frames_and_one_sheet():
    at = AppTest.from_function(page).run()
    assert not at.exception
    (shown,) = at.get("bidi_component")
    sent = json.loads(shown.proto.json)
    assert [p["id"] for p in sent["pictures"]] == [7, 9, 4]
    assert sent["pictures"][0]["lines"] == ["given <b>0</b>", "score 0.1"]
    assert [p["tone"] for p in sent["pictures"]] == ["clean", "mislabelled", ""]
    assert (sent["selected"], sent["selectable"], sent["size"]) == (9, True, 120)
    assert sent["sharp"]
    png = base64.b64decode(sent["sheet"].removeprefix("data:image/png;base64,"))
    expected = np.arange(3 * 16, dtype=np.uint8).reshape(3, 1, 4, 4)
    assert (read_back(png, expected.shape) == expected).all()
    assert at.markdown[0].value == "clicked None"


def test_frames_have_the_colours_of_all_figures_in_both_themes():
    sent = pictures.content([], 96, False, None)
    assert sent["frames"]["clean"] == theme.CLEAN
    assert sent["frames"]["mislabelled"] == theme.MISLABELLED
    assert sent["dark"] == {light: DARK[light] for light in sent["frames"].values()}
    assert sent["sheet"] == ""


def test_only_a_changed_image_has_a_new_revision():
    image = np.zeros((1, 4, 4), np.uint8)
    before = pictures.content([Picture(image, 1), Picture(image, 2)], 96, False, None)
    other = image.copy()
    other[0, 0, 0] = 1
    after = pictures.content([Picture(image, 1), Picture(other, 2)], 96, False, None)
    assert before["pictures"][0] == after["pictures"][0]
    assert before["pictures"][1]["rev"] != after["pictures"][1]["rev"]


@pytest.mark.parametrize(("pixels", "sharp"), [(28, True), (63, True), (64, False), (224, False)])
def test_small_images_are_drawn_with_sharp_pixels(pixels, sharp):
    picture = Picture(np.zeros((3, pixels, pixels), np.uint8), 1)
    assert pictures.content([picture], 96, False, None)["sharp"] is sharp


def test_images_of_several_shapes_are_refused():
    shapes = [(1, 4, 4), (1, 5, 5)]
    mixed = [Picture(np.zeros(shape, np.uint8), n) for n, shape in enumerate(shapes)]
    with pytest.raises(ValueError, match="same shape"):
        pictures.content(mixed, 96, False, None)
