"""Crop, flip, cutout: against a loop over samples, one at a time."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.data.augment import crop_and_flip, cutout, integers


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def numbered(batch, channels=1, height=6, width=5):
    """Every pixel of a sample has a value of its own, from 1."""
    pixels = torch.arange(1, channels * height * width + 1, dtype=torch.uint8)
    return pixels.view(1, channels, height, width).expand(batch, -1, -1, -1).contiguous()


def candidates(image, padding, mirror):
    """All that the weak view of one image may be."""
    height, width = image.shape[1:]
    padded = F.pad(image, (padding,) * 4)
    for mirrored in (False, True) if mirror else (False,):
        for top in range(2 * padding + 1):
            for left in range(2 * padding + 1):
                cut = padded[:, top : top + height, left : left + width]
                yield (top, left, mirrored), cut.flip(-1) if mirrored else cut


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("padding", "mirror"), [(2, True), (2, False), (0, True), (4, True)])
def test_every_sample_has_its_own_shift_and_coin(padding, mirror, channels):
    images = numbered(300, channels)
    shown = crop_and_flip(images, padding, mirror, generator())
    known = list(candidates(images[0], padding, mirror))
    seen = set()
    for view in shown:
        found = [place for place, candidate in known if torch.equal(candidate, view)]
        assert found, "not a crop (and flip) of the image"
        seen.add(found[0])
    assert len(seen) > min(0.8 * len(known), 100)


def test_the_shifts_are_those_that_were_drawn():
    images = numbered(50)
    top, left = integers(5, (2, 50, 1), generator(3)).unbind()
    shown = crop_and_flip(images, 2, False, generator(3))
    padded = F.pad(images, (2, 2, 2, 2))
    for i in range(50):
        t, x = int(top[i]), int(left[i])
        assert torch.equal(shown[i], padded[i, :, t : t + 6, x : x + 5])


def test_half_are_mirrored():
    shown = crop_and_flip(numbered(4000), 0, True, generator())
    share = (shown[:, 0, 0, 0] == 5).double().mean().item()
    assert share == pytest.approx(0.5, abs=0.04)


def test_without_crop_and_flip_nothing_is_copied():
    images = numbered(3)
    assert crop_and_flip(images, 0, False, generator()) is images


@given(seed=st.integers(0, 2**40), padding=st.integers(0, 4), mirror=st.booleans())
@settings(max_examples=30)
def test_same_generator_same_views(seed, padding, mirror):
    images = numbered(8, 3)
    torch.manual_seed(seed)  # the global generator must not matter
    first = crop_and_flip(images, padding, mirror, generator(seed))
    second = crop_and_flip(images, padding, mirror, generator(seed))
    assert torch.equal(first, second)
    assert first.dtype == torch.uint8


@pytest.mark.parametrize("side", [1, 2, 5, 16])
def test_cutout_is_one_square_clipped_at_the_border(side):
    shown = cutout(torch.ones(400, 3, 12, 10), side, generator())
    assert torch.equal(shown[:, 0], shown[:, 2])
    places = set()
    for image in shown[:, 0]:
        rows, columns = (image == 0).any(dim=1), (image == 0).any(dim=0)
        assert torch.equal(image == 0, rows[:, None] & columns[None, :])
        for band in (rows, columns):
            at = band.nonzero()[:, 0]
            assert 1 <= len(at) <= side
            assert at[-1] - at[0] == len(at) - 1  # without a gap
            if len(at) < side:
                assert at[0] == 0 or at[-1] == len(band) - 1
        places.add((int(rows.nonzero()[0]), int(columns.nonzero()[0])))
    assert len(places) > 4
    # The centre is uniform over the image: a square is clipped by either border alike.
    clipped = (shown[:, 0] == 0).any(dim=1).double().mean(dim=0)  # by column
    assert clipped[0] == pytest.approx(clipped[-1].item(), abs=0.17)
    assert clipped[:5].mean() == pytest.approx(clipped[5:].mean().item(), abs=0.1)
