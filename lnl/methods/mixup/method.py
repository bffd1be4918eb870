"""mixup (Zhang et al., ICLR 2018, arXiv 1710.09412).

Trained on convex pairs of images and labels, a network has to behave linearly between samples;
memorising single wrong labels becomes costly. One λ for each batch, from Beta(a, a), not folded:
the larger a, the stronger the mixing; near 0 it is cross entropy on single images.

Source: the paper and its released code. It has no clean score of its own: samples are ranked by
p_y of the image as it is. What a wrapper is shown are the logits of the images unmixed, from one
more forward pass in eval mode, which leaves batch norm's statistics and dropout as they are.
"""

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.mixup.card import CARDS
from lnl.methods.parts.mixing import drawn_order, drawn_share, pairs
from lnl.methods.parts.showing import unmixed
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, Preset, setting


class MixupSettings(MethodSettings):
    """The values of the released code."""

    alpha: float = setting(
        1.0, "Strength of the mixing: both parameters of Beta", symbol="a", gt=0, le=1000
    )


PAPER = {"learning_rate": 0.1, "weight_decay": 1e-4}
RECIPE = {"network": "resnet18", "epochs": 200, "batch_size": 128, "milestones": (0.5, 0.75)}
PRESETS = {
    "cifar": Preset("CIFAR, paper", ("cifar10", "cifar100"), PAPER, RECIPE),
    "noisy": Preset("CIFAR with noisy labels, paper", (), {**PAPER, "alpha": 8.0}, RECIPE),
}


@register(*CARDS)
class Mixup(Method):
    """One network, one loss, on pairs."""

    Settings = MixupSettings
    settings: MixupSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch, random = step.batch, step.random("mixup")
        share = drawn_share(self.settings.alpha, random)
        other = drawn_order(len(batch.index), random)
        logits = self.network(pairs(batch.images, share, other)).logits
        own = losses.cross_entropy(logits, batch.given_labels)
        others = losses.cross_entropy(logits, batch.given_labels[other])
        loss = (share * own + (1 - share) * others).mean()
        return StepOutput({"cross_entropy": loss}, self._shown(step))

    def _shown(self, step: Step) -> dict[str, Shown]:
        if not step.show_filtered:
            return {}
        return {"network": unmixed(self.network, step.batches)}
