"""MOIT and MOIT+: multi-objective interpolation training (Ortego et al., CVPR 2021).

Contrastive learning and classification go together, both on mixed images, which resists wrong
labels. At each epoch's end the nearest neighbours in the space of projected features vote for each
sample's class, and the labels that they confirm are trusted, equally many of each class. Later in
the run labels that are not trusted are replaced by predictions. MOIT+ then starts the head anew
and trains on trusted samples alone.

Source: the paper (arXiv 2012.04462), the values and the reductions of the released code; in the
replaced loss the whole labelled part of a pair is weighed by the trust of its larger one, as there.

Departs from the code: the memory is of a fixed size, so that it can be restored; the prediction
that replaces labels is made only once it is needed; MOIT+ learns one strong view, and its own
predictions are made in eval mode. ``memory_from`` and the like are shares of the schedule. The
clean score is the neighbours' vote for the given label.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Pass, Step, StepOutput, Stream
from lnl.methods.moit.card import CARDS
from lnl.methods.moit.loss import interpolated_contrast
from lnl.methods.moit.neighbours import agreement, trusted
from lnl.methods.moit.settings import PRESETS, MOITSettings
from lnl.methods.parts.contrastive import normalised
from lnl.methods.parts.mixing import drawn_order, folded_share, pairs
from lnl.methods.parts.showing import unmixed
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan, Steps, sgd, stepped
from lnl.shapes import Logits, PerSample, Recipe

PROJECTED = 128
PARTS = ("network", "projection")


@register(*CARDS)
class MOIT(Method):
    """One network with a projection, and a memory of projected features."""

    Settings = MOITSettings
    settings: MOITSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.projection = nn.Linear(self.network.feature_size, PROJECTED)
        self.trusted = self.per_sample(fill=True, dtype=torch.bool)
        self.votes = self.per_sample(fill=1.0)  # for the given label
        size = 2 * self.settings.memory_per_class * self.spec.num_classes
        self.memory = nn.Buffer(torch.zeros(size, PROJECTED))
        self.memory_labels = nn.Buffer(torch.full((size,), -1))
        self.next = nn.Buffer(torch.zeros((), dtype=torch.long))

    @classmethod
    def schedule(cls, settings: MOITSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        slow = Steps(settings.tuning_rate, (settings.tuning_falls_from,), 0.1)
        return [
            StagePlan(
                "train", recipe.epochs, {"network": sgd(settings, *PARTS, learning_rate=rate)}
            ),
            StagePlan(
                "fine-tune",
                settings.tuning_epochs,
                {"tuned": sgd(settings, "network", learning_rate=slow)},
                restart=("network.head",),
            ),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name == "fine-tune":
            rows = self.trusted.nonzero()[:, 0]
            yield (Stream(("strong",), index=rows if len(rows) > 1 else None),)
            return
        late = self._late(epoch)
        yield (Stream(("strong", "strong", "plain") if late else ("strong", "strong")),)
        with torch.no_grad():
            features = normalised(self.projection(epoch.predictions(self.network).features))
        classes, count = self.spec.num_classes, self.settings.neighbours
        vote = agreement(features, self.given_labels, classes, count)
        discrepancy, chosen = trusted(vote, self.given_labels)
        self.votes.copy_(torch.exp(-discrepancy))
        self.trusted.copy_(chosen)

    def _late(self, at: Step | EpochContext) -> bool:
        return at.stage_epoch / at.stage.epochs >= self.settings.trust_from

    # --- features and classes ---------------------------------------------------------------------

    def training_step(self, step: Step) -> StepOutput:
        if step.stage.name == "fine-tune":
            return self._tune(step)
        random, rows = step.random("mixup"), len(step.batch.index)
        labels, late = step.batch.given_labels, self._late(step)
        mixed, logits, features = [], [], []
        for view in step.batch.views[:2]:
            share = folded_share(self.settings.alpha, random)
            order = drawn_order(rows, random)
            output = self.network(pairs(view, share, order))
            mixed.append((share, order))
            logits.append(output.logits)
            features.append(normalised(self.projection(output.features)))
        own = self._predicted(step) if late else None
        each = [self._classified(step, z, *how, own) for z, how in zip(logits, mixed, strict=True)]
        minor = torch.cat([labels[order] for _, order in mixed])
        share = torch.cat([share.expand(rows) for share, _ in mixed])
        terms = {
            "classification": torch.cat(each).mean(),
            **self._contrast(
                step, torch.cat(features), (torch.cat([labels, labels]), minor), share
            ),
        }
        if not step.show_filtered:
            return StepOutput(terms)
        selected = self.trusted[step.batch.index] | (not late)
        return StepOutput(terms, {"network": unmixed(self.network, step.batches, selected)})

    @torch.no_grad()
    def _predicted(self, step: Step) -> Tensor:
        """q on the images as they are, in train mode as in the code."""
        return self.network(step.batch.views[2]).logits.float().softmax(1)

    def _classified(
        self, step: Step, logits: Logits, share: Tensor, order: Tensor, own: Tensor | None
    ) -> PerSample:
        labels = step.batch.given_labels
        given = share * losses.cross_entropy(logits, labels)
        given = given + (1 - share) * losses.cross_entropy(logits, labels[order])
        if own is None:
            return given
        a = self.trusted[step.batch.index].float()
        first = share * (1 - a) * losses.soft_cross_entropy(logits, own)
        second = (1 - share) * (1 - a[order]) * losses.soft_cross_entropy(logits, own[order])
        return a * given + first + second

    def _contrast(
        self, step: Step, z: Tensor, labels: tuple[Tensor, Tensor], share: Tensor
    ) -> dict[str, Tensor]:
        chosen = self.settings
        myself = torch.eye(len(z), dtype=torch.bool, device=z.device)
        batch = interpolated_contrast(z, z, labels, labels[0], share, chosen.temperature, myself)
        terms = {"contrast": chosen.contrast * batch.mean()}
        if step.stage_epoch / step.stage.epochs >= chosen.memory_from:
            # Copied: it is in this step's graph, and changes in this step.
            memory, known = self.memory.clone(), self.memory_labels.clone()
            empty = (known < 0)[None].expand(len(z), -1)
            past = interpolated_contrast(z, memory, labels, known, share, chosen.temperature, empty)
            terms["memory"] = chosen.contrast * past.mean()
        self._remember(z.detach(), labels[0])
        return terms

    def _remember(self, z: Tensor, labels: Tensor) -> None:
        """The newest features take the places of the oldest."""
        size = len(self.memory)
        z, labels = z[-size:], labels[-size:]
        places = (self.next + torch.arange(len(z), device=z.device)) % size
        self.memory[places] = z
        self.memory_labels[places] = labels
        self.next.copy_((self.next + len(z)) % size)

    # --- MOIT+ ------------------------------------------------------------------------------------

    def _tune(self, step: Step) -> StepOutput:
        batch, labels, chosen = step.batch, step.batch.given_labels, self.settings
        random = step.random("mixup")
        share, order = folded_share(chosen.alpha, random), drawn_order(len(labels), random)
        own = chosen.own_share if step.progress >= chosen.own_from else 0.0
        logits = self.network(pairs(batch.images, share, order)).logits
        terms = {"classification": (1 - own) * mixed_loss(logits, labels, share, order)}
        if own:
            self.network.eval()
            with torch.no_grad():
                predicted = self.network(batch.images).logits.argmax(1)
            self.network.train()
            terms["own"] = own * mixed_loss(logits, predicted, share, order)
        if not step.show_filtered:
            return StepOutput(terms)
        selected = self.trusted[batch.index]
        return StepOutput(terms, {"network": unmixed(self.network, step.batches, selected)})

    # --- what it says -----------------------------------------------------------------------------

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        return CleanScores(self.votes, self.trusted)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"trusted_share": self.trusted.float().mean(), "mean_vote": self.votes.mean()}


def mixed_loss(logits: Logits, labels: Tensor, share: Tensor, order: Tensor) -> Tensor:
    """Cross entropy with both labels of each pair, in their shares, averaged."""
    first = losses.cross_entropy(logits, labels)
    second = losses.cross_entropy(logits, labels[order])
    return (share * first + (1 - share) * second).mean()
