"""Co-teaching (Han et al., NeurIPS 2018) and Co-teaching+ (Yu et al., ICML 2019).

Two networks with different weights make different mistakes. In each batch each of them hands the
samples of small loss to the other one, so that no network is fed its own errors; how many are
dropped rises from none to the noise rate. Two networks come to agree in time: Co-teaching+ then
exchanges only among the samples on which their predictions differ.

Source: the papers' algorithms, the values of the released code.

Departs from the code: the loss is the mean over the samples kept (the code divides by their number
once more, which Adam hides); Co-teaching+ takes the logits (the code applies softmax twice) and
treats all samples alike. A batch without disagreement has a loss of 0, so that at most the
momentum of earlier steps moves a weight: leaving the step out would mean waiting for the device.
The prediction is the mean of both networks' probabilities, the clean score their mean confidence.
The selection of the record is the share that is not dropped, of the best scores over all samples.
"""

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.co_teaching.card import CARDS
from lnl.methods.co_teaching.pair import (
    COLOUR,
    GREY,
    Pair,
    PairSettings,
    adam,
)
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.parts.dropping import smallest
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.settings import Preset, setting
from lnl.shapes import Recipe


class CoTeachingSettings(PairSettings):
    """The values of CIFAR-10."""

    disagreement: bool = setting(
        False, "Choose only among samples on which the two networks disagree (Co-teaching+)"
    )
    disagree_from: float = setting(
        0.1, "Share of the run after which only those are chosen from", ge=0, le=1
    )


NINE = {"network": "cnn9"}
PRESETS = {
    "mnist": Preset("MNIST, paper", ("mnist",), {"disagree_from": 0.0}, {**GREY, **NINE}),
    "cifar10": Preset(
        "CIFAR-10, paper", ("cifar10",), {"disagree_from": 20 / 200}, {**COLOUR, **NINE}
    ),
    "cifar10-plus": Preset(
        "CIFAR-10, paper of Co-teaching+ (small CNN)",
        (),
        {"disagree_from": 20 / 200},
        {**COLOUR, "network": "lenet5"},
    ),
    "cifar100": Preset(
        "CIFAR-100, paper",
        ("cifar100",),
        {"disagree_from": 5 / 200, "falls_from": 0.5},
        {**COLOUR, **NINE},
    ),
    "tiny-imagenet": Preset(
        "Tiny-ImageNet, paper, without its crops of 56 pixels",
        ("tiny-imagenet",),
        {"disagree_from": 100 / 200},
        {**COLOUR, "network": "preact-resnet18"},
    ),
}


@register(*CARDS)
class CoTeaching(Pair):
    """Two networks that choose for each other."""

    Settings = CoTeachingSettings
    settings: CoTeachingSettings
    presets = PRESETS

    @classmethod
    def schedule(cls, settings: CoTeachingSettings, recipe: Recipe) -> list[StagePlan]:
        return adam(settings, recipe, ("network_1",), ("network_2",))

    def training_step(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        first, second = (network(batch.images).logits for network in self.predictors())
        each_1, each_2 = losses.cross_entropy(first, labels), losses.cross_entropy(second, labels)
        among = self._exchanged(step, first, second)
        forget = self.forgotten(step)
        small_1 = smallest(each_1.detach(), forget, among)
        small_2 = smallest(each_2.detach(), forget, among)
        terms = {
            "network_1.cross_entropy": losses.masked_mean(each_1, small_2),
            "network_2.cross_entropy": losses.masked_mean(each_2, small_1),
        }
        shown = {
            "network_1": Shown(first, labels, batch.index, small_2),
            "network_2": Shown(second, labels, batch.index, small_1),
        }
        return StepOutput(terms, shown)

    def _exchanged(self, step: Step, first: Tensor, second: Tensor) -> Tensor:
        """The rows among which they choose, [B] bool."""
        differ = first.argmax(1) != second.argmax(1)
        late = step.stage_epoch / step.stage.epochs >= self.settings.disagree_from
        return differ if self.settings.disagreement and late else torch.ones_like(differ)

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        each = [epoch.predictions(network).confidence for network in self.predictors()]
        scores = torch.stack(each).mean(0)
        forget = self.forgotten(epoch)
        return CleanScores(scores, smallest(-scores, forget, torch.ones_like(scores).bool()))
