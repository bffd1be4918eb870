"""GCE: generalised cross entropy (Zhang & Sabuncu, NeurIPS 2018), whole and truncated.

Cross entropy pulls hardest at what is not believed, which are mostly the wrong labels; the mean
absolute error does not, and hardly trains. L_q lies between them: each sample's pull is that of
cross entropy times p_y^q. Truncated, it leaves out for a while the samples that the network does
not believe by more than k; who they are is decided anew every few epochs. A batch of which none is
kept makes no step.

Source: the paper's equations and values. The preset ``rfl`` trains as RFL's tables do.

Departs from the paper: samples are chosen by the network as it is, not by the best one on noisy
validation labels; the epochs of these choices are shares of the run, so that a short run has them.
"""

from collections.abc import Iterator

import torch

from lnl.methods.base import Method
from lnl.methods.gce.card import CARDS
from lnl.methods.gce.loss import generalised_cross_entropy
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.recipes import nlnl_table_3, rfl_tables
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, setting


class GCESettings(MethodSettings):
    """The values of the paper."""

    q: float = setting(
        0.7, "From CE (near 0) to the mean absolute error (1)", gt=0, le=1, symbol="q"
    )
    truncate: bool = setting(False, "Leave out samples whose given label is not believed")
    threshold: float = setting(
        0.5, "Confidence up to which a truncated sample is left out", symbol="k", ge=0, lt=1
    )
    prune_from: float = setting(
        1 / 3, "Share of the run after which samples are first left out", ge=0, le=1
    )
    prune_every: float = setting(
        1 / 12,
        "Share of the run after which it is decided anew who is left out",
        gt=0,
        le=1,
        advanced=True,
    )


PRESETS = {
    **nlnl_table_3(
        {"learning_rate": 0.01, "weight_decay": 1e-4}, prune_from=80 / 150, prune_every=10 / 150
    ),
    "rfl": rfl_tables(),
}


@register(*CARDS)
class GCE(Method):
    """One network; truncated, it trains on those it believed at the last pruning."""

    Settings = GCESettings
    settings: GCESettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.kept = self.per_sample(fill=True, dtype=torch.bool)
        self.confidence = self.per_sample()  # at the last pruning

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if self._prunings(epoch) > self._prunings(epoch, before=1):
            self.confidence.copy_(epoch.predictions(self.network).confidence)
            self.kept.copy_(self.confidence > self.settings.threshold)
        yield (Stream(selected=self.kept if self.settings.truncate else None),)

    def _prunings(self, epoch: EpochContext, before: int = 0) -> int:
        """How many there are up to this epoch, or to so many before it."""
        chosen, done = self.settings, (epoch.stage_epoch - before) / epoch.stage.epochs
        return prunings(done, chosen.prune_from, chosen.prune_every) if chosen.truncate else 0

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        kept = self.kept[batch.index]
        selected = kept if self.settings.truncate else None
        shown = Shown(logits, batch.given_labels, batch.index, selected)
        if step.selected == 0:
            return StepOutput({}, {"network": shown})
        each = generalised_cross_entropy(logits, batch.given_labels, self.settings.q)
        return StepOutput({"generalised_cross_entropy": (kept * each).mean()}, {"network": shown})

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if not self._prunings(epoch):
            return None
        return CleanScores(self.confidence, self.kept, self.settings.threshold)


def prunings(done: float, first: float, every: float) -> int:
    """How many are due when this share of the run is done: at ``first``, then ``every`` so far."""
    tiny = 1e-9  # the shares are thirds and twelfths
    return 0 if done < first - tiny else 1 + int((done - first) / every + tiny)
