"""The decoder behind any network that has a feature map."""

import pytest
import torch

from lnl.errors import BadInput
from lnl.networks import make_network
from lnl.networks.decoder import Decoder, make_decoder


def test_layout_behind_a_resnet18():
    with torch.device("meta"):
        decoder = Decoder((512, 4, 4), (3, 32, 32))
    convolutions = 9 * (512 * 256 + 256 * 128 + 128 * 64)
    norms = 2 * (256 + 128 + 64)
    last = 9 * 64 * 3 + 3
    assert sum(p.numel() for p in decoder.parameters()) == convolutions + norms + last
    assert len(decoder.blocks) == 3


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        ("small-cnn", (1, 8, 8)),
        ("small-cnn", (3, 30, 21)),
        ("lenet5", (1, 28, 28)),
        ("resnet14", (3, 32, 32)),
    ],
)
def test_restored_images_have_the_images_shape(network, shape):
    made = make_network(network, shape, 10)
    decoder = make_decoder(made, network, shape)
    feature_map = made(torch.randn(2, *shape)).feature_map
    assert decoder(feature_map).shape == (2, *shape)


def test_a_map_as_large_as_the_image_needs_no_doubling():
    decoder = Decoder((8, 8, 8), (1, 8, 8))
    assert len(decoder.blocks) == 0
    assert decoder(torch.randn(2, 8, 8, 8)).shape == (2, 1, 8, 8)


def test_output_is_unbounded():
    decoder = Decoder((8, 4, 4), (1, 8, 8))
    restored = decoder(torch.randn(64, 8, 4, 4) * 100)
    assert restored.min() < 0 < restored.max()


def test_looking_at_the_network_changes_nothing():
    network = make_network("small-cnn", (1, 8, 8), 10)
    before = {key: value.clone() for key, value in network.state_dict().items()}
    make_decoder(network, "small-cnn", (1, 8, 8))
    assert network.training
    assert all(torch.equal(before[key], value) for key, value in network.state_dict().items())


def test_a_network_without_a_feature_map_is_refused_by_name():
    network = make_network("fc2", (1, 8, 8), 10)
    with pytest.raises(BadInput, match="'fc2' has no feature map"):
        make_decoder(network, "fc2", (1, 8, 8))
