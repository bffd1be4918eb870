"""PES, semi-supervised: progressive early stopping, then MixMatch (Bai et al., NeurIPS 2021).

After a short training of all layers only the head starts anew, for a few epochs with the rest
kept. From then on samples whose given label is predicted are labelled ones, all others unlabelled,
anew each epoch, and both are learned by MixMatch.

Source: the released code (arXiv 2106.15853), whose values and schedule these are. Its new head is
never trained again (``freeze_refined``, as in PES). A batch is split in the proportion of the two
kinds, at most half of it unlabelled; an epoch has ⌊N / B⌋ steps, whatever the proportion.

Departs from the code: class weights are relative to the mean over the classes that have confident
samples. Where less than two samples are of one kind, the epoch is cross entropy on all of them.
SGD begins anew after the new head, as in PES, and so does the preset ``short``.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.interface import EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts import ramps
from lnl.methods.parts.freezing import forward_with_fixed
from lnl.methods.parts.mixing import drawn_order, folded_share, one_hot
from lnl.methods.parts.mixmatch import Mixed, mean_prediction, mixmatch, sharpen
from lnl.methods.parts.progressive import Progressive, balanced, stages
from lnl.methods.parts.showing import first_selected, unmixed
from lnl.methods.pes_semi.card import CARDS
from lnl.methods.pes_semi.settings import PRESETS, PESSemiSettings
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, StagePlan
from lnl.networks import NetworkOutput
from lnl.shapes import Recipe

HEAD = ("network.head",)


@register(*CARDS)
class PESSemi(Progressive):
    """One network, whose head is stopped before it memorises."""

    Settings = PESSemiSettings
    settings: PESSemiSettings
    presets = PRESETS
    last = "mix"

    @classmethod
    def schedule(cls, settings: PESSemiSettings, recipe: Recipe) -> list[StagePlan]:
        refined = [("head", settings.head_epochs, HEAD)]
        rate = Cosine(settings.learning_rate, settings.end_learning_rate)
        return stages(settings, rate, refined, (cls.last, settings.mix_epochs))

    # --- who is labelled --------------------------------------------------------------------------

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name != self.last:
            yield (Stream(),)
            return
        confident = self.confident(epoch)
        weights = balanced(self.given_labels[confident], self.spec.num_classes)
        self.class_weights.copy_(weights.clamp(max=self.settings.largest_weight))
        rows = [mask.nonzero()[:, 0] for mask in (confident, ~confident)]
        if min(map(len, rows)) < 2:
            yield (Stream(),)
            return
        sizes = split(self.spec.recipe.batch_size, *map(len, rows))
        steps = max(1, self.spec.num_train // self.spec.recipe.batch_size)
        random = epoch.random("cycle")
        often = (repeated(r, steps * n, random) for r, n in zip(rows, sizes, strict=True))
        yield tuple(Stream(("weak", "weak"), r, n) for r, n in zip(often, sizes, strict=True))

    # --- a step -----------------------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        if len(step.batches) == 1:
            batch, labels = step.batch, step.batch.given_labels
            logits = self._forward(step, batch.images).logits
            terms = {"cross_entropy": losses.cross_entropy(logits, labels).mean()}
            everyone = torch.ones_like(labels).bool()
            return StepOutput(terms, {"network": Shown(logits, labels, batch.index, everyone)})
        mixed, chosen = self._mixed(step), self.settings
        weight = chosen.unlabelled_weight * ramps.linear(step.progress, chosen.ramp)
        terms = {
            "labelled": self._weighted(mixed).mean(),
            "unlabelled": weight * mixed.unsupervised().mean(),
        }
        if not step.show_filtered:
            return StepOutput(terms)
        shown = unmixed(self.network, step.batches, first_selected(step.batches))
        return StepOutput(terms, {"network": shown})

    def _mixed(self, step: Step) -> Mixed:
        labelled, unlabelled = step.batches
        chosen = self.settings

        def forward(images: Tensor) -> NetworkOutput:
            return self._forward(step, images)

        guessed = sharpen(mean_prediction(forward, unlabelled.views), chosen.temperature)
        targets = one_hot(labelled.given_labels, self.spec.num_classes)
        late = step.progress >= chosen.late_from
        random = step.random("mixmatch")
        share = folded_share(chosen.late_alpha if late else chosen.alpha, random)
        order = drawn_order(2 * (len(targets) + len(guessed)), random)
        return mixmatch(
            forward, (labelled.views, targets), (unlabelled.views, guessed), share, order
        )

    def _weighted(self, mixed: Mixed) -> Tensor:
        """-Σ_k w_k t_k log p_k of the labelled rows."""
        end = mixed.labelled
        return losses.soft_cross_entropy(
            mixed.logits[:end], self.class_weights * mixed.targets[:end]
        )

    def _forward(self, step: Step, images: Tensor) -> NetworkOutput:
        if step.stage.name != self.last or not self.settings.freeze_refined:
            return self.network(images)
        return forward_with_fixed(self.network, (self.network.head,), images)

    # --- what it says -----------------------------------------------------------------------------

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"labelled_share": (self.scores > 0.5).float().mean()}


def split(batch_size: int, labelled: int, unlabelled: int) -> tuple[int, int]:
    """A batch in the proportion of the two kinds, at most half unlabelled, at least 2 of each."""
    share = min(0.5, unlabelled / (labelled + unlabelled))
    second = max(2, int(share * batch_size))
    return max(2, batch_size - second), second


def repeated(rows: Tensor, count: int, random: torch.Generator) -> Tensor:
    """``count`` of the rows in random order, each as often as any other, or once less."""
    rounds = -(-count // len(rows))
    orders = [rows[drawn_order(len(rows), random)] for _ in range(rounds)]
    return torch.cat(orders)[:count]
