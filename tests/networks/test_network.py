"""Networks: shapes, features before the head, sizes and refusals."""

import pytest
import torch

from lnl.errors import BadInput
from lnl.networks import Network, make_network, network_cards, network_names

SIDES = {"resnet50": 32}


def small(name: str, num_classes: int = 4) -> tuple[Network, torch.Tensor]:
    side = SIDES.get(name, 16)
    network = make_network(name, (3, side, side), num_classes)
    return network, torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", network_names())
def test_head_of_features_gives_the_logits(name):
    network, images = small(name)
    network.eval()
    output = network(images)
    assert output.logits.shape == (2, 4)
    assert output.features.shape == (2, network.feature_size)
    assert torch.equal(network.head(output.features), output.logits)
    if output.feature_map is not None:
        assert output.feature_map.shape[0] == 2
        assert output.feature_map.ndim == 4


@pytest.mark.parametrize("name", network_names())
def test_a_new_head_is_used(name):
    network, images = small(name)
    network.eval()
    network.head = torch.nn.Linear(network.feature_size, 7)
    assert network(images).logits.shape == (2, 7)


@pytest.mark.parametrize("name", network_names())
def test_every_parameter_gets_a_gradient(name):
    network, images = small(name)
    network(images).logits.square().sum().backward()
    missing = [n for n, p in network.named_parameters() if p.grad is None]
    assert not missing


@pytest.mark.parametrize(
    ("name", "shape", "parameters"),
    [
        ("lenet5", (1, 28, 28), 61_706),
        ("fc2", (1, 28, 28), 784 * 500 + 500 + 500 * 10 + 10),
        ("small-cnn", (1, 8, 8), 94_186),
        ("resnet14", (3, 32, 32), 172_506),
        ("resnet18", (3, 32, 32), 11_173_962),
        ("resnet32", (3, 32, 32), 464_154),
        ("resnet34", (3, 32, 32), 21_282_122),
    ],
)
def test_number_of_parameters(name, shape, parameters):
    network = make_network(name, shape, 10)
    assert sum(p.numel() for p in network.parameters()) == parameters
    card = next(c for c in network_cards(shape, 10) if c.name == name)
    assert card.parameters == parameters


def test_cards_say_which_networks_do_not_fit():
    cards = {card.name: card for card in network_cards((1, 8, 8), 10)}
    assert cards["lenet5"].parameters is None
    assert cards["small-cnn"].parameters is not None
    assert sorted(cards) == network_names()


def test_cards_draw_nothing_from_the_global_generator():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    network_cards((3, 36, 36), 11)
    assert torch.equal(torch.rand(2), expected)


def test_images_that_are_too_small_are_refused():
    with pytest.raises(BadInput, match=r"'lenet5' needs images of at least 12 x 12.*small-cnn"):
        make_network("lenet5", (1, 8, 8), 10)


def test_unknown_network_names_the_nearest():
    with pytest.raises(BadInput, match="Did you mean 'resnet18'"):
        make_network("resnet-18", (3, 32, 32), 10)


def test_one_class_is_refused():
    with pytest.raises(BadInput, match="at least 2 classes, got 1"):
        make_network("small-cnn", (1, 8, 8), 1)


def test_same_seed_same_weights():
    torch.manual_seed(1)
    first = make_network("small-cnn", (1, 8, 8), 10).state_dict()
    torch.manual_seed(1)
    second = make_network("small-cnn", (1, 8, 8), 10).state_dict()
    assert all(torch.equal(first[k], second[k]) for k in first)
