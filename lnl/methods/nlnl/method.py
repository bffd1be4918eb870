"""NLNL: negative learning for noisy labels (Kim et al., ICCV 2019), whole and in its parts.

Instead of "this is a y" the network learns "this is not a ȳ" for a random other class ȳ: even for
a mislabelled sample that is nearly always true, so p_y of the given label becomes a detector.
SelNL then drops samples below chance, SelPL trains the confident ones with cross entropy, and the
pseudo-label stages retrain new networks with soft labels in place of the distrusted ones.

Confidence here is the mean p_y of the last ten training passes, as in the released code (the paper
does not say which), divided by the epochs seen, not by ten. SelPL's rate is the paper's 0.1 (the
released script keeps 0.02). The pseudo-label stage keeps given labels on clean samples (paper,
Fig. 5c); ``soft_labels="released"`` replaces all.

The expected NL loss of images alike is least where p_k is the share of given label k among them:
where most labels of a class are wrong, NL learns the wrong one. ``class_weight``, on in the
released code and not in the paper, makes it w_k times that share: of MNIST's ten classes with
asymmetric noise of 60 %, eight then keep their true class instead of five (79.48 in Table 6).
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
from lnl.methods.nlnl.card import CARDS
from lnl.methods.nlnl.settings import PRESETS, NLNLSettings
from lnl.methods.parts.pseudo_labels import (
    MEMORY,
    averaged_epochs,
    believed,
    gather,
    pseudo_stages,
)
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, Value, sgd
from lnl.shapes import Recipe


@register(*CARDS)
class NLNL(Method):
    """Negative learning and what follows it."""

    Settings = NLNLSettings
    presets = PRESETS
    settings: NLNLSettings

    def build(self) -> None:
        self.network = self.new_network()
        self.current = self.per_sample()  # p_y of this epoch's training pass
        self.past = self.per_sample(MEMORY)  # p_y of past epochs, a ring
        self.seen = nn.Buffer(torch.zeros((), dtype=torch.long))  # epochs written to the ring
        self.window = nn.Buffer(torch.ones((), dtype=torch.long))  # slots of the ring in use
        self.confidence = self.per_sample(fill=1)  # mean of the filled slots
        counts = torch.bincount(self.given_labels, minlength=self.spec.num_classes).clamp_min(1)
        self.class_weights = nn.Buffer(counts.max() / counts)
        if self.settings.soft_epochs:
            self.soft = self.per_sample(self.spec.num_classes)  # soft labels of the filtered stage

    @classmethod
    def schedule(cls, settings: NLNLSettings, recipe: Recipe) -> list[StagePlan]:
        slow, fast = settings.learning_rate, settings.selpl_learning_rate

        def one(rate: Value) -> dict[str, OptimiserPlan]:
            return {"network": sgd(settings, "network", learning_rate=rate)}

        return [
            StagePlan("nl", settings.nl_epochs, one(slow)),
            StagePlan("selnl", settings.selnl_epochs, one(slow)),
            StagePlan("selpl", settings.selpl_epochs, one(fast)),
            *pseudo_stages(
                settings,
                settings.pseudo_learning_rate,
                settings.filtered_epochs,
                settings.soft_epochs,
            ),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.epoch == 0:
            self.window.fill_(averaged_epochs(epoch.stage.epochs))
        selects = epoch.stage.name in ("selnl", "selpl", "filtered")
        # A pass in which nobody is kept still shows the network all: the history goes on.
        yield (Stream(selected=self._kept(epoch.stage) if selects else None),)
        if epoch.stage.name in ("nl", "selnl", "selpl"):
            self._remember()

    def _remember(self) -> None:
        window, seen = int(self.window), int(self.seen)
        self.past[:, seen % window] = self.current
        self.seen.add_(1)
        self.confidence.copy_(self.past[:, : min(seen + 1, window)].mean(1))

    def _cut(self, stage: StagePlan) -> float:
        """The confidence above which a stage keeps a sample."""
        return 1 / self.spec.num_classes if stage.name == "selnl" else self.settings.threshold

    def _kept(self, stage: StagePlan) -> Tensor:
        if stage.name == "nl":
            return torch.ones_like(self.confidence, dtype=torch.bool)
        return self.confidence > self._cut(stage)

    def training_step(self, step: Step) -> StepOutput:
        batch, name = step.batch, step.stage.name
        logits = self.network(batch.images).logits
        probabilities = logits.detach().float().softmax(1)
        kept = self._kept(step.stage)[batch.index]
        if name in ("nl", "selnl", "selpl"):
            p_y = probabilities.gather(1, batch.given_labels[:, None])[:, 0]
            self.current[batch.index] = p_y
        if name == "filtered" and self.settings.soft_epochs:
            gather(self.soft, step, probabilities)
        selects = self.settings.selnl_epochs or self.settings.selpl_epochs
        shown = Shown(logits, batch.given_labels, batch.index, kept if selects else None)
        terms = {} if step.selected == 0 else self._losses(step, logits, kept)
        return StepOutput(terms, {"network": shown})

    def _losses(self, step: Step, logits: Tensor, kept: Tensor) -> dict[str, Tensor]:
        labels = step.batch.given_labels
        match step.stage.name:
            case "nl" | "selnl":
                classes = self.spec.num_classes
                asked = self.settings.complementary_labels
                draws = asked if asked > 0 else default_draws(classes, max(1, -asked))
                complementary = losses.complementary_labels(
                    labels, classes, draws, step.random("complementary labels")
                )
                each = losses.negative_learning(logits, complementary)
                return {"negative_learning": self._mean(each, labels, kept, normalise=False)}
            case "selpl" | "filtered":
                each = losses.cross_entropy(logits, labels)
                return {"cross_entropy": self._mean(each, labels, kept, normalise=True)}
            case _:
                soft = self.soft[step.batch.index]
                if self.settings.soft_labels == "paper":
                    soft = believed(soft, labels, kept)
                return {"soft_cross_entropy": losses.soft_cross_entropy(logits, soft).mean()}

    def _mean(self, each: Tensor, labels: Tensor, kept: Tensor, normalise: bool) -> Tensor:
        """Over the kept rows. With class weights NL divides by rows, PL by the sum of weights."""
        if not self.settings.class_weight:
            return losses.masked_mean(each, kept)
        weights = self.class_weights[labels] * kept
        count = weights.sum() if normalise else kept.sum()
        return (weights * each).sum() / count.clamp_min(1)

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "nl":
            return None
        kept = self._kept(epoch.stage)
        return CleanScores(self.confidence, kept, self._cut(epoch.stage))


def default_draws(num_classes: int, times: int = 1) -> int:
    """Complementary labels that keep the strength of ten classes: 1 for 10, 110 for 100.

    Or so many ``times`` as many.
    """
    return max(1, round(times * num_classes * (num_classes - 1) / 90))
