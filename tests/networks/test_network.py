"""Networks: shapes, features before the head, sizes and refusals."""

import pytest
import torch

from lnl.errors import BadInput
from lnl.networks import Network, make_network, network_cards, network_names
from lnl.networks.cnn9 import CNN9
from lnl.networks.resnet50 import ResNet50

LARGE = ("resnet50", "cnn9")  # need more than 16 x 16 pixels


@pytest.fixture(scope="module", params=network_names())
def network(request) -> Network:
    side = 32 if request.param in LARGE else 16
    return make_network(request.param, (3, side, side), 4)


@pytest.fixture
def images(network) -> torch.Tensor:
    side = 32 if isinstance(network, ResNet50 | CNN9) else 16
    shape = network.example((3, side, side)).shape[1:]
    return torch.randn(2, *shape, generator=torch.Generator().manual_seed(0))


def test_head_of_features_gives_the_logits(network, images):
    network.eval()
    output = network(images)
    assert output.logits.shape == (2, 4)
    assert output.features.shape == (2, network.feature_size)
    assert torch.equal(network.head(output.features), output.logits)
    if output.feature_map is not None:
        assert output.feature_map.shape[0] == 2
        assert output.feature_map.ndim == 4


def test_a_new_head_is_used(network, images):
    network.eval()
    old = network.head
    network.head = torch.nn.Linear(network.feature_size, 7)
    assert network(images).logits.shape == (2, 7)
    network.head = old


def test_every_parameter_gets_a_gradient(network, images):
    network.train()
    network(images).logits.square().sum().backward()
    missing = [n for n, p in network.named_parameters() if p.grad is None]
    assert not missing


@pytest.mark.parametrize(
    ("name", "shape", "parameters"),
    [
        ("lenet5", (1, 28, 28), 61_706),
        ("fc2", (1, 28, 28), 784 * 500 + 500 + 500 * 10 + 10),
        ("small-cnn", (1, 8, 8), 79_866),
        ("resnet14", (3, 32, 32), 172_506),
        ("resnet18", (3, 32, 32), 11_173_962),
        ("resnet32", (3, 32, 32), 464_154),
        ("resnet34", (3, 32, 32), 21_282_122),
        ("cnn7", (3, 32, 32), 653_318),
        ("cnn9", (3, 32, 32), 4_434_570),
        ("preact-resnet18", (3, 32, 32), 11_172_170),
        ("preact-resnet32", (3, 32, 32), 466_714),
        ("resnet50", (3, 64, 64), 23_528_522),
    ],
)
def test_number_of_parameters(name, shape, parameters):
    card = next(c for c in network_cards(shape, 10) if c.name == name)
    assert card.parameters == parameters


@pytest.mark.parametrize(("side", "last"), [(4, 1), (8, 2), (16, 2), (28, 3), (32, 4)])
def test_the_last_map_of_the_small_cnn(side, last):
    network = make_network("small-cnn", (1, side, side), 10).eval()
    feature_map = network(torch.zeros(1, 1, side, side)).feature_map
    assert feature_map.shape == (1, 96, last, last)


def test_cards_say_which_networks_do_not_fit():
    cards = {card.name: card for card in network_cards((1, 8, 8), 10)}
    assert cards["lenet5"].parameters is None
    assert cards["small-cnn"].parameters is not None
    assert sorted([*cards, "mlp"]) == network_names()


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


def test_resnet50_takes_its_body_from_a_file(tmp_path):
    network = make_network("resnet50", (1, 32, 32), 3)
    file = tmp_path / "weights.pth"
    weights = {name: w + 1 for name, w in network.trunk.state_dict().items()}
    torch.save({**weights, "fc.weight": torch.zeros(1000, 2048)}, file)
    network.load_body(file)
    assert all(torch.equal(network.trunk.state_dict()[name], weights[name]) for name in weights)


def test_resnet50_takes_grey_images():
    network = make_network("resnet50", (1, 32, 32), 3).eval()
    assert network(torch.randn(1, 1, 32, 32)).logits.shape == (1, 3)


def test_resnet50_refuses_a_file_that_is_no_weights(tmp_path):
    file = tmp_path / "weights.pth"
    torch.save({"conv1.weight": torch.zeros(1)}, file)
    with pytest.raises(BadInput, match="does not hold weights"):
        make_network("resnet50", (3, 32, 32), 3).load_body(file)


def test_same_seed_same_weights():
    torch.manual_seed(1)
    first = make_network("small-cnn", (1, 8, 8), 10).state_dict()
    torch.manual_seed(1)
    second = make_network("small-cnn", (1, 8, 8), 10).state_dict()
    assert all(torch.equal(first[k], second[k]) for k in first)
