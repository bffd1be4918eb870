"""Plain descriptions for pages and the command line."""

from dataclasses import fields, is_dataclass

import pytest
from torch import Tensor

from lnl.data import dataset_cards, load_data, noise_cards
from lnl.errors import BadInput
from lnl.networks import make_network

NOISES = [
    "none",
    "symmetric",
    "symmetric-inc",
    "asymmetric",
    "pair",
    "superclass",
    "instance",
    "file",
    "open-set",
    "matrix",
    "human",
]


def test_data_sets(tmp_path):
    cards = {card.name: card for card in dataset_cards(tmp_path)}
    assert {"digits", "shapes", "mnist", "fashion-mnist", "cifar10", "cifar100"} <= set(cards)
    assert cards["digits"].embedded
    assert cards["digits"].available
    assert cards["shapes"].synthetic
    assert not cards["digits"].synthetic
    assert not cards["mnist"].available
    assert cards["mnist"].can_download
    assert "MNIST/raw/train-images-idx3-ubyte" in cards["mnist"].missing


@pytest.mark.parametrize("card", [c for c in dataset_cards() if c.embedded], ids=lambda c: c.name)
def test_an_embedded_set_is_what_its_card_says(card):
    data = load_data(card.name)
    assert len(data.given_labels) == len(data.train_images) == card.num_train
    assert len(data.test_labels) == len(data.test_images) == card.num_test
    assert data.num_classes == card.num_classes
    assert data.image_shape == card.image_shape


@pytest.mark.parametrize("card", dataset_cards(), ids=lambda c: c.name)
def test_a_recipe_fits_its_images(card):
    make_network(card.recipe.network, card.image_shape, card.num_classes)
    assert len(card.recipe.mean) == len(card.recipe.std) == card.image_shape[0]
    assert card.recipe.crop < card.image_shape[1]
    assert list(card.recipe.milestones) == sorted(card.recipe.milestones)


def test_noise_models():
    cards = {card.name: card for card in noise_cards("digits")}
    assert sorted(cards) == sorted(NOISES)
    assert all(card.title and card.summary and card.source for card in cards.values())
    assert cards["human"].reason
    assert not cards["symmetric"].reason
    assert not cards["none"].uses_rate
    options = {o.name: o for o in cards["asymmetric"].options}
    assert options["map"].choices == ("digits", "next")
    known = {o.name: o for o in noise_cards("cifar100")[NOISES.index("open-set")].options}
    assert known["known"].default == 80


def test_noise_models_of_own_data(write_npz):
    cards = {card.name: card for card in noise_cards(str(write_npz()))}
    assert cards["superclass"].reason
    assert [o.choices for o in cards["asymmetric"].options if o.name == "map"] == [("next",)]


def test_noise_models_of_an_unknown_set():
    with pytest.raises(BadInput, match="unknown data set"):
        noise_cards("dgits")


def test_cards_are_plain():
    for card in [*dataset_cards(), *noise_cards()]:
        assert is_dataclass(card)
        assert not any(isinstance(getattr(card, f.name), Tensor) for f in fields(card))
        assert not any(callable(getattr(card, f.name)) for f in fields(card))
