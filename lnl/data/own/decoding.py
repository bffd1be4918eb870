"""From the bytes of an image file to pixels, whatever its kind; hostile files are refused."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lnl.errors import BadInput

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")
LOSSY = frozenset(("JPEG", "WEBP", "MPO"))
MOST_PIXELS = 50_000_000
GREY = frozenset(("1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I"))
_TURNED = 0x0112  # EXIF: orientation


class Unreadable(BadInput):
    """A file that is no image we can read."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself before its pixels are decoded."""

    width: int  # upright
    height: int
    mode: str  # as Pillow names it
    format: str

    @property
    def grey(self) -> bool:
        """Whether it has no colours."""
        return self.mode in GREY


def decode(content: bytes, channels: int, side: int | None) -> tuple[Header, NDArray[np.uint8]]:
    """Header and pixels [C, H, W]: upright, transparent parts on white.

    ``side``: resized and centre-cropped to a square of so many pixels; None: as it is. Raises
    Unreadable.
    """
    image = _opened(content)
    header = _header(image)
    if side:
        image.draft(None, (side, side))  # JPEG alone: decodes at a fraction of the size
    try:
        image.load()
        image = ImageOps.exif_transpose(image)
        plain = _plain(image).convert("L" if channels == 1 else "RGB")
        if side and plain.size != (side, side):
            plain = ImageOps.fit(plain, (side, side), Image.Resampling.BICUBIC)
    except (OSError, ValueError, SyntaxError, MemoryError, OverflowError) as error:
        raise Unreadable(f"damaged: {error}") from error
    pixels = np.asarray(plain, np.uint8)
    return header, pixels[None] if channels == 1 else pixels.transpose(2, 0, 1)


def _opened(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise Unreadable(_too_large()) from error
    except (OSError, ValueError, SyntaxError, OverflowError) as error:
        raise Unreadable("no JPEG, PNG, WEBP, BMP or TIFF" if content else "empty") from error
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Unreadable(_too_large())
    return image


def _too_large() -> str:
    return f"more than {MOST_PIXELS / 1e6:.0f} million pixels"


def _header(image: Image.Image) -> Header:
    width, height = image.size
    try:
        turned = image.getexif().get(_TURNED, 1) in (5, 6, 7, 8)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError):
        turned = False  # damaged notes do no harm to the pixels
    if turned:
        width, height = height, width
    return Header(width, height, image.mode, str(image.format))


def _plain(image: Image.Image) -> Image.Image:
    """8 bits a channel, without transparency."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image)
        if image.mode == "F" or values.min(initial=0) < 0 or values.max(initial=0) > 65_535:
            raise Unreadable("32 bits a pixel: save it with 8 or 16")
        return Image.fromarray((values // 257).astype(np.uint8))
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image
