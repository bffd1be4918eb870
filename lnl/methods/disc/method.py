"""DISC: dynamic instance-specific selection and correction (Li et al., CVPR 2023).

Each sample has thresholds of its own, the running averages of how sure the network was of anything
about it under weak and strong augmentation. A given label that beats them in both views is clean,
in one of them hard; where neither does and the network is far surer of another class, that one
corrects the label. All others are left out.

Source: the released code, whose reductions these are: clean and hard terms are divided by the
whole batch, mixup by the rows mixed. Probabilities are those of the training forward, before its
step; weak and strong rows go through the network together.

Departs from the code: it looks m, λ_h, warm-up and optimiser up by the true noise (presets here);
strong views are our RandAugment's. The clean score is (1 + max_v (p_y - τ)) / 2, so that 1/2 parts
the samples that learn their given label from the others. The preset ``short`` has a smaller m,
since the paper's leaves thresholds near 0 in a short run, and the usual momentum.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.disc.card import CARDS
from lnl.methods.disc.selection import Sets, divided, labels_of
from lnl.methods.disc.settings import PRESETS, DISCSettings
from lnl.methods.gce.loss import generalised_cross_entropy
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.mixing import drawn_order, folded_share, pairs
from lnl.methods.registry import register
from lnl.methods.schedule import Linear, OptimiserPlan, StagePlan, Steps, part_of, sgd, stepped
from lnl.shapes import Logits, Recipe


@register(*CARDS)
class DISC(Method):
    """One network; columns of tables are the weak and the strong view."""

    Settings = DISCSettings
    settings: DISCSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        # Of the last training forward: p_y, the largest probability, and those of the mean.
        self.own, self.largest = self.per_sample(2), self.per_sample(2)
        self.best, self.predicted = self.per_sample(), self.per_sample(dtype=torch.long)
        self.threshold = self.per_sample(2, fill=1 / self.spec.num_train)
        self.sets = self.per_sample(3, dtype=torch.bool)  # clean, hard, corrected
        self.labels = self.per_sample(dtype=torch.long)
        self.labels.copy_(self.given_labels)
        self.scores = self.per_sample()

    @classmethod
    def schedule(cls, settings: DISCSettings, recipe: Recipe) -> list[StagePlan]:
        warm, total = settings.warm_up_epochs, settings.warm_up_epochs + settings.selection_epochs

        def plans(first: int, last: int) -> dict[str, OptimiserPlan]:
            span = (first, last, max(1, total))
            if settings.optimiser == "sgd":
                rate = part_of(stepped(settings.learning_rate, recipe), *span)
                return {"network": sgd(settings, "network", learning_rate=rate)}
            falling = Linear(settings.learning_rate, 0.0, settings.falls_from)
            return {
                "network": OptimiserPlan(
                    ("network",),
                    part_of(falling, *span),
                    kind="adam",
                    weight_decay=settings.weight_decay,
                    beta_1=part_of(Steps(0.9, (settings.falls_from,), 1 / 9), *span),
                )
            }

        return [
            StagePlan("warm-up", warm, plans(0, warm)),
            StagePlan("selection", settings.selection_epochs, plans(warm, total)),
        ]

    # --- the sets ---------------------------------------------------------------------------------

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        used = None if epoch.stage.name == "warm-up" else self.sets.any(1)
        yield (Stream(("weak", "strong"), selected=used),)
        sets = divided(self.own, self.threshold, self.best, self.settings.margin)
        self.labels.copy_(labels_of(sets, self.given_labels, self.predicted, self.labels))
        self.sets.copy_(torch.stack(sets, 1))
        self.scores.copy_((1 + (self.own - self.threshold).max(1).values) / 2)
        self.threshold.lerp_(self.largest, 1 - self.settings.memory)

    def _remember(self, step: Step, weak: Logits, strong: Logits) -> None:
        index, labels = step.batch.index, step.batch.given_labels
        p = torch.stack([weak.detach(), strong.detach()], 1).float().softmax(2)  # [B, 2, K]
        self.own[index] = p.gather(2, labels[:, None, None].expand(-1, 2, 1))[..., 0]
        self.largest[index] = p.max(2).values
        best = p.mean(1).max(1)
        self.best[index], self.predicted[index] = best.values, best.indices

    # --- a step -----------------------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        weak, strong = self.network(torch.cat(batch.views)).logits.chunk(2)
        self._remember(step, weak, strong)
        each = losses.cross_entropy(weak, labels) + losses.cross_entropy(strong, labels)
        if step.stage.name == "warm-up":
            everyone = torch.ones_like(labels).bool()
            shown = Shown(weak, labels, batch.index, everyone)
            return StepOutput({"cross_entropy": each.mean()}, {"network": shown})
        sets = Sets(*self.sets[batch.index].unbind(1))
        kept = sets.clean | sets.hard
        shown = Shown(weak, labels, batch.index, kept, self.labels[batch.index])
        if step.selected == 0:
            return StepOutput({}, {"network": shown})
        chosen = self.settings
        robust = generalised_cross_entropy(weak, labels, chosen.q)
        robust = robust + generalised_cross_entropy(strong, labels, chosen.q)
        terms = {
            "clean": (sets.clean * each).mean(),
            "hard": chosen.hard_weight * (sets.hard * robust).mean(),
            **self._mixed(step, kept | sets.corrected),
        }
        return StepOutput(terms, {"network": shown})

    def _mixed(self, step: Step, used: Tensor) -> dict[str, Tensor]:
        """Mixup among the rows in one of the sets, for each view."""
        count = step.selected or 0
        if count < 2:  # batch norm cannot train on one row
            return {}
        rows = (~used).int().argsort(stable=True)[:count]  # the number is known: nobody waits
        labels, random = self.labels[step.batch.index[rows]], step.random("mixup")
        terms = {}
        for name, view in zip(("weak", "strong"), step.batch.views, strict=True):
            share, order = folded_share(self.settings.alpha, random), drawn_order(count, random)
            logits = self.network(pairs(view[rows], share, order)).logits
            first = losses.cross_entropy(logits, labels)
            second = losses.cross_entropy(logits, labels[order])
            terms[f"mixed_{name}"] = (share * first + (1 - share) * second).mean()
        return terms

    # --- what it says -----------------------------------------------------------------------------

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        return CleanScores(self.scores, self.scores > 0.5, 0.5)

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"threshold": self.threshold.mean(1), "inferred_label": self.labels}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        shares = self.sets.float().mean(0)
        names = ("clean_share", "hard_share", "corrected_share")
        return {**dict(zip(names, shares, strict=True)), "mean_threshold": self.threshold.mean()}
