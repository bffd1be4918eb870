import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lnl.data.own.decoding import Unreadable, decode
from tests.support.photos import encoded, pixels

COLOUR, GREY = pixels(1), pixels(1, channels=1)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
@pytest.mark.parametrize("array", [COLOUR, GREY], ids=["colour", "grey"])
def test_lossless_kinds_come_back_as_they_were(kind, array):
    channels = 1 if array.ndim == 2 else 3
    header, found = decode(encoded(array, kind), channels, None)
    assert np.array_equal(found, array[None] if channels == 1 else array.transpose(2, 0, 1))
    assert (header.width, header.height, header.format) == (12, 12, kind)
    assert header.grey == (channels == 1)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_lossy_kinds_come_near(kind):
    smooth = np.tile(np.linspace(0, 255, 32).astype(np.uint8)[:, None, None], (1, 32, 3))
    _, found = decode(encoded(smooth, kind, quality=95), 3, None)
    assert np.abs(found.astype(int) - smooth.transpose(2, 0, 1)).max() < 12


def test_sixteen_bits_are_brought_to_eight():
    deep = (GREY.astype(np.uint16) * 257)[:, :7]
    header, found = decode(encoded(deep), 1, None)
    assert header.mode.startswith("I;16")
    assert np.array_equal(found[0], GREY[:, :7])


def test_transparent_parts_are_white():
    clear = np.dstack([COLOUR, np.zeros((12, 12), np.uint8)])
    assert (decode(encoded(clear), 3, None)[1] == 255).all()
    half = np.zeros((1, 1, 4), np.uint8) + np.array([0, 0, 0, 128], np.uint8)
    assert decode(encoded(half), 3, None)[1].ravel().tolist() == [127, 127, 127]
    grey = np.dstack([GREY, np.full((12, 12), 255, np.uint8)])
    assert np.array_equal(decode(encoded(grey), 1, None)[1][0], GREY)


def test_a_palette_gives_its_colours():
    image = Image.fromarray(COLOUR).quantize(16)
    file = io.BytesIO()
    image.save(file, "PNG", transparency=image.getpixel((0, 0)))
    _, found = decode(file.getvalue(), 3, None)
    expected = np.asarray(image.convert("RGB")).transpose(2, 0, 1).copy()
    see_through = np.asarray(image) == image.getpixel((0, 0))
    expected[:, see_through] = 255
    assert np.array_equal(found, expected)


def test_inks_become_colours():
    file = io.BytesIO()
    Image.new("CMYK", (4, 4), (255, 0, 0, 0)).save(file, "JPEG")
    _, found = decode(file.getvalue(), 3, None)
    assert found[0].max() < 60
    assert found[1:].min() > 120


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_pictures_are_put_upright(orientation):
    upright = np.zeros((4, 6), np.uint8)
    upright[0] = 255  # the top is white
    inverse = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.T,
        6: lambda a: np.rot90(a),
        7: lambda a: np.rot90(a, 2).T,
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(np.ascontiguousarray(inverse(upright)), "PNG", exif=exif)
    header, found = decode(content, 1, None)
    assert np.array_equal(found[0], upright)
    assert (header.width, header.height) == (6, 4)


def test_a_square_is_cut_from_the_middle():
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 255
    _, found = decode(encoded(wide), 3, 10)
    assert found.shape == (3, 10, 10)
    assert (found == 255).all()
    assert np.array_equal(decode(encoded(COLOUR), 3, 12)[1], COLOUR.transpose(2, 0, 1))


def _png(width, height):
    """A picture of that size whose pixels are not there."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    about = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", about)
    return head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


WHOLE = encoded(pixels(3, 64), "JPEG")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(50), "no JPEG, PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "no JPEG, PNG"),
        (b"hello", "no JPEG, PNG"),
        (_png(30_000, 30_000), "more than 50 million pixels"),
        (_png(8_000, 8_000), "more than 50 million pixels"),
        (_png(100, 100), "damaged"),
        (WHOLE[: len(WHOLE) // 2], "damaged"),
        (encoded(np.ones((2, 2), np.float32), "TIFF"), "32 bits a pixel"),
    ],
    ids=["empty", "gif", "eps", "text", "bomb", "smaller bomb", "no pixels", "cut", "floats"],
)
def test_what_is_no_image_is_told(content, why):
    with pytest.raises(Unreadable, match=why):
        decode(content, 3, 8)
