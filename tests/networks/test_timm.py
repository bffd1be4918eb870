"""Models of timm by name: what they see, where their weights come from, that they draw nothing."""

import random

import numpy as np
import pytest
import timm
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lnl.errors import BadInput
from lnl.networks import (
    adapted_recipe,
    check_network,
    make_network,
    network_card,
    network_names,
    trains_on_one,
)
from lnl.networks import timm_models as models
from lnl.networks.backbones import backbone
from lnl.shapes import Recipe

SMALL = [
    "test_byobnet",
    "test_convnext",
    "test_efficientnet",
    "test_mambaout",
    "test_nfnet",
    "test_resnet",
    "test_vit",
]
DROPPING = "swin_tiny_patch4_window7_224"  # drops paths by default in timm


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The folder of weights, empty; nothing is in the cache of Hugging Face."""
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(models, "_cached", lambda hub_id: None)
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def drawn():
    return torch.get_rng_state().tolist(), random.getstate(), np.random.get_state()[1].tolist()


@pytest.mark.parametrize("name", [*SMALL, DROPPING])
def test_a_step_moves_no_global_generator(name):
    network = make_network(f"timm:{name}", (1, 8, 8), 3).train()
    images = torch.rand(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    before = drawn()
    output = network(images)
    output.logits.square().sum().backward()
    assert drawn() == before
    assert output.logits.shape == (2, 3)
    assert output.features.shape == (2, network.feature_size)


@pytest.mark.parametrize("name", SMALL)
def test_head_and_last_block_are_parts_of_the_network(name):
    network = make_network(f"timm:{name}", (3, 40, 40), 3)
    of_all = {id(each) for each in network.parameters()}
    block = [each for each in network.last_block.parameters()]
    assert {id(each) for each in block} < of_all
    assert sum(map(torch.numel, block)) > 0.005 * sum(map(torch.numel, network.parameters()))
    network.head = torch.nn.Linear(network.feature_size, 5)
    assert network.eval()(torch.zeros(1, 3, 40, 40)).logits.shape == (1, 5)


@pytest.mark.parametrize(
    ("name", "channels"), [("test_resnet", 96), ("test_mambaout", 64), ("test_vit", None)]
)
def test_a_feature_map_has_its_channels_first(name, channels):
    found = make_network(f"timm:{name}", (3, 32, 32), 3).eval()(torch.zeros(1, 3, 32, 32))
    assert (found.feature_map is None) == (channels is None)
    assert channels is None or found.feature_map.shape[:2] == (1, channels)


@settings(max_examples=15, deadline=None)
@given(channels=st.sampled_from([1, 3]), height=st.integers(1, 300), width=st.integers(1, 300))
def test_images_of_any_size_are_brought_to_the_model_s(channels, height, width):
    form = models.found("test_resnet").form
    seen = form.resized(torch.rand(1, channels, height, width))
    assert seen.shape == (1, 3, 160, 160)
    assert seen.isfinite().all()


def test_weights_are_drawn_from_the_seed():
    def weights():
        torch.manual_seed(4)
        return make_network("timm:test_resnet", (3, 32, 32), 3).state_dict()

    first, second = weights(), weights()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_weights_come_from_a_file_and_the_head_is_new(hub):
    torch.manual_seed(0)
    model = timm.create_model("test_resnet", pretrained=False)
    torch.save(model.state_dict(), hub / "test_resnet.pth")
    network = make_network("pretrained:timm:test_resnet", (3, 32, 32), 3)
    assert torch.equal(network.trunk.conv1[0].weight, model.conv1[0].weight)
    assert network.eval()(torch.zeros(1, 3, 32, 32)).logits.shape == (1, 3)
    features = backbone("timm:test_resnet").make().eval()
    images = torch.rand(2, 3, 160, 160)
    expected = model.eval().forward_head(model.forward_features(images), pre_logits=True)
    assert torch.allclose(features(images), expected)


def test_the_whole_name_of_the_weights_will_do_as_that_of_their_file(hub):
    from safetensors.torch import save_file

    model = timm.create_model("test_vit", pretrained=False)
    save_file(model.state_dict(), hub / "test_vit.r160_in1k.safetensors")
    check_network("pretrained:timm:test_vit", (3, 32, 32), 3)
    network = make_network("pretrained:timm:test_vit", (3, 32, 32), 3)
    assert torch.equal(network.trunk.cls_token, model.cls_token)


def test_weights_that_timm_has_fetched_are_found_in_its_cache(tmp_path, monkeypatch):
    from safetensors.torch import save_file

    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path / "none"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--timm--test_vit.r160_in1k"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("abc")
    (folder / "snapshots" / "abc").mkdir(parents=True)
    assert "put its file of weights" in models.found("test_vit").weights_missing()
    save_file(
        timm.create_model("test_vit").state_dict(),
        folder / "snapshots" / "abc" / "model.safetensors",
    )
    assert models.found("test_vit").weights_missing() == ""


@pytest.mark.parametrize("name", ["pretrained:timm:test_resnet", "frozen:timm:test_resnet"])
def test_without_weights_it_says_where_to_put_them(hub, name):
    with pytest.raises(BadInput, match=r"as test_resnet\.safetensors, into .*checkpoints"):
        check_network(name, (3, 32, 32), 3)


@pytest.mark.parametrize("content", [{"conv1.weight": torch.zeros(1)}, [1, 2], None])
def test_a_file_that_is_no_weights_is_refused(hub, content):
    file = hub / "test_resnet.pth"
    torch.save(content, file) if content is not None else file.write_bytes(b"nothing")
    with pytest.raises(BadInput, match="does not hold weights of timm's test_resnet"):
        make_network("pretrained:timm:test_resnet", (3, 32, 32), 3)


def test_a_cut_off_file_is_refused(hub):
    (hub / "test_resnet.safetensors").write_bytes(bytes(20))
    with pytest.raises(BadInput, match="does not hold weights of timm's test_resnet"):
        backbone("timm:test_resnet").make()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("timm:resnet81", r"no model 'resnet81'. Did you mean 'resnet18'"),
        ("timm:ResNet18", r"Did you mean 'resnet18'"),
        ("timm:", "no model ''"),
        ("timm:hf_hub:timm/resnet18", "no model 'hf_hub:timm/resnet18'"),
        ("timm:resnet18.nix", r"no weights 'resnet18.nix'; there are resnet18.a1_in1k"),
        ("frozen:timm:resnet81", r"Did you mean 'resnet18'"),
        ("tim:resnet18", r"unknown network 'tim:resnet18'.*timm:<name>"),
    ],
)
def test_unknown_names_are_told_in_one_line(name, said):
    with pytest.raises(BadInput, match=said) as told:
        check_network(name, (3, 32, 32), 3)
    assert len(str(told.value)) < 500


def test_without_timm_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(models, "find_spec", lambda name: None)
    assert not models.is_here()
    with pytest.raises(BadInput, match="pip install timm"):
        check_network("timm:resnet18", (3, 32, 32), 3)
    assert "small-cnn" in network_names()


def test_only_weights_of_a_file_bring_their_scale_and_a_lower_rate():
    recipe = Recipe("small-cnn", 10, mean=(0.3,), std=(0.2,))
    assert adapted_recipe("timm:test_resnet", recipe) == recipe
    known = adapted_recipe("pretrained:timm:test_resnet", recipe)
    assert (known.mean, known.std, known.learning_rate) == ((0.5,), (0.5,), 0.01)
    careful = adapted_recipe("pretrained:resnet50", Recipe("", 1, learning_rate=0.005))
    assert careful.learning_rate == 0.005


def test_a_card_and_the_check_for_batches_of_one_take_no_weights():
    card = network_card("timm:test_resnet", (3, 32, 32), 10)
    expected = sum(p.numel() for p in timm.create_model("test_resnet", num_classes=10).parameters())
    assert card.parameters == expected
    assert trains_on_one("timm:test_vit", (3, 32, 32))
