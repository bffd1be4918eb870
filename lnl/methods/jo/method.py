"""Joint Optimization (Tanaka et al., CVPR 2018, arXiv 1803.11364).

At a high, constant learning rate a network resists memorising, so its predictions are better than
its labels: after a while each sample's label is replaced, every epoch, by the mean of the network's
predictions over the last epochs. A new network is then trained on the labels reached. Two terms
rule out the trivial solutions, all samples in one class and flat predictions.

Source: the paper's equations; the released code for 70 % symmetric and 40 % asymmetric noise, whose
values these are. The learning rates of the other symmetric rates are quoted from memory of the
paper. NLNL's Table 4 runs it on asymmetric noise with three sets of values, here three presets.

Predictions are those of the training pass (train mode, augmented). The prior term is the paper's
divergence; the code leaves out its constant, log K. It assumes classes of equal size.

Departs from the code: predictions are kept in half precision and their mean is scaled to sum to 1;
where fewer epochs than ``averaged_epochs`` have passed, the mean is over those.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.jo.card import CARDS
from lnl.methods.jo.settings import PRESETS, JOSettings
from lnl.methods.parts.mixing import one_hot
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, Steps, sgd
from lnl.shapes import Recipe


@register(*CARDS)
class JO(Method):
    """One network, a soft label for each sample, and the predictions these are made of."""

    Settings = JOSettings
    settings: JOSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        classes, chosen = self.spec.num_classes, self.settings
        joint = sum(stage.epochs for stage in self.plan if stage.name == "joint")
        window = chosen.average == "window"
        slots = max(1, min(chosen.averaged_epochs, joint)) if window else 1
        kind = torch.float16 if window else torch.float32
        self.recent = self.per_sample(slots, classes, dtype=kind)  # a ring of epochs
        self.labels = self.per_sample(classes)  # soft
        self.labels.scatter_(1, self.given_labels[:, None], 1.0)

    @classmethod
    def schedule(cls, settings: JOSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Steps(settings.retrain_rate, (1 / 3, 2 / 3), 0.1)
        first = {"network": sgd(settings, "network", learning_rate=settings.learning_rate)}
        anew = {"network": sgd(settings, "network", learning_rate=falling)}
        return [
            StagePlan("joint", settings.joint_epochs, first),
            StagePlan("retrain", settings.retrain_epochs, anew, restart=("network",)),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        yield (Stream(),)
        if epoch.stage.name == "joint" and self._updates(epoch):
            seen = min(epoch.stage_epoch + 1, self.recent.shape[1])
            mean = self.recent[:, :seen].mean(1, dtype=torch.float32)
            self.labels.copy_(mean / mean.sum(1, keepdim=True))

    def _updates(self, epoch: EpochContext) -> bool:
        """Whether labels have been updated at the end of this epoch."""
        if epoch.stage.name == "joint":
            return (epoch.stage_epoch + 1) / epoch.stage.epochs > self.settings.update_from
        return self.settings.update_from < 1 and self.plan[0].name == "joint"

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits = self.network(batch.images).logits
        soft = self.labels[batch.index]
        best = soft.argmax(1)
        targets = one_hot(best, soft.shape[1]) if chosen.hard_labels else soft
        terms = {"soft_cross_entropy": losses.soft_cross_entropy(logits, targets).mean()}
        if step.stage.name == "joint":
            self._remember(step, logits.detach().float().softmax(1))
            terms["prior"] = chosen.prior_weight * losses.uniform_prior(logits)
            terms["entropy"] = chosen.entropy_weight * losses.conditional_entropy(logits).mean()
        shown = Shown(logits, batch.given_labels, batch.index, inferred_labels=best)
        return StepOutput(terms, {"network": shown})

    def _remember(self, step: Step, p: Tensor) -> None:
        index, slot = step.batch.index, step.stage_epoch % self.recent.shape[1]
        if self.settings.average == "running":
            share = 1 / min(step.stage_epoch + 1, self.settings.averaged_epochs)
            p = torch.lerp(self.recent[index, slot], p, share)
        self.recent[index, slot] = p.to(self.recent.dtype)

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if not self._updates(epoch):
            return None
        scores = self.labels.gather(1, self.given_labels[:, None])[:, 0]
        return CleanScores(scores, self.labels.argmax(1) == self.given_labels)

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"inferred_label": self.labels.argmax(1)}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"labels_changed": (self.labels.argmax(1) != self.given_labels).float().mean()}
