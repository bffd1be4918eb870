"""Views of batches: exact normalisation, what weak and strong do, one generator."""

from dataclasses import replace

import pytest
import torch

from lnl.data import ImageSet, Loader
from lnl.data.sources.shapes import shapes
from lnl.shapes import Recipe
from tests.support.pretended_cuda import CUDA, HostSync, pretended

CPU = torch.device("cpu")
RECIPE = Recipe(
    "small-cnn",
    epochs=1,
    mean=(0.4, 0.5, 0.6),
    std=(0.2, 0.25, 0.3),
    crop=4,
    flip=True,
    cutout=8,
)


def make(recipe=RECIPE, **more):
    return Loader(shapes().images, range(200), recipe, CPU, **more)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def normalised(images, recipe=RECIPE):
    """As the benchmarks do it: ToTensor, then Normalize."""
    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (recipe.mean, recipe.std))
    return (images.float() / 255 - mean) / std


def test_plain_is_the_exact_normalisation_in_order_of_the_index():
    index = torch.tensor([5, 3, 3, 199])
    (shown,) = make().views(index, ("plain",), generator())
    assert shown.dtype == torch.float32
    assert torch.allclose(shown, normalised(shapes().train_images[index]), atol=1e-6)


def test_plain_range_is_the_plain_view():
    loader = make()
    (shown,) = loader.views(torch.arange(20, 50), ("plain",), generator())
    assert torch.equal(next(loader.in_order([range(20, 50)])), shown)
    assert len(loader) == 200


def test_weak_without_crop_and_flip_is_plain():
    loader = make(replace(RECIPE, crop=0, flip=False))
    weak, plain = loader.views(torch.arange(50), ("weak", "plain"), generator())
    assert torch.equal(weak, plain)


def test_weak_pads_with_black_before_normalisation():
    loader = make()
    (shown,) = loader.views(torch.arange(200), ("weak",), generator())
    black = normalised(torch.zeros(1, 3, 1, 1)).expand(200, 3, 1, 1)
    corners = shown[:, :, :1, :1]
    # Only an unshifted corner (1 of 81 crops, or its mirror) and such shifts inwards show pixels.
    assert torch.isclose(corners, black, atol=1e-6).all(dim=1).double().mean() > 0.5


def test_two_weak_views_differ_and_the_generator_decides():
    loader, index = make(), torch.arange(64)
    first = loader.views(index, ("weak", "weak"), generator())
    again = loader.views(index, ("weak", "weak"), generator())
    assert not torch.equal(first[0], first[1])
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(loader.views(index, ("weak",), generator(1))[0], first[0])


def test_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    make().views(torch.arange(64), ("weak", "strong", "strong_on_first"), generator())
    assert torch.equal(torch.rand(3), expected)


def test_strong_cuts_a_square_to_the_mean():
    (shown,) = make().views(torch.arange(200), ("strong",), generator())
    zeros = (shown == 0).all(dim=1).flatten(1).sum(dim=1)
    assert (zeros >= 16).all()  # a quarter of the square lies inside at least


def test_strong_on_first_starts_from_the_first_view(monkeypatch):
    monkeypatch.setattr("lnl.data.loader.rand_augment", lambda images, generator: images)
    loader = make(replace(RECIPE, cutout=0))
    weak, on_first, strong = loader.views(
        torch.arange(64), ("weak", "strong_on_first", "strong"), generator()
    )
    assert torch.equal(on_first, weak)
    assert not torch.equal(strong, weak)


@pytest.mark.parametrize("view", ["strong", "strong_on_first"])
def test_strong_alone_differs_from_plain(view):
    plain, strong = make().views(torch.arange(64), ("plain", view), generator())
    assert (plain != strong).flatten(1).any(dim=1).all()


def test_channels_last_changes_the_layout_only():
    index = torch.arange(32)
    (usual,) = make().views(index, ("weak",), generator())
    (last,) = make(channels_last=True).views(index, ("weak",), generator())
    assert last.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(usual, last)


def test_images_that_stay_outside_a_gpu_reach_it_from_pinned_memory():
    index, views = torch.arange(32), ("weak", "strong_on_first")
    inside = [view.clone() for view in make().views(index, views, generator())]
    with pretended(free=0) as machine:
        outside = Loader(ImageSet(shapes().train_images[:200]), range(200), RECIPE, CUDA)
        assert not outside.resident
        shown = outside.views(index.to(CUDA), views, torch.Generator(CUDA).manual_seed(0))
        assert all(torch.equal(a.cpu(), b) for a, b in zip(shown, inside, strict=True))
        in_order = machine.steadily(lambda: next(outside.in_order([range(20, 50)])))()
        expected = index.to(CUDA)
        outside.expect([expected])
        again = machine.steadily(outside.views)(
            expected, views, torch.Generator(CUDA).manual_seed(0)
        )
        assert all(torch.equal(a.cpu(), b) for a, b in zip(again, inside, strict=True))
        with pytest.raises(HostSync, match="a copy from the device, \\(32,\\)"):  # of the index
            machine.steadily(outside.views)(index.to(CUDA), views, torch.Generator(CUDA))
        assert torch.equal(in_order.cpu(), next(make().in_order([range(20, 50)])))


@pytest.mark.parametrize(("reserve", "resident"), [(0, False), (10**9, True)])
def test_what_torch_holds_in_reserve_is_room_for_the_images(reserve, resident):
    with pretended(free=0, reserve=reserve):
        assert (
            Loader(ImageSet(shapes().train_images[:200]), range(200), RECIPE, CUDA).resident
            is resident
        )
