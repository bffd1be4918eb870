"""Unhinged (van Rooyen et al., NeurIPS 2015), sigmoid (Ghosh et al., 2015), Savage (NeurIPS 2008).

Three margin losses of binary classification that noise harms less: they do not grow, or no faster
than linearly, where a sample is far on the wrong side. NLNL's Table 6 compares with them as
Patrini et al. (CVPR 2017) carried them over to several classes. Unhinged and sigmoid loss do
without a softmax: batch norm on the outputs ("BN") keeps the first of them from falling for ever.

Source: the equations as that code has them. With one-hot labels only the output of the given label
has a gradient; ``encoding="plus-minus"`` is the theory's form, one class against the rest.

Ours: the batch norm has no scale and no shift, for with a scale the unhinged loss has no lower
bound again. The preset has the other baselines' schedule and the network of NLNL's Table 6.

On the digits with 40 % symmetric noise unhinged and sigmoid loss memorise nearly all wrong labels,
as CE does (last accuracy 0.66 and 0.72, plus-minus 0.68 and 0.80, CE 0.68, Savage 0.93; mean of two
seeds, 40 epochs); in NLNL's Table 6 they do hardly better than CE. Where the
variance of an output is held, a linear loss is least squares in disguise: its minimum is at the
given labels.

Clean scores: Savage has none of its own, samples are ranked by p_y. The other two are ranked by the
output of the given label, which is no probability; their selection is where it is the largest.
"""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.parts.recipes import CIFAR10
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.methods.unhinged.card import CARDS
from lnl.methods.unhinged.loss import Encoding, savage, sigmoid, unhinged


class MarginSettings(MethodSettings):
    """The form of the released code."""

    loss: Literal["unhinged", "sigmoid", "savage"] = setting("unhinged", "Which of the losses")
    encoding: Encoding = setting(
        "one-hot", "Other classes count 0 (as compared in papers) or -1 (as in theory)"
    )


PRESETS = {
    "cifar10": Preset(
        "CIFAR-10, as in NLNL's Table 6",
        ("cifar10",),
        {"learning_rate": 0.1, "weight_decay": 1e-4},
        {**CIFAR10, "network": "resnet14"},
    )
}


class OutputNorm(nn.BatchNorm1d):
    """Batch norm without scale and shift; a batch of one takes the running statistics."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes, affine=False)

    def forward(self, input: Tensor) -> Tensor:
        """Outputs [B, K], each column normalised."""
        if len(input) > 1:
            return super().forward(input)
        return F.batch_norm(input, self.running_mean, self.running_var, eps=self.eps)


@register(*CARDS)
class Margin(Method):
    """One network, one loss."""

    Settings = MarginSettings
    settings: MarginSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        if self.settings.loss != "savage":
            normed = OutputNorm(self.spec.num_classes)
            self.network.head = nn.Sequential(self.network.head, normed)

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        outputs = self.network(batch.images).logits
        each = self._loss(outputs, batch.given_labels)
        shown = Shown(outputs, batch.given_labels, batch.index)
        return StepOutput({self.settings.loss: each.mean()}, {"network": shown})

    def _loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        match self.settings.loss:
            case "unhinged":
                return unhinged(outputs, labels, self.settings.encoding)
            case "sigmoid":
                return sigmoid(outputs, labels, self.settings.encoding)
            case "savage":
                return savage(outputs, labels, self.settings.encoding)

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if self.settings.loss == "savage":
            return None
        predicted = epoch.predictions(self.network)
        output = predicted.logits.gather(1, predicted.given_labels[:, None])[:, 0]
        rank = output.argsort(stable=True).argsort() / max(1, len(output) - 1)
        return CleanScores(rank, predicted.logits.argmax(1) == predicted.given_labels)
