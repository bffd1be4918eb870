"""Axes and scales: what is read as what, and the line that mends the rest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.data.arrays.images import axes_in_order, scales, to_bytes
from lnl.errors import BadInput

GREY = np.random.RandomState(0).randint(0, 256, (12, 1, 8, 8)).astype(np.uint8)
GREY[0, 0, 0, :2] = 0, 255


def read(array, beside=None):
    arrays = {"x": array} if beside is None else {"x": array, "z": beside}
    found = scales(arrays)
    return to_bytes(array, found["x"]), [scale.note for scale in found.values() if scale.note]


@pytest.mark.parametrize(
    ("array", "note"),
    [
        (GREY, None),
        (GREY.astype(np.int64), None),
        (GREY / 255, None),
        ((GREY / 255).astype(np.float16), None),
        (GREY / 255 * 1.0005, None),
        (GREY.astype(np.float32), r"x (float32) lies in 0 to 255: read as 0 to 255."),
        (GREY.astype(np.uint16) * 257, "x (uint16) lies in 0 to 65535: read as 0 to 65535, in 256"),
    ],
)
def test_scales_that_are_clear(array, note):
    pixels, notes = read(array)
    assert abs(pixels.astype(int) - GREY).max() <= (1 if array.dtype == np.float16 else 0)
    assert (note in notes[0]) if note else notes == []


def test_true_and_false_are_white_and_black():
    pixels, notes = read(GREY > 100)
    assert np.array_equal(pixels, (GREY > 100) * np.uint8(255))
    assert notes == ["x is true or false: read as white and black."]


@given(bits=st.sampled_from([10, 12, 14, 16]), seed=st.integers(0, 99))
def test_more_than_eight_bits(bits, seed):
    values = np.random.default_rng(seed).integers(2 ** (bits - 1), 2**bits, (2, 1, 4, 4))
    pixels, notes = read(values.astype(np.uint16))
    assert np.array_equal(pixels, np.rint(values * 255 / (2**bits - 1)))
    assert f"read as 0 to {2**bits - 1}" in notes[0]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (GREY / 255 * 1e-5, r"x \(float64\) lies in 0 to 1e-05, .* np.uint8\(x \* 2.55e\+07\)"),
        ((GREY > 100).astype(np.uint8), r"x \(uint8\) lies in 0 to 1, .* np.uint8\(x \* 255\)"),
        (GREY // 16, r"lies in 0 to 15, which is nearly black .* np.uint8\(x \* 17\)"),
        ((GREY // 16).astype(float), r"lies in 0 to 15, .* np.uint8\(x \* 17\)"),
        (GREY / 100, "lies in 0 to 2.55, neither"),
        (GREY * 3.1, "neither"),
        (GREY.astype(np.int64) * 1000, "at most 65535 is read"),
        (GREY / 127.5 - 1, r"before normalisation, or as \(x \+ 1\) / 2"),
        (GREY.astype(float) - 100, r"or as \(x \+ 100\) / 255"),
    ],
)
def test_what_would_be_black_or_is_on_no_scale_is_refused(array, message):
    with pytest.raises(BadInput, match=message):
        read(array)


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (GREY, (GREY > 100).astype(np.uint8)),
        (GREY.astype(float), GREY / 255),
        (GREY / 255, GREY.astype(float)),
        (GREY.astype(np.uint16) * 257, GREY.astype(np.uint16)),
    ],
)
def test_two_scales_of_one_kind_are_refused(train, test):
    with pytest.raises(BadInput, match=r"others of the file in 0 to .*: give all one scale"):
        read(train, test)


def test_a_float_scale_beside_whole_numbers_is_clear():
    assert np.array_equal(read(GREY / 255, GREY)[0], GREY)
    assert np.array_equal(read(GREY, GREY / 255)[0], GREY)


def test_a_constant_set_has_no_scale_to_doubt():
    assert read(np.full((2, 1, 4, 4), 7, np.uint8))[0].max() == 7


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((8, 8, 12), r"transpose\(2, 0, 1\)"),
        ((3, 8, 8, 12), r"transpose\(3, 0, 1, 2\)"),
        ((8, 8, 3, 12), r"transpose\(3, 0, 1, 2\)"),
        ((12, 784), r"reshape\(-1, 28, 28\)"),
        ((12, 3072), r"reshape\(-1, 3, 32, 32\), or .reshape\(-1, 32, 32, 3\)"),
        ((12, 10), "expected images"),
        ((12, 8, 8, 4), r"leave out the fourth.*x\[..., :3\]"),
        ((12, 4, 8, 8), r"leave out the fourth.*x\[:, :3\]"),
        ((12, 8, 8, 2), "without 1 or 3 channels"),
        ((12,), r"shape \[12\]; expected"),
        ((0, 8, 8), r"shape \[0, 8, 8\]; expected"),
    ],
)
def test_axes_that_are_told(shape, message):
    with pytest.raises(BadInput, match=message):
        axes_in_order(np.zeros(shape, np.uint8), "x", 12)
