import pytest
import torch

from lnl.errors import BadInput
from lnl.networks import check_kind, make_network, network_cards


def test_it_takes_vectors_and_gives_features_and_logits():
    network = make_network("mlp", (13, 1, 1), 3)
    output = network(torch.randn(4, 13))
    assert (output.logits.shape, output.features.shape) == ((4, 3), (4, 128))
    assert output.feature_map is None
    assert network.example((13, 1, 1)).shape == (1, 13)


def test_networks_of_images_are_refused_on_tables_and_the_other_way_round():
    with pytest.raises(BadInput, match="'resnet18' takes images, and these data are a table of"):
        check_kind("resnet18", of_tables=True)
    with pytest.raises(BadInput, match="'mlp' takes a table of vectors, and these data are images"):
        check_kind("mlp", of_tables=False)


def test_only_it_is_offered_for_tables():
    assert [card.name for card in network_cards((13, 1, 1), 3, of_tables=True)] == ["mlp"]
    assert "mlp" not in [card.name for card in network_cards((3, 32, 32), 10)]
