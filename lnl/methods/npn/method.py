"""NPN: partial-label and negative learning (Sheng et al., AAAI 2024, arXiv 2312.09505).

The true label of a sample is most likely its given label or what the network predicts; all other
classes are safe negative labels. How often each class was among the network's top K over the whole
run decides between the two, and a strong view is taught the prediction of the weak one.

Source: the released code. ``targets`` "hard" is its script NPN-hard, whose one weight α is that of
negative learning and of consistency; "soft" with a consistency weight of 2 is NPN-soft. Votes are
those of the training pass (weak view, train mode), counted before they are used. The winner is
taken over all classes, and may be neither of the two.

Departs from the code: the confidence penalty of the warm-up acts on the logits as they are (the
code holds them above 0), and 1 - p is held above 1e-5, which never matters here: a negative label
has p < 1/2. The clean score is the share of visits in which the given label was among the top K;
the selection holds the samples of which no other class has more votes.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.npn.card import CARDS
from lnl.methods.npn.settings import PRESETS, NPNSettings
from lnl.methods.parts import votes
from lnl.methods.parts.mixing import one_hot
from lnl.methods.parts.protocol import two_stages
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.shapes import Logits, PerSample, Probabilities, Recipe


@register(*CARDS)
class NPN(Method):
    """One network, and the votes for each class of each sample."""

    Settings = NPNSettings
    settings: NPNSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.votes = self.per_sample(self.spec.num_classes, dtype=torch.int32)

    @classmethod
    def schedule(cls, settings: NPNSettings, recipe: Recipe) -> list[StagePlan]:
        return two_stages(settings, settings.warm_up_learning_rate, ("network",))

    @property
    def _top(self) -> int:
        return min(self.settings.top, self.spec.num_classes - 1)

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        yield (Stream(("weak",) if epoch.stage.name == "warm-up" else ("weak", "strong")),)

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        labels, index = batch.given_labels, batch.index
        logits = self.network(batch.images).logits
        votes_now = votes.counted(self.votes[index], logits, self._top)
        self.votes[index] = votes_now
        winner = votes_now.argmax(1)
        if step.stage.name == "warm-up":
            terms = {
                "cross_entropy": self._smoothed(logits, self._hot(labels)).mean(),
                "confidence_penalty": losses.confidence_penalty(logits).mean(),
            }
            shown = Shown(logits, labels, index, torch.ones_like(labels).bool(), winner)
            return StepOutput(terms, {"network": shown})
        soft = chosen.targets == "soft"
        believed = votes.shares(votes_now) if soft else self._hot(winner)
        predicted = logits.detach().argmax(1)
        far = negatives(logits, labels, predicted)
        strong = self.network(batch.views[1]).logits
        negative = losses.multi_negative_learning(logits, far)
        consistency = self._smoothed(strong, self._hot(predicted))
        terms = {
            "partial_labels": self._smoothed(logits, believed).mean(),
            "negative_learning": chosen.negative_weight * negative.mean(),
            "consistency": chosen.consistency_weight * consistency.mean(),
        }
        shown = Shown(logits, labels, index, winner == labels, winner)
        return StepOutput(terms, {"network": shown})

    def _hot(self, labels: Tensor) -> Tensor:
        return one_hot(labels, self.spec.num_classes)

    def _smoothed(self, logits: Logits, targets: Probabilities) -> PerSample:
        rate = self.settings.smoothing
        return losses.soft_cross_entropy(logits, (1 - rate) * targets + rate / logits.shape[1])

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        scores = votes.of_label(self.votes, self.given_labels, self._top)
        return CleanScores(scores, votes.wins(self.votes, self.given_labels))

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"inferred_label": self.votes.argmax(1)}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        first, second = self.votes.topk(2, 1).values.unbind(1)
        changed = self.votes.argmax(1) != self.given_labels
        return {
            "labels_changed": changed.float().mean(),
            "ties": (first == second).float().mean(),
        }


def negatives(logits: Logits, labels: Tensor, predicted: Tensor) -> Tensor:
    """All classes but the given label and the predicted one, [B, K] bool."""
    candidates = torch.stack([labels, predicted], 1)
    return torch.ones_like(logits, dtype=torch.bool).scatter(1, candidates, False)
