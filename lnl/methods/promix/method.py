"""ProMix: maximising the utility of clean samples (Xiao et al., IJCAI 2023, arXiv 2207.10276).

Each of two networks starts from the given labels of small loss, equally many of each class, and
adds every one that it predicts with high confidence. On these alone it learns both views, mixup and
FMix; late in the run labels that both networks are sure of are added. A second head on the same
features also learns pseudo-labels of the rest, so that their errors do not reach the first. Both
are shifted by running class priors.

Source: the released code, whose values these are.

Departs from the code: where a batch has no row of a kind, that term is 0 and the prior stays (there
the mean of nothing makes both NaN for good). How many rows are used is known on the device alone,
so whole batches are mixed, used rows among themselves, and the others weigh nothing, although batch
norm sees them. The confidence penalty is Σ p log p (there logits are clamped first); the prediction
is the mean of the first heads' probabilities. The clean score is their mean confidence, and the
selection those whose given label both networks kept at the last visit.
"""

from collections.abc import Iterator
from math import ceil

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts import ramps
from lnl.methods.parts.divergence import smallest_per_class
from lnl.methods.parts.mixing import one_hot
from lnl.methods.promix.card import CARDS
from lnl.methods.promix.learning import Learning, first_head, pseudo_labels, second_head
from lnl.methods.promix.selection import agreed
from lnl.methods.promix.settings import PRESETS, ProMixSettings
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, OptimiserPlan, StagePlan, part_of, sgd
from lnl.networks import Network, NetworkOutput
from lnl.shapes import Labels, Mask, Probabilities, Recipe

NETWORKS = ("network_1", "network_2")
HEADS = ("pseudo_1", "pseudo_2")
USED, REST = 0, 1


@register(*CARDS)
class ProMix(Method):
    """Two networks with two heads each, trained in the same steps."""

    Settings = ProMixSettings
    settings: ProMixSettings
    presets = PRESETS

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()
        size, classes = self.network_1.feature_size, self.spec.num_classes
        self.pseudo_1, self.pseudo_2 = nn.Linear(size, classes), nn.Linear(size, classes)
        self.base = self.per_sample(2, fill=True, dtype=torch.bool)  # of small loss
        self.kept = self.per_sample(2, fill=True, dtype=torch.bool)
        self.prior = nn.Buffer(torch.full((2, 2, classes), 1 / classes))  # network, used or rest

    @classmethod
    def schedule(cls, settings: ProMixSettings, recipe: Recipe) -> list[StagePlan]:
        warm, total = settings.warm_up_epochs, settings.warm_up_epochs + settings.selection_epochs
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)

        def plans(first: int, last: int) -> dict[str, OptimiserPlan]:
            rate = part_of(falling, first, last, max(1, total))
            return {n: sgd(settings, n, learning_rate=rate) for n in (*NETWORKS, *HEADS)}

        return [
            StagePlan("warm-up", warm, plans(0, warm)),
            StagePlan("selection", settings.selection_epochs, plans(warm, total)),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "warm-up":
            yield (Stream(),)
            return
        chosen, classes = self.settings, self.spec.num_classes
        rise = ramps.linear(self._done(epoch), chosen.rise)
        share = chosen.first_share + (chosen.last_share - chosen.first_share) * rise
        count = max(1, ceil(share * self.spec.num_train / classes - 1e-9))
        for own, network in enumerate(self.predictors()):
            each = epoch.predictions(network).losses
            self.base[:, own] = smallest_per_class(each, self.given_labels, classes, count)
        yield (Stream(("weak", "strong"), drop_last=True),)

    def _done(self, at: Step | EpochContext) -> float:
        """The share of the run that is over, a whole number of epochs."""
        return at.epoch / max(1, sum(stage.epochs for stage in self.plan))

    # --- steps ------------------------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        if step.stage.name == "warm-up":
            return self._warm_up(step)
        weak_strong = step.batch.views
        outputs = [(n(weak_strong[0]), n(weak_strong[1])) for n in self.predictors()]
        p = [weak.logits.detach().float().softmax(1) for weak, _ in outputs]
        terms: dict[str, Tensor] = {}
        shown = {}
        for own, (name, (weak, strong)) in enumerate(zip(NETWORKS, outputs, strict=True)):
            keep, used, labels = self._chosen(step, own, weak, p)
            learning = self._learning(step, own, (weak, strong), labels, used)
            terms |= self._terms(step, own, learning)
            self.kept[step.batch.index, own] = keep
            self._follow(own, p[own], used)
            given, index = step.batch.given_labels, step.batch.index
            shown[name] = Shown(weak.logits, given, index, keep, labels)
        return StepOutput(terms, shown)

    def _warm_up(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        terms, shown = {}, {}
        for name, network in zip(NETWORKS, self.predictors(), strict=True):
            logits = network(batch.images).logits
            terms[f"{name}.cross_entropy"] = losses.cross_entropy(logits, labels).mean()
            if self.settings.confidence_penalty:
                penalty = losses.confidence_penalty(logits)
                terms[f"{name}.confidence_penalty"] = penalty.mean()
            everyone = torch.ones_like(labels).bool()
            shown[name] = Shown(logits, labels, batch.index, everyone)
        return StepOutput(terms, shown)

    def _chosen(
        self, step: Step, own: int, weak: NetworkOutput, p: list[Probabilities]
    ) -> tuple[Mask, Mask, Tensor]:
        """Whose given label is kept, who is learned, and with which label."""
        batch, chosen = step.batch, self.settings
        p_y = p[own].gather(1, batch.given_labels[:, None])[:, 0]
        keep = self.base[batch.index, own] | (p_y > chosen.threshold)
        used = keep
        if self._done(step) >= chosen.agree_from:
            used = agreed(keep, p[0], p[1], chosen.threshold, chosen.agree_share)
        predicted = (weak.logits.detach().float() - self.shift(own, USED)).argmax(1)
        return keep, used, torch.where(keep, batch.given_labels, predicted)

    def _learning(
        self,
        step: Step,
        own: int,
        outputs: tuple[NetworkOutput, NetworkOutput],
        labels: Labels,
        used: Mask,
    ) -> Learning:
        chosen = self.settings
        return Learning(
            self.predictors()[own],
            step.batch.images,
            outputs,
            one_hot(labels, self.spec.num_classes),
            used,
            self.shift(own, USED),
            ramps.linear(self._done(step), chosen.rise),
            chosen.alpha,
        )

    def _terms(self, step: Step, own: int, learning: Learning) -> dict[str, Tensor]:
        name, chosen, done = NETWORKS[own], self.settings, self._done(step)
        second = second_head(self.heads()[own])
        terms = {
            f"{name}.first_head": learning.clean(first_head, step.random(f"{name}.first")),
            f"{name}.second_head": learning.clean(second, step.random(f"{name}.second")),
        }
        if done < 2 * chosen.rise:
            weight = chosen.pseudo_weight * ramps.linear(done, 2 * chosen.rise)
            shift = self.shift(own, REST)
            q = pseudo_labels(learning.outputs[0].logits, shift, chosen.temperature)
            terms[f"{name}.rest"] = weight * learning.rest(second, q, shift)
        return terms

    def shift(self, own: int, kind: int) -> Tensor:
        """δ log π, [K]."""
        return self.settings.debias * self.prior[own, kind].clamp_min(1e-12).log()

    def _follow(self, own: int, p: Probabilities, used: Mask) -> None:
        """The priors follow the mean prediction of used rows and of the rest, where any are."""
        for kind, rows in ((USED, used), (REST, ~used)):
            mean = (p * rows[:, None]).sum(0) / rows.sum().clamp_min(1)
            step = (1 - self.settings.prior_memory) * rows.any()
            self.prior[own, kind] = torch.lerp(self.prior[own, kind], mean, step)

    # --- what it says -----------------------------------------------------------------------------

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]

    def heads(self) -> list[nn.Linear]:
        """The second head of each network."""
        return [self.pseudo_1, self.pseudo_2]

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        each = [epoch.predictions(network).confidence for network in self.predictors()]
        return CleanScores(torch.stack(each).mean(0), self.kept.all(1))

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        shares = self.kept.float().mean(0)
        return {"kept_share_1": shares[0], "kept_share_2": shares[1]}
