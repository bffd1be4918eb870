"""``picture_grid``: small images in rows, framed by what is known of their labels.

A component of ours: ``st.image`` loads each picture anew at every refresh of a live part, and
cannot be clicked. Here nodes stay, and a picture is painted again only when it has changed.
"""

from __future__ import annotations

import io
import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from zlib import crc32

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from lnl.charts import DARK, theme
from pages.ui.components import scripts

Tone = Literal["", "clean", "mislabelled", "unknown"]
FRAMES = {
    "": theme.GRID,
    "clean": theme.CLEAN,
    "mislabelled": theme.MISLABELLED,
    "unknown": theme.UNKNOWN,
}
SMOOTH_FROM = 64  # pixels: images as large as this are scaled smoothly, smaller ones stay sharp


_grid = st.components.v2.component(
    "lnl_pictures",
    html='<div class="lnl-pictures"></div>',
    css=scripts.text(__file__, "pictures.css"),
    js=scripts.text(__file__, "dark.js", "pictures.js"),
)


@dataclass(frozen=True)
class Picture:
    """An image, what is written under it, and how it is framed."""

    image: NDArray[np.uint8]  # [C, H, W], 1 or 3 channels
    id: int
    lines: tuple[str, ...] = ()  # plain text
    tone: Tone = ""  # clean: solid blue; mislabelled: dashed vermilion and a cross


def picture_grid(
    pictures: Sequence[Picture],
    key: str,
    size: int = 96,
    selectable: bool = False,
    selected: int | None = None,
) -> int | None:
    """Draw pictures of one shape, ``size`` screen pixels wide; the id just clicked, or None."""
    drawn = _grid(
        key=f"pictures_{key}",
        data=content(pictures, size, selectable, selected),
        on_clicked_change=lambda: None,
    )
    return None if drawn.clicked is None else int(drawn.clicked)


def content(
    pictures: Sequence[Picture], size: int, selectable: bool, selected: int | None
) -> dict[str, Any]:
    """What the browser is sent. Raises ValueError if the images differ in shape."""
    images = np.stack([p.image for p in pictures]) if pictures else np.empty((0, 1, 1, 1), np.uint8)
    height, width = images.shape[2:]
    return {
        "sheet": data_uri(images) if pictures else "",
        "columns": sheet_columns(len(pictures)),
        "width": width,
        "height": height,
        "sharp": min(height, width) < SMOOTH_FROM,
        "size": size,
        "selectable": selectable,
        "selected": selected,
        "frames": FRAMES,
        "dark": {light: DARK[light] for light in FRAMES.values()},
        "pictures": [
            {"id": p.id, "rev": crc32(p.image.tobytes()), "lines": p.lines, "tone": p.tone}
            for p in pictures
        ],
    }


def data_uri(images: NDArray[np.uint8]) -> str:
    """The sprite sheet of images [M, C, H, W] as an address that needs no request."""
    return f"data:image/png;base64,{b64encode(sprite(images)).decode()}"


def sprite(images: NDArray[np.uint8]) -> bytes:
    """Images [M, C, H, W] on one PNG, row by row, ``sheet_columns(M)`` in a row."""
    return _encoded(np.ascontiguousarray(images).tobytes(), images.shape)


def sheet_columns(count: int) -> int:
    """Images in a row of a sprite sheet of so many."""
    return max(1, math.ceil(math.sqrt(count)))


@lru_cache(maxsize=64)
def _encoded(pixels: bytes, shape: tuple[int, int, int, int]) -> bytes:
    count, channels, height, width = shape
    columns = sheet_columns(count)
    rows = -(-count // columns)
    sheet = np.zeros((rows * columns, height, width, channels), np.uint8)
    sheet[:count] = np.frombuffer(pixels, np.uint8).reshape(shape).transpose(0, 2, 3, 1)
    tiled = sheet.reshape(rows, columns, height, width, channels).transpose(0, 2, 1, 3, 4)
    flat = tiled.reshape(rows * height, columns * width, channels)
    file = io.BytesIO()
    Image.fromarray(flat[..., 0] if channels == 1 else flat).save(file, "PNG")
    return file.getvalue()
