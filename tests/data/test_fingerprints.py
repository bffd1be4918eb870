"""What tells data apart: the images in their order, and which are seen with which labels."""

from dataclasses import replace
from hashlib import blake2b

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lnl.data import ImageSet, data_of, load_data
from lnl.data.noisy_data import NoisyData
from lnl.data.source import Split
from lnl.errors import BadInput
from lnl.records import RunSpec
from tests.conftest import make_blobs

images = st.lists(
    st.binary(min_size=12, max_size=12), min_size=2, max_size=6, unique=True
)  # each of [3, 2, 2]


def image_set(rows, shape=(3, 2, 2)):
    pixels = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, *shape)
    return ImageSet(torch.from_numpy(pixels.copy()))


@given(rows=images)
def test_equal_images_in_equal_order_are_the_same_set(rows):
    one = image_set(rows)
    transposed = one.pixels.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    assert image_set(rows).fingerprint == one.fingerprint == ImageSet(transposed).fingerprint
    joined = ImageSet.of([transposed[:1], transposed[1:]])
    assert joined.pixels.is_contiguous()
    assert joined.fingerprint == one.fingerprint


@given(rows=images, data=st.data())
def test_the_order_is_in_it(rows, data):
    order = data.draw(st.permutations(range(len(rows))))
    shuffled = image_set([rows[i] for i in order])
    assert (shuffled.fingerprint == image_set(rows).fingerprint) is (order == sorted(order))
    assert np.array_equal(shuffled.keys, image_set(rows).keys[order])


@given(rows=images, data=st.data())
def test_each_pixel_is_in_it_and_in_the_key_of_its_image_alone(rows, data):
    row = data.draw(st.integers(0, len(rows) - 1))
    place = data.draw(st.integers(0, 11))
    changed = bytearray(rows[row])
    changed[place] ^= data.draw(st.integers(1, 255))
    other = image_set([*rows[:row], bytes(changed), *rows[row + 1 :]])
    assert other.fingerprint != image_set(rows).fingerprint
    differ = (other.keys != image_set(rows).keys).any(1)
    assert np.flatnonzero(differ).tolist() == [row]


@given(rows=images)
def test_the_shape_is_in_it(rows):
    flat, tall = image_set(rows, (3, 1, 4)), image_set(rows, (3, 4, 1))
    assert len({flat.fingerprint, tall.fingerprint, image_set(rows).fingerprint}) == 3


@given(rate=st.sampled_from([0.0, 0.2, 0.4]), seed=st.integers(0, 3), limit=st.integers(1, 96))
def test_labels_and_limit_are_in_the_runs_and_not_in_the_images(rate, seed, limit):
    plain, noisy = load_data("digits"), load_data("digits", noise="symmetric", rate=rate, seed=seed)
    few = load_data("digits", noise="symmetric", rate=rate, seed=seed, limit=limit)
    prints = [data.facts.images_fingerprint for data in (plain, noisy, few)]
    assert len(set(prints)) == 1
    assert few.fingerprint != noisy.fingerprint
    same = torch.equal(plain.given_labels, noisy.given_labels)
    assert (plain.fingerprint == noisy.fingerprint) is same


def changed(**parts):
    data = make_blobs()
    labels = {name: parts.pop(name) for name in ("given", "true", "class_names") if name in parts}
    return replace(data, labels=replace(data.labels, **labels), **parts)


@pytest.mark.parametrize("scheme", [1, 2, 3, 4])
def test_all_that_a_run_sees_is_in_its_own(scheme):
    data, test = make_blobs(), make_blobs().test
    seen = [
        changed(),
        changed(given=data.given_labels.flip(0)),
        changed(true=data.true_labels.roll(1)),
        changed(true=None),
        changed(class_names=("a", "b", "c", "D")),
        changed(test=replace(test, labels=test.labels.roll(1))),
        changed(test=replace(test, rows=torch.arange(95, 143))),
        changed(train_rows=range(1, 97)),
        changed(images=make_blobs(seed=1).images),
        changed(validation=Split(range(90, 92), data.test_labels[:2])),
        changed(validation=Split(range(91, 93), data.test_labels[:2])),
        changed(validation=Split(range(90, 92), 1 - data.test_labels[:2])),
    ]
    assert len({replace(each, scheme=scheme).fingerprint for each in seen}) == len(seen)
    again = replace(changed(), scheme=scheme, name="elsewhere", title="Other")
    assert again.fingerprint == replace(seen[0], scheme=scheme).fingerprint
    as_tensor = replace(seen[0], scheme=scheme, train_rows=torch.arange(96))
    assert as_tensor.fingerprint == replace(seen[0], scheme=scheme).fingerprint


def by_hand(data: NoisyData) -> str:
    """The formula of the first runs, as their version of lnl had it."""
    digest = blake2b(digest_size=16)
    for name in ("train_images", "given_labels", "true_labels", "test_images", "test_labels"):
        part = getattr(data, name)
        digest.update(f"{name} {None if part is None else tuple(part.shape)};".encode())
        digest.update(b"" if part is None else part.contiguous().numpy().tobytes())
    digest.update("\n".join(data.class_names).encode())
    return digest.hexdigest()


@pytest.mark.parametrize("noise", ["none", "symmetric", "open-set"])
def test_a_run_of_the_first_scheme_keeps_its_value(noise):
    data = replace(load_data("digits", noise=noise, rate=0.4, limit=60), scheme=1)
    assert data.fingerprint == by_hand(data)
    assert (data.facts.scheme, data.facts.images_fingerprint) == (1, "")
    assert data.facts.images == data.fingerprint


def test_the_first_runs_of_all():
    """As ``tests/runs/exchange/archive`` has it."""
    data = data_of(RunSpec(limit=60), 1)
    assert data.fingerprint == "57d19e6d20e50b4d2920b6a0723dc02a"


@pytest.mark.parametrize("scheme", [1, 2])
def test_a_stored_run_keeps_the_first_samples(scheme):
    data = data_of(RunSpec(limit=60), scheme)
    assert data.train_rows == range(60)
    assert data.true_labels.tolist() == load_data("digits").true_labels[:60].tolist()


def test_equal_data_of_the_last_two_schemes_are_the_same():
    spec = RunSpec()
    assert data_of(spec, 2).fingerprint == data_of(spec, 3).fingerprint == data_of(spec).fingerprint
    assert data_of(spec).facts.scheme == 4
    limited = replace(spec, limit=60)
    assert data_of(limited, 2).fingerprint != data_of(limited, 3).fingerprint


def test_a_scheme_that_is_not_known_here():
    with pytest.raises(BadInput, match="scheme 5, which a newer version of lnl has brought"):
        replace(make_blobs(), scheme=5)
