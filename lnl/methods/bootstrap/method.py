"""Bootstrapping, soft and hard (Reed et al., ICLR 2015 workshop, arXiv 1412.6596).

The target is a mixture of the given label and of what the network believes itself: where it is
consistent, its prediction can outvote a wrong label. Soft takes the probabilities, which adds the
entropy of the prediction to be minimised; hard takes the predicted class, without a gradient.

Source: the paper's equations and values of β. The preset for CIFAR-10 has the network of NLNL's
Table 6, which says no more; ``rfl`` trains as RFL's tables do. RFL's row "Bootstrap" is taken for
the hard form, from which RFL's own starts; the paper does not say. It has no clean score of its
own: samples are ranked by p_y.

On the digits with 40 % symmetric noise both memorise as CE does (last accuracy 0.68 and 0.63, CE
0.68; mean of two seeds), as in NLNL's Table 5: a network that has fitted its labels predicts them.
"""

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.bootstrap.card import CARDS
from lnl.methods.bootstrap.loss import soft_bootstrap
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.parts.recipes import CIFAR10, rfl_tables
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, Preset, setting


class BootstrapSettings(MethodSettings):
    """The values of the paper."""

    beta: float = setting(0.95, "Weight of the given label", symbol="β", ge=0, le=1)
    hard: bool = setting(False, "Mix with the predicted class instead of the probabilities")


PRESETS = {
    "cifar10": Preset(
        "CIFAR-10, as in NLNL's Table 6",
        ("cifar10",),
        {"learning_rate": 0.1, "weight_decay": 1e-4},
        {**CIFAR10, "network": "resnet14"},
    ),
    "rfl": rfl_tables(),
}


@register(*CARDS)
class Bootstrap(Method):
    """One network, one loss."""

    Settings = BootstrapSettings
    settings: BootstrapSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch, beta = step.batch, self.settings.beta
        logits = self.network(batch.images).logits
        if self.settings.hard:
            each = losses.bootstrap(logits, batch.given_labels, beta)
        else:
            each = soft_bootstrap(logits, batch.given_labels, beta)
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"bootstrap": each.mean()}, {"network": shown})
