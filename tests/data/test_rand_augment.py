"""RandAugment: each operation as torchvision does it, but each sample on its own."""

import pytest
import torch
from torchvision.transforms import v2

from lnl.data import rand_augment
from lnl.data.rand_augment import OPERATIONS, operate
from lnl.data.sources.shapes import shapes

TORCHVISION = {
    "identity": "Identity",
    "shear_x": "ShearX",
    "shear_y": "ShearY",
    "translate_x": "TranslateX",
    "translate_y": "TranslateY",
    "rotate": "Rotate",
    "brightness": "Brightness",
    "colour": "Color",
    "contrast": "Contrast",
    "sharpness": "Sharpness",
    "posterize": "Posterize",
    "solarize": "Solarize",
    "autocontrast": "AutoContrast",
    "equalize": "Equalize",
}


def theirs(image, name, sign, magnitude):
    """One image under one operation of torchvision's RandAugment."""
    transform = v2.RandAugment()
    values, signed = transform._AUGMENTATION_SPACE[name]
    sizes = values(31, *image.shape[-2:])
    amount = 0.0 if sizes is None else float(sizes[magnitude])
    return transform._apply_image_or_video_transform(
        image,
        name,
        sign * amount if signed else amount,
        interpolation=v2.InterpolationMode.NEAREST,
        fill={torch.Tensor: None},
    )


def pictures(channels, side, count=28):
    return shapes().train_images[:count, :channels, :side, :side].contiguous()


@pytest.mark.parametrize("magnitude", [9, 30])
@pytest.mark.parametrize(("channels", "side"), [(3, 32), (1, 32), (1, 8)])
def test_a_batch_of_all_operations_equals_torchvision_one_by_one(channels, side, magnitude):
    images = pictures(channels, side)
    operation = torch.arange(28) % 14
    sign = torch.where(torch.arange(28) < 14, 1, -1)
    shown = operate(images, operation, sign, magnitude / 30)
    for i in range(28):
        name = OPERATIONS[int(operation[i])]
        expected = theirs(images[i], TORCHVISION[name], int(sign[i]), magnitude)
        difference = (shown[i].int() - expected.int()).abs()
        if name in ("brightness", "colour", "contrast"):  # sums in another order, then cut off
            assert difference.max() <= 1
            assert (difference > 0).float().mean() < 0.03, name
        else:
            assert difference.max() == 0, name


def test_a_sample_does_not_depend_on_its_batch():
    images = pictures(3, 32)
    operation, sign = torch.arange(28) % 14, torch.ones(28, dtype=torch.int64)
    together = operate(images, operation, sign, 0.3)
    alone = [operate(images[i : i + 1], operation[i : i + 1], sign[:1], 0.3) for i in range(28)]
    assert torch.equal(together, torch.cat(alone))


def test_rows_found_or_masked_give_the_same(monkeypatch):
    """On a CPU the rows of a family are picked out, on a GPU all rows are done and masked."""
    images = pictures(3, 32)
    operation, sign = torch.arange(28) % 14, torch.arange(28) % 2 * 2 - 1
    picked = operate(images, operation, sign, 0.3)

    def masked(images, rows, change, *more):
        return torch.where(rows[:, None, None, None], change(images, *more), images)

    monkeypatch.setattr(rand_augment, "_on_rows", masked)
    assert torch.equal(operate(images, operation, sign, 0.3), picked)


def test_samples_differ_and_the_generator_decides():
    images = pictures(3, 32, 1).expand(200, -1, -1, -1)
    first, again, other = (
        rand_augment.rand_augment(images, torch.Generator().manual_seed(s)) for s in (0, 0, 1)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.dtype == torch.uint8
    assert len({row.numpy().tobytes() for row in first}) > 100


def test_all_operations_are_drawn(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        rand_augment, "operate", lambda images, op, sign, size: drawn.append((op, sign)) or images
    )
    rand_augment.rand_augment(pictures(1, 8, 1).expand(2000, -1, -1, -1), torch.Generator())
    assert len(drawn) == 2
    for operation, sign in drawn:
        assert torch.bincount(operation, minlength=14).min() > 80  # 143 expected
        assert sign.unique().tolist() == [-1, 1]


def test_images_of_two_pixels_do_not_break_it():
    images = torch.randint(0, 256, (56, 1, 2, 2), dtype=torch.uint8)
    operation = torch.arange(56) % 14
    assert operate(images, operation, torch.ones(56), 0.3).shape == images.shape


def test_off_the_cpu_nothing_waits_for_the_device():
    # A meta tensor has no values: reading one (.item(), nonzero, a boolean index) raises.
    images = torch.empty(28, 3, 32, 32, dtype=torch.uint8, device="meta")
    operation = torch.empty(28, dtype=torch.int64, device="meta")
    shown = operate(images, operation, operation, 0.3)
    assert shown.shape == images.shape
    assert shown.dtype == torch.uint8
    with pytest.raises(NotImplementedError):
        operation.nonzero()
