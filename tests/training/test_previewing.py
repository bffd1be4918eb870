"""Restored images: what is shown to the decoder is the same whatever the labels are."""

from dataclasses import replace

import numpy as np

from lnl.records import RunSpec
from lnl.training import prepare

SPEC = RunSpec(method="rfl", preset="short", epochs=2, limit=120, device="cpu", threads=1)


def previews(spec):
    _, trainer = prepare(spec)
    return [snapshot.previews for snapshot in trainer]


def test_the_same_images_are_distorted_in_the_same_way_whatever_the_noise():
    right, wrong = (
        previews(replace(SPEC, noise="none", rate=0.0)),
        previews(replace(SPEC, rate=0.8)),
    )
    for one, two in zip(right, wrong, strict=True):
        assert np.array_equal(one.original, two.original)
        assert np.array_equal(one.augmented, two.augmented)
        assert not np.array_equal(one.restored, two.restored)
    assert np.array_equal(right[0].augmented, right[1].augmented), "and at every epoch"
    assert not np.array_equal(right[0].augmented, right[0].original)
