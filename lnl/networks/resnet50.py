"""torchvision's ResNet-50, for the photo sets: from scratch, or from ImageNet weights in a file.

Source: He et al., CVPR 2016.
"""

from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from lnl.errors import BadInput
from lnl.networks.inputs import InputForm
from lnl.networks.network import Entry, ImageShape, Network, add_entry, register
from lnl.networks.pretrained import PREFIX, pretrained_recipe
from lnl.networks.weights import folder_of_weights

AS_THEY_ARE = InputForm(sides=())
IMAGENET = InputForm()


class ResNet50(Network):
    """Bottleneck blocks on a 7 x 7 stem with pooling; grey images are shown as three channels."""

    def __init__(self, num_classes: int, form: InputForm = AS_THEY_ARE) -> None:
        from torchvision.models import resnet50 as made  # a second to import

        super().__init__(2048, num_classes)
        self.form = form
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
        x = self.form.resized(images)
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


def weights_file() -> Path:
    """torchvision's ImageNet weights. Raises BadInput that says where to put them."""
    if found := _files():
        return found[0]
    raise BadInput(f"the weights of ResNet-50 are not on this machine: {weights_missing()}")


def weights_missing() -> str:
    """What to do to have them; "" if they are here."""
    if _files():
        return ""
    return f"put torchvision's file of weights, resnet50-11ad3fa6.pth, into {folder_of_weights()}"


def _files() -> list[Path]:
    return sorted(folder_of_weights().glob("resnet50-*.pth"))


SOURCE = "He et al., CVPR 2016; torchvision"


@register(
    "resnet50",
    title="ResNet-50",
    source=SOURCE,
    summary="For photos of 224 pixels and more; large.",
    minimum_side=32,
)
def resnet50(image_shape: ImageShape, num_classes: int) -> Network:
    """23.5 M weights."""
    return ResNet50(num_classes)


def _build(image_shape: ImageShape, num_classes: int) -> Network:
    return ResNet50(num_classes, IMAGENET)


def _load(network: Network) -> None:
    assert isinstance(network, ResNet50)  # _build made it
    network.load_body(weights_file())


add_entry(
    PREFIX + "resnet50",
    Entry(
        "ResNet-50, from ImageNet",
        SOURCE,
        "Goes on from torchvision's weights of ImageNet; sees images at 224 pixels.",
        _build,
        adapt=pretrained_recipe(IMAGENET),
        missing=weights_missing,
        side=IMAGENET.sides[-1],
        load=_load,
    ),
)
