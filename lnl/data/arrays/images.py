"""Images as arrays hold them: which axis is which, and on which scale they are.

What is unambiguous is read, with a note; what would be nearly black or upside down is refused with
the line that mends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput

LAYOUT = (
    "images of 0 to 255 (or floats in [0, 1]) as [N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or "
    "3 channels"
)
DARK = 1 / 8  # of the full scale: a whole set below is on another scale
_DEPTHS = (1023, 4095, 16383, 65535)  # brightest values of 10, 12, 14 and 16 bits
_ROUNDING = 1e-3  # above 1: what resizing in floats leaves


class Scale(NamedTuple):
    """How values become 0 to 255."""

    top: float  # the brightest value there can be
    note: str = ""


def axes_in_order(array: NDArray[Any], key: str, labels: int) -> NDArray[Any]:
    """As [N, C, H, W], a view. Raises BadInput that names the line which reorders other axes."""
    shape = list(array.shape)
    if array.ndim in (3, 4) and shape[0] != labels and shape[-1] == labels:
        order = "(2, 0, 1)" if array.ndim == 3 else "(3, 0, 1, 2)"
        raise BadInput(
            f"{key} has shape {shape} for {labels:,} labels: its images lie along the last axis. "
            f"Put them first: {key}.transpose{order}"
        )
    if array.ndim == 2 and 0 not in shape:
        raise BadInput(
            f"{key} has shape {shape}, a row of pixels each: {_reshaped(key, shape[1])}; or, if "
            f"they are no pixels, store floats: {key}.astype(float)"
        )
    if array.ndim == 3:
        array = array[..., None]
    if array.ndim != 4 or 0 in array.shape:
        raise BadInput(f"{key} has shape {shape}; expected {LAYOUT}")
    if array.shape[3] in (1, 3):
        return array.transpose(0, 3, 1, 2)
    if array.shape[1] in (1, 3):
        return array
    if 4 in (array.shape[3], array.shape[1]):
        cut = "[..., :3]" if array.shape[3] == 4 else "[:, :3]"
        raise BadInput(
            f"{key} has shape {shape}, with 4 channels: leave out the fourth, the transparency: "
            f"{key}{cut}"
        )
    raise BadInput(f"{key} has shape {shape}, without 1 or 3 channels: {LAYOUT}")


def _reshaped(key: str, pixels: int) -> str:
    side = isqrt(pixels)
    if side**2 == pixels:
        return f"give them their sides back: {key}.reshape(-1, {side}, {side})"
    side = isqrt(pixels // 3)
    if 3 * side**2 == pixels:
        return (
            f"give them their sides back: {key}.reshape(-1, 3, {side}, {side}), or "
            f".reshape(-1, {side}, {side}, 3) where the colours of a pixel lie together"
        )
    return f"expected {LAYOUT}; reshape them"


def scales(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Scale]:
    """The scale of the images of each array: one for all of a kind, whole numbers or floats.

    Raises BadInput for values of no scale, and for images that would read as black.
    """
    ranges = {key: _range(array, key) for key, array in arrays.items()}
    found = {}
    for key, array in arrays.items():
        kind = array.dtype.kind
        beside = [
            ranges[other][1] for other in arrays if _is_float(arrays[other]) == _is_float(array)
        ]
        found[key] = _scale(array, key, ranges[key], max(beside), kind)
    return found


def to_bytes(array: NDArray[Any], scale: Scale) -> NDArray[np.uint8]:
    """0 to 255, rounded."""
    if array.dtype == np.uint8 and scale.top == 255:
        return array
    levels = np.rint(array.astype(np.float32) * (255 / scale.top)).clip(0, 255)
    return np.asarray(levels, np.uint8)


def _is_float(array: NDArray[Any]) -> bool:
    return array.dtype.kind == "f"


def _range(array: NDArray[Any], key: str) -> tuple[float, float]:
    if array.dtype.kind not in "bfiu":
        raise BadInput(f"{key} has values of type {array.dtype}; expected {LAYOUT}")
    low, high = float(array.min()), float(array.max())
    if not np.isfinite([low, high]).all():  # NaN and infinities show in the extremes
        raise BadInput(f"{key} holds values that are not finite (NaN or infinite)")
    return low, high


def _scale(
    array: NDArray[Any], key: str, own: tuple[float, float], brightest: float, kind: str
) -> Scale:
    if kind == "b":
        return Scale(1, f"{key} is true or false: read as white and black.")
    low, high = own
    found = f"{key} ({array.dtype}) lies in {low:g} to {high:g}"
    if low < 0:
        mend = "+ 1) / 2" if low >= -1 and high <= 1 else f"+ {-low:g}) / {high - low:g}"
        raise BadInput(f"{found}: store the images before normalisation, or as ({key} {mend}")
    scale = _of_floats(array, found, brightest) if kind == "f" else _of_whole(found, brightest)
    if not low < high <= DARK * scale.top:
        return scale
    if brightest > high:
        raise BadInput(f"{found}, others of the file in 0 to {brightest:g}: give all one scale")
    raise BadInput(
        f"{found}, which is nearly black on a scale of 0 to {scale.top:g}: store "
        f"np.uint8({key} * {255 / high:g}), and the test images times the same"
    )


def _of_whole(found: str, brightest: float) -> Scale:
    if brightest <= 255:
        return Scale(255)
    top = next((depth for depth in _DEPTHS if brightest <= depth), None)
    if top is None:
        raise BadInput(f"{found}; at most 65535 is read: bring the images to 0 to 255")
    return Scale(top, f"{found}: read as 0 to {top}, in 256 steps.")


def _of_floats(array: NDArray[Any], found: str, brightest: float) -> Scale:
    if brightest <= 1 + _ROUNDING:
        return Scale(1)
    if brightest <= 255 and (brightest > 127 or bool((array == np.rint(array)).all())):
        return Scale(255, f"{found}: read as 0 to 255.")
    raise BadInput(
        f"{found}, neither [0, 1] nor 0 to 255: divide by the brightest value there can be, the "
        "test images by the same"
    )
