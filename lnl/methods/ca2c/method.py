"""CA2C: combined asymmetric co-learning and co-training (Sheng et al., ICCV 2025).

Two networks with different tasks: N learns only what a sample is not, P learns from candidate
labels. Each gets its material from the other: the likeliest classes of N are counted over the
whole run and the counts are P's target; the likeliest classes of P are those that N spares. Given
labels are learned in the warm-up only.

Source: the authors' code, whose values and schedule of 700 epochs these are; the paper's text was
not at hand. Votes are those of the training forward, before the step; in the warm-up both vote.

Departs from the code: the confidence penalty is Σ p log p (the code clamps logits first);
log(1 - p) is held where ours is; strong views are RandAugment's, not AutoAugment's; label smoothing
(on all cross entropies) works, where the released script stops. "Total", which the paper reports,
is read as the mean of both networks' probabilities. The clean score is the share of votes in which
the given label was among those voted for; a label counts as clean if none has more votes.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.ca2c.card import CARDS
from lnl.methods.ca2c.votes import candidates, likeliest, shares, winner
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.mixing import one_hot
from lnl.methods.parts.protocol import CIFAR
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, OptimiserPlan, StagePlan, Value, sgd
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.networks import Network
from lnl.shapes import Labels, Logits, PerSample, Probabilities, Recipe


class CA2CSettings(MethodSettings):
    """The values of the authors' script for CIFAR, one for all noise."""

    warm_up_epochs: int = setting(
        400, "Epochs on all given labels", symbol="T_w", unit="epochs", ge=0
    )
    robust_epochs: int = setting(
        300, "Epochs without given labels, after the warm-up", unit="epochs", ge=0
    )
    votes_each: int = setting(
        2, "Classes voted for per visit; at most all but one", symbol="K", ge=1, le=1000
    )
    hard_share: float = setting(
        0.99,
        "Share of the class with most votes in P's target; the shares of votes have the rest",
        symbol="λ",
        ge=0,
        le=1,
    )
    strong_share: float = setting(
        0.2, "Share of the loss on strongly augmented images", ge=0, le=1, advanced=True
    )
    smoothing: float = setting(
        0.0, "Label smoothing of every cross entropy", symbol="ε", ge=0, lt=1, advanced=True
    )
    learning_rate: float = setting(
        0.02, "Learning rate of SGD", symbol="η", gt=0, le=10, advanced=True
    )
    nesterov: bool = setting(True, "Nesterov's form of momentum", advanced=True)
    weight_decay: float = setting(5e-4, "Weight decay (L2)", ge=0, le=1, advanced=True)
    falls_from: float = setting(
        1 / 3,
        "Share of the robust epochs after which the learning rate falls (cosine to 0)",
        ge=0,
        lt=1,
        advanced=True,
    )


PRESETS = {
    "cifar": Preset("CIFAR, authors' script", ("cifar10", "cifar100"), recipe=CIFAR),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 20, "robust_epochs": 20},
        {"epochs": 0},
    ),
}
NETWORKS = ("network_1", "network_2")


@register(*CARDS)
class CA2C(Method):
    """Network 1 is P, network 2 is N."""

    Settings = CA2CSettings
    settings: CA2CSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        self.votes = self.per_sample(self.spec.num_classes, dtype=torch.int32)

    @classmethod
    def schedule(cls, settings: CA2CSettings, recipe: Recipe) -> list[StagePlan]:
        def plans(rate: Value) -> dict[str, OptimiserPlan]:
            nesterov = settings.nesterov
            return {n: sgd(settings, n, learning_rate=rate, nesterov=nesterov) for n in NETWORKS}

        falling = Cosine(settings.learning_rate, 0.0, settings.falls_from)
        return [
            StagePlan("warm-up", settings.warm_up_epochs, plans(settings.learning_rate)),
            StagePlan("robust", settings.robust_epochs, plans(falling)),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        yield (Stream(("weak",) if epoch.stage.name == "warm-up" else ("weak", "strong")),)

    # --- steps ------------------------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        first, second = (network(batch.images).logits for network in self.predictors())
        if step.stage.name == "warm-up":
            self._vote(batch.index, first, second)
            return self._warm_up(step, first, second)
        votes = self._vote(batch.index, second)
        inferred = winner(votes)
        strong_1, strong_2 = (network(batch.views[1]).logits for network in self.predictors())
        share = self.settings.strong_share
        terms = {
            "network_1.candidates": (1 - share) * self._candidates(first, votes).mean(),
            "network_1.consistency": share * self._consistency(first, strong_1).mean(),
            "network_2.complement": (1 - share) * self._complement(first, second).mean(),
            "network_2.consistency": share * self._consistency(second, strong_2).mean(),
        }
        selected = most_voted(votes, batch.given_labels)
        shown = Shown(first, batch.given_labels, batch.index, selected, inferred)
        return StepOutput(terms, {"network_1": shown})

    def _warm_up(self, step: Step, first: Logits, second: Logits) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        hot = one_hot(labels, self.spec.num_classes)
        terms = {}
        for name, logits in zip(NETWORKS, (first, second), strict=True):
            terms[f"{name}.cross_entropy"] = self._cross_entropy(logits, hot).mean()
            terms[f"{name}.confidence_penalty"] = losses.confidence_penalty(logits).mean()
        everyone = torch.ones_like(labels).bool()
        return StepOutput(terms, {"network_1": Shown(first, labels, batch.index, everyone)})

    def _vote(self, index: Tensor, *ballots: Logits) -> Tensor:
        """Count each ballot's likeliest classes; the votes of these rows so far, [B, K]."""
        votes = self.votes[index]
        for logits in ballots:
            votes = votes + likeliest(logits, self.voted)
        self.votes[index] = votes
        return votes

    def _candidates(self, logits: Logits, votes: Tensor) -> PerSample:
        target = candidates(votes, self.settings.hard_share)
        return shares(votes).max(1).values * self._cross_entropy(logits, target)

    def _complement(self, first: Logits, second: Logits) -> PerSample:
        return losses.multi_negative_learning(second, ~likeliest(first, self.voted))

    def _consistency(self, weak: Logits, strong: Logits) -> PerSample:
        own = one_hot(weak.detach().argmax(1), self.spec.num_classes)
        return self._cross_entropy(strong, own)

    def _cross_entropy(self, logits: Logits, targets: Probabilities) -> PerSample:
        smoothing = self.settings.smoothing
        smoothed = (1 - smoothing) * targets + smoothing / self.spec.num_classes
        return losses.soft_cross_entropy(logits, smoothed)

    # --- what it says -----------------------------------------------------------------------------

    @property
    def voted(self) -> int:
        """How many classes are voted for at each visit; with all of them nothing was left to N."""
        return min(self.settings.votes_each, self.spec.num_classes - 1)

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        own = shares(self.votes).gather(1, self.given_labels[:, None])[:, 0]
        scores = (self.voted * own).clamp(max=1)
        return CleanScores(scores, most_voted(self.votes, self.given_labels))

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"weight": shares(self.votes).max(1).values, "inferred_label": winner(self.votes)}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        best = self.votes.max(1, keepdim=True).values
        return {
            "ties": ((self.votes == best).sum(1) > 1).float().mean(),
            "most_voted_as_given": (winner(self.votes) == self.given_labels).float().mean(),
            "mean_weight": shares(self.votes).max(1).values.mean(),
        }


def most_voted(votes: Tensor, labels: Labels) -> Tensor:
    """Whether no class has more votes than the given label, [B] bool."""
    return votes.gather(1, labels[:, None])[:, 0] == votes.max(1).values
