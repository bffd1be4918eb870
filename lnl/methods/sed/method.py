"""SED: self-adaptive, class-balanced selection and re-weighting (Sheng et al., ECCV 2024).

A sample counts as clean if its given label is likelier than a threshold that follows how sure the
network is, lower for classes that it has learned less well, so that hard classes keep their share.
All samples also learn, under strong augmentation, the label that a teacher (the running average of
the network) believes, weighted by how sure the teacher is of it among samples of that class.

Source: the paper, and the authors' code (defaults and ``cifar100n-*``, ``cifar80n-*`` presets);
``paper`` is the paper's form: the mean as level, n = 1, the network's own probability as sureness,
and an average of its own for clean and for filtered samples.

Departs from the paper: strong views are RandAugment's, not AutoAugment's. Statistics come from an
evaluation of the images as they are (the code: train mode, augmented, which moves batch norm) and
the teacher takes over batch norm's statistics (in the code they stay at their first values). The
confidence penalty is Σ p log p (the code clamps logits first, and so forgets negative ones).
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import (
    CleanScores,
    EpochContext,
    Pass,
    Shown,
    Step,
    StepOutput,
    Stream,
)
from lnl.methods.parts import balanced
from lnl.methods.parts.ema import follow
from lnl.methods.parts.protocol import two_stages
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.sed.card import CARDS
from lnl.methods.sed.settings import PRESETS, SEDSettings
from lnl.shapes import Recipe


@register(*CARDS)
class SED(Method):
    """One network and its teacher."""

    Settings = SEDSettings
    settings: SEDSettings
    presets = PRESETS

    def build(self) -> None:
        classes = self.spec.num_classes
        self.network = self.new_network()
        self.teacher = self.new_network().requires_grad_(False)
        self.teacher.load_state_dict(self.network.state_dict())
        self.level = nn.Buffer(torch.tensor(1 / classes))  # T
        self.expected = nn.Buffer(torch.full((classes,), 1 / classes))  # E
        self.mean = nn.Buffer(torch.full((classes,), 1 / classes))  # μ
        self.variance = nn.Buffer(torch.ones(classes))  # v
        self.selected = self.per_sample(fill=True, dtype=torch.bool)
        self.inferred_labels = self.per_sample(dtype=torch.long)
        self.weights = self.per_sample(fill=1)

    @classmethod
    def schedule(cls, settings: SEDSettings, recipe: Recipe) -> list[StagePlan]:
        return two_stages(settings, settings.warm_up_learning_rate, ("network",))

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "warm-up":
            yield (Stream(("weak",)),)
            return
        self._select(epoch)
        self._weigh(epoch)
        yield (Stream(("weak", "strong")),)

    def _select(self, epoch: EpochContext) -> None:
        """SCS: follow level and class means, then cut."""
        predicted, chosen = epoch.predictions(self.network), self.settings
        quantile = chosen.quantile if chosen.level_from == "quantile" else None
        keep = chosen.threshold_momentum
        level = balanced.level_of(predicted.confidence, quantile)
        self.level.lerp_(level, 1 - keep).clamp_(0, balanced.MAX_LEVEL)
        self.expected.lerp_(predicted.probabilities.mean(0), 1 - keep)
        self.selected.copy_(predicted.confidence >= self._thresholds())

    def _thresholds(self) -> Tensor:
        """Of each sample's given label, [N]."""
        return (self.level * balanced.class_scale(self.expected))[self.given_labels]

    def _weigh(self, epoch: EpochContext) -> None:
        """SCR: follow each class's mean and variance of sureness, then weigh."""
        teacher = epoch.predictions(self.teacher).probabilities
        inferred = teacher.argmax(1)
        if self.settings.weight_from == "network":
            sure = epoch.predictions(self.network).probabilities.gather(1, inferred[:, None])[:, 0]
        else:
            sure = teacher.amax(1)
        mean, variance = balanced.moments(sure, inferred, self.spec.num_classes)
        self.mean.lerp_(mean, 1 - self.settings.weight_momentum)
        self.variance.lerp_(variance, 1 - self.settings.weight_momentum)
        self.inferred_labels.copy_(inferred)
        self.weights.copy_(
            balanced.truncated_gaussian(
                sure, self.mean[inferred], self.variance[inferred], self.settings.sharpness
            )
        )

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        labels, index = batch.given_labels, batch.index
        logits = self.network(batch.images).logits
        selected = self.selected[index]
        each = losses.cross_entropy(logits, labels)
        if step.stage.name == "warm-up":
            terms = {
                "cross_entropy": each.mean(),
                "confidence_penalty": losses.confidence_penalty(logits).mean(),
            }
            return StepOutput(terms, {"network": Shown(logits, labels, index, selected)})
        inferred = self.inferred_labels[index]
        strong = self.network(batch.views[1]).logits
        corrected = self.weights[index] * losses.cross_entropy(strong, inferred)
        terms = {"cross_entropy": losses.masked_mean(each, selected)}
        terms |= self._corrected(corrected, selected)
        return StepOutput(terms, {"network": Shown(logits, labels, index, selected, inferred)})

    def _corrected(self, each: Tensor, selected: Tensor) -> dict[str, Tensor]:
        alpha = self.settings.alpha
        if self.settings.averages == "together":
            return {"corrected": alpha * each.mean()}
        return {
            "corrected": losses.masked_mean(each, ~selected),
            "consistency": alpha * losses.masked_mean(each, selected),
        }

    def after_step(self, step: Step) -> None:
        follow(self.teacher, self.network, self.settings.teacher_momentum)

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        confidence, thresholds = epoch.predictions(self.network).confidence, self._thresholds()
        # The margin over the class's threshold, moved into [0, 1]: one cut for all classes.
        return CleanScores((1 + confidence - thresholds) / 2, confidence >= thresholds, 0.5)

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {
            "weight": self.weights,
            "threshold": self._thresholds(),
            "inferred_label": self.inferred_labels,
        }

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        scale = balanced.class_scale(self.expected)
        return {
            "level": self.level,
            "lowest_class_scale": scale.min(),
            "mean_weight": self.weights.mean(),
        }
