"""torchvision's ResNet-50, for the photo sets; ImageNet weights from a local file if there is one.

Source: He et al., CVPR 2016.
"""

from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from lnl.errors import BadInput
from lnl.networks.network import ImageShape, Network, register


class ResNet50(Network):
    """Bottleneck blocks on a 7 x 7 stem with pooling; grey images are shown as three channels."""

    def __init__(self, num_classes: int) -> None:
        from torchvision.models import resnet50 as made  # a second to import

        super().__init__(2048, num_classes)
        self.trunk = made(weights=None)
        self.trunk.fc = nn.Identity()

    @property
    def last_block(self) -> nn.Module:
        """The last stage."""
        last: nn.Module = self.trunk.layer4
        return last

    def body(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Features [B, 2048] are the mean of the feature map [B, 2048, H/32, W/32]."""
        trunk = self.trunk
        x = images.expand(-1, 3, -1, -1)
        x = trunk.maxpool(trunk.relu(trunk.bn1(trunk.conv1(x))))
        feature_map = trunk.layer4(trunk.layer3(trunk.layer2(trunk.layer1(x))))
        return feature_map.mean(dim=(2, 3)), feature_map

    def load_body(self, path: Path) -> None:
        """Take everything but the head from a file of torchvision's ResNet-50 weights.

        Raises BadInput if the file cannot be read (weights only) or does not fit.
        """
        try:
            weights = torch.load(path, map_location="cpu", weights_only=True)
            kept = {k: v for k, v in weights.items() if not k.startswith("fc.")}
            self.trunk.load_state_dict(kept)
        except (OSError, RuntimeError, UnpicklingError, AttributeError) as error:
            raise BadInput(
                f"{path} does not hold weights of torchvision's ResNet-50 ({error})"
            ) from error


@register(
    "resnet50",
    title="ResNet-50",
    source="He et al., CVPR 2016; torchvision",
    summary="For photos of 224 pixels and more; large.",
    minimum_side=32,
)
def resnet50(image_shape: ImageShape, num_classes: int) -> Network:
    """23.5 M weights."""
    return ResNet50(num_classes)
