"""RFL: robust feature learning against noisy labels (Tai et al., 2023, arXiv 2307.04312).

No sample is selected or dropped. Two tasks that need no label keep the features sound: a decoder
must undo the augmentation of an image, and a second head must group the images into clusters that
survive augmentation. Meanwhile the target slides from the given label to the network's own guess.

Departs from the paper: Eq. 10 is taken on the batch's mean assignment, since per sample the mutual
information is the constant -log K; one logarithm in Eq. 12-13; the restoration error is a mean, not
a sum, and its target the weak view, in normalised units, on which the augmentation is put (a random
flip cannot be undone); the first factor of Eq. 9 and the arg-max carry no gradient. Ours, since the
paper does not say: α falls linearly by epoch, λ = 0.1, as many clusters as classes, the decoder,
RandAugment (2 operations, magnitude 9) with cutout, both views in one forward.
"""

import math
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.registry import register
from lnl.methods.rfl.card import CARDS
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.networks.decoder import make_decoder


class RFLSettings(MethodSettings):
    """The three parts, A, B and C of the paper's Table 4, and how they are done."""

    bootstrap: bool = setting(True, "A: slide from the given label to the network's own guess")
    restore: bool = setting(True, "B: undo the augmentation with a decoder")
    cluster: bool = setting(True, "C: group images into clusters that survive augmentation")
    schedule: Literal["linear", "cosine", "step"] = setting(
        "linear", "How α falls from 1 to 0; step: 1, 0.75, 0.5, 0.25, 0", symbol="α"
    )
    information_weight: float = setting(
        0.1, "Weight of even use of the clusters and sure assignment", symbol="λ", ge=0, le=10
    )
    clusters: int = setting(
        0, "Number of clusters; 0: as many as classes", symbol="K", ge=0, le=1000
    )
    detach: bool = setting(
        True, "The augmented image follows the other's cluster, not both each other", advanced=True
    )
    cls_view: Literal["weak", "strong"] = setting(
        "weak", "Which view the classifier learns from", advanced=True
    )


PAPER = {"learning_rate": 0.1, "weight_decay": 1e-4}
RECIPE = {"network": "resnet18", "epochs": 300, "batch_size": 128, "milestones": (0.5, 0.75)}
PRESETS = {
    "cifar": Preset("CIFAR, paper", ("cifar10", "cifar100"), PAPER, RECIPE),
    "clothing1m": Preset(
        "Clothing1M, paper", ("clothing1m",), PAPER, {**RECIPE, "epochs": 50, "batch_size": 32}
    ),
    # Few samples are memorised before α has fallen: learn slowly, and hold more clusters apart.
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"learning_rate": 0.01, "information_weight": 1.0},
        {"epochs": 30, "milestones": ()},
    ),
}


@register(*CARDS)
class RFL(Method):
    """Robust features by restoration and clustering, with a target that slides to self-trust."""

    Settings = RFLSettings
    presets = PRESETS
    settings: RFLSettings

    def build(self) -> None:
        self.network = self.new_network()
        count = self.settings.clusters or self.spec.num_classes
        if self.settings.restore:
            self.decoder = make_decoder(
                self.network, self.spec.recipe.network, self.spec.image_shape
            )
        if self.settings.cluster:
            self.cluster_head = nn.Linear(self.network.feature_size, count)
            self.assigned = self.per_sample(dtype=torch.long)  # in the last training pass
            self.occupancy = nn.Buffer(torch.zeros(count))  # sum of assignments in this epoch
            self.uncertainty = nn.Buffer(torch.zeros(()))  # sum of their entropies

    @property
    def two_views(self) -> bool:
        """Whether the augmented image is needed at all."""
        chosen = self.settings
        return chosen.restore or chosen.cluster or chosen.cls_view == "strong"

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if self.settings.cluster:
            self.occupancy.zero_()
            self.uncertainty.zero_()
        yield (Stream(("weak", "strong_on_first") if self.two_views else ("weak",)),)

    def training_step(self, step: Step) -> StepOutput:
        batch, rows = step.batch, len(step.batch.index)
        both = self.network(torch.cat(batch.views))  # one forward: shared batch-norm statistics
        logits = both.logits[-rows:] if self.settings.cls_view == "strong" else both.logits[:rows]
        terms = self._classify(logits, batch.given_labels, alpha(step, self.settings.schedule))
        if self.settings.restore and both.feature_map is not None:
            restored = self.decoder(both.feature_map[-rows:])
            terms["restoration"] = losses.restoration(restored, batch.images).mean()
        if self.settings.cluster:
            terms |= self._cluster(both.features[:rows], both.features[-rows:], batch.index)
        belief = logits.argmax(1) if self.settings.bootstrap else None
        shown = Shown(logits, batch.given_labels, batch.index, inferred_labels=belief)
        return StepOutput(terms, {"network": shown})

    def _classify(self, logits: Tensor, labels: Tensor, trust: float) -> dict[str, Tensor]:
        if not self.settings.bootstrap:
            return {"cross_entropy": losses.cross_entropy(logits, labels).mean()}
        return {"bootstrap": losses.bootstrap(logits, labels, trust).mean()}

    def _cluster(self, features: Tensor, augmented: Tensor, index: Tensor) -> dict[str, Tensor]:
        own, other = self.cluster_head(features), self.cluster_head(augmented)
        uncertainty = losses.conditional_entropy(own)
        self.assigned[index] = own.argmax(1)
        self.occupancy.add_(own.detach().float().softmax(1).sum(0))
        self.uncertainty.add_(uncertainty.detach().sum())
        information = losses.marginal_entropy(own) - uncertainty.mean()
        each = losses.assignment_consistency(own, other, self.settings.detach)
        return {
            "assignment_consistency": each.mean(),
            "information": -self.settings.information_weight * information,
        }

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"cluster": self.assigned} if self.settings.cluster else {}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        values = {}
        if self.settings.bootstrap:
            values["alpha"] = torch.tensor(alpha(epoch, self.settings.schedule))
        if self.settings.cluster:
            used = self.occupancy / self.occupancy.sum()
            values["cluster_entropy"] = -torch.special.xlogy(used, used).sum()
            uncertainty = self.uncertainty / self.spec.num_train
            values["cluster_information"] = values["cluster_entropy"] - uncertainty
        return values

    def previews(self, augmented: Tensor) -> Tensor | None:
        feature_map = self.network(augmented).feature_map if self.settings.restore else None
        if feature_map is None:
            return None
        restored: Tensor = self.decoder(feature_map)
        return restored


def alpha(epoch: Step | EpochContext, schedule: str) -> float:
    """Trust in the given label in this epoch: 1 in the stage's first, 0 in its last.

    Source: RFL, section 3 ("decaying α from 1 to 0"); the shapes are ours.
    """
    done = epoch.stage_epoch / max(1, epoch.stage.epochs - 1)
    if schedule == "cosine":
        return (1 + math.cos(math.pi * done)) / 2
    if schedule == "step":
        return 1 - min(4, int(5 * done)) / 4
    return 1 - done
