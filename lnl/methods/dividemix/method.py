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

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.dividemix.card import CARDS
from lnl.methods.dividemix.settings import PRESETS, DivideMixSettings
from lnl.methods.interface import (
    CleanScores,
    EpochContext,
    Pass,
    Shown,
    Step,
    StepOutput,
    Stream,
)
from lnl.methods.parts import ramps
from lnl.methods.parts.mixing import drawn_order, folded_share
from lnl.methods.parts.mixmatch import Mixed, mean_prediction, mixmatch, refined, sharpen
from lnl.methods.parts.mixture import small_loss
from lnl.methods.parts.showing import first_selected, unmixed
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, part_of, sgd, stepped
from lnl.networks import Network
from lnl.shapes import Probabilities, Recipe


@register(*CARDS)
class DivideMix(Method):
    """Two networks; the pass of an epoch says which is trained."""

    Settings = DivideMixSettings
    settings: DivideMixSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        # Of a small loss, by each network's losses.
        self.posterior = self.per_sample(2, fill=1.0)
        self.past = self.per_sample(2, self.settings.averaged_epochs)  # losses within [0, 1]

    @classmethod
    def schedule(cls, settings: DivideMixSettings, recipe: Recipe) -> list[StagePlan]:
        warm, total = settings.warm_up_epochs, settings.warm_up_epochs + settings.mix_epochs
        whole = stepped(settings.learning_rate, recipe)

        def plans(first: int, last: int) -> dict[str, OptimiserPlan]:
            rate = part_of(whole, first, last, max(1, total))
            return {name: sgd(settings, name, learning_rate=rate) for name in NETWORKS}

        return [
            StagePlan("warm-up", warm, plans(0, warm)),
            StagePlan("mix", settings.mix_epochs, plans(warm, total)),
        ]

    # --- who is labelled --------------------------------------------------------------------------

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

    # --- one network's step -----------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        own = step.pass_index
        network, name = self.predictors()[own], NETWORKS[own]
        if len(step.batches) == 1:
            return self._warm_up(step, network, name)
        idle = self.predictors()[1 - own].eval()
        mixed = self._mixed(step, network, idle, 1 - own)
        chosen = self.settings
        weight = chosen.unlabelled_weight * ramps.linear(step.progress, chosen.ramp)
        terms = {
            f"{name}.labelled": mixed.supervised().mean(),
            f"{name}.unlabelled": weight * mixed.unsupervised().mean(),
            f"{name}.imbalance": mixed.imbalance(),
        }
        if not step.show_filtered:
            return StepOutput(terms)
        shown = unmixed(network, step.batches, first_selected(step.batches))
        return StepOutput(terms, {name: shown})

    def _warm_up(self, step: Step, network: Network, name: str) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        logits = network(batch.images).logits
        terms = {f"{name}.cross_entropy": losses.cross_entropy(logits, labels).mean()}
        if self.settings.confidence_penalty:
            terms[f"{name}.confidence_penalty"] = losses.confidence_penalty(logits).mean()
        selected = torch.ones_like(labels).bool()
        return StepOutput(terms, {name: Shown(logits, labels, batch.index, selected)})

    def _mixed(self, step: Step, network: Network, idle: Network, other: int) -> Mixed:
        labelled, unlabelled = step.batches
        weight = self.posterior[labelled.index, other]
        guessed = self._guessed(network, idle, unlabelled.views)
        temperature = self.settings.temperature
        own = mean_prediction(network, labelled.views)
        targets = refined(own, labelled.given_labels, weight, temperature)
        random = step.random("mixmatch")
        share = folded_share(self.settings.alpha, random)
        order = drawn_order(2 * (len(targets) + len(guessed)), random)
        return mixmatch(
            network, (labelled.views, targets), (unlabelled.views, guessed), share, order
        )

    def _guessed(self, network: Network, idle: Network, views: tuple[Tensor, ...]) -> Probabilities:
        """Targets of unlabelled rows: both networks' mean prediction over both views, sharpened."""
        mean = (mean_prediction(network, views) + mean_prediction(idle, views)) / 2
        return sharpen(mean, self.settings.temperature)

    # --- what it says -----------------------------------------------------------------------------

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        scores, cut = self.posterior.mean(1), self.settings.threshold
        return CleanScores(scores, scores > cut, cut)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        kept = (self.posterior > self.settings.threshold).float().mean(0)
        # Each network's losses divide for the other one.
        return {"labelled_share_1": kept[1], "labelled_share_2": kept[0]}


NETWORKS = ("network_1", "network_2")


def spread(values: Tensor) -> Tensor:
    """Moved and scaled to [0, 1]; all equal: 0."""
    low, high = values.aminmax()
    return (values - low) / (high - low).clamp_min(torch.finfo(values.dtype).tiny)
