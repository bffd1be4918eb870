"""DivideMix: noisy labels as semi-supervised learning (Li et al., ICLR 2020, arXiv 2002.07394).

Each epoch, the losses of each of two networks are divided by a mixture of two Gaussians into small
and large ones. The other network keeps the labels of the small ones, refined by its predictions,
drops those of all others, guesses these with its partner, and learns both by MixMatch.

Source: the paper, the values of the released code and of its authors' answers: λ_u is decisive,
and differs by noise rate and kind (presets). A batch of the warm-up is one of the run, one of each
kind of sample half of that; the unlabelled ones are cycled.

Departs from the code: the prediction is the mean of both networks' probabilities, not of their
logits; the mixture is our fit (``parts/mixture.py``); the rise of λ_u (16 epochs) is a share of
the schedule. Where all labels are kept or all dropped, the pass is one of the warm-up.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl.methods.dividemix.card import CARDS
from lnl.methods.dividemix.pair import MixPair, two_stages
from lnl.methods.dividemix.settings import PRESETS, DivideMixSettings
from lnl.methods.interface import CleanScores, EpochContext, Pass, Stream
from lnl.methods.parts.mixture import small_loss
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, stepped
from lnl.shapes import PerSample, Recipe


@register(*CARDS)
class DivideMix(MixPair):
    """Each network's losses divide for the other one."""

    Settings = DivideMixSettings
    settings: DivideMixSettings
    presets = PRESETS

    def build(self) -> None:
        super().build()
        # Of a small loss, by each network's losses.
        self.posterior = self.per_sample(2, fill=1.0)
        self.past = self.per_sample(2, self.settings.averaged_epochs)  # losses within [0, 1]

    @classmethod
    def schedule(cls, settings: DivideMixSettings, recipe: Recipe) -> list[StagePlan]:
        total = settings.warm_up_epochs + settings.mix_epochs
        return two_stages(settings, stepped(settings.learning_rate, recipe), total)

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        mixing = epoch.stage.name == "mix"
        if mixing:
            self._divide(epoch)
        half = max(2, self.spec.recipe.batch_size // 2)
        for own in range(2):
            kept = self.posterior[:, 1 - own] > self.settings.threshold
            rows = [mask.nonzero()[:, 0] for mask in (kept, ~kept)]
            if mixing and min(map(len, rows)) > 1:
                yield tuple(Stream(("weak", "weak"), index=r, batch_size=half) for r in rows)
            else:
                yield (Stream(),)

    def _divide(self, epoch: EpochContext) -> None:
        """Both networks' losses, each divided; nobody has been trained in between."""
        slot = epoch.stage_epoch % self.settings.averaged_epochs
        for own, network in enumerate(self.predictors()):
            each = epoch.predictions(network).losses
            self.past[:, own, slot] = spread(each)
            # Slots that are still empty only scale the mean, which changes no posterior.
            self.posterior[:, own] = small_loss(self.past[:, own].mean(1))

    def label_weight(self, index: Tensor, own: int) -> PerSample:
        return self.posterior[index, 1 - own]

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        scores, cut = self.posterior.mean(1), self.settings.threshold
        return CleanScores(scores, scores > cut, cut)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        kept = (self.posterior > self.settings.threshold).float().mean(0)
        # Each network's losses divide for the other one.
        return {"labelled_share_1": kept[1], "labelled_share_2": kept[0]}


def spread(values: Tensor) -> Tensor:
    """Moved and scaled to [0, 1]; all equal: 0."""
    low, high = values.aminmax()
    return (values - low) / (high - low).clamp_min(torch.finfo(values.dtype).tiny)
