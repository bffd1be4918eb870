"""AUM: mislabelled samples by the area under the margin (Pleiss et al., arXiv 2001.10528).

While a network learns, the logit of a wrong label is pushed up by its own sample alone and down by
all those that look alike. So its margin over the largest other logit stays low, averaged over
training. How low is too low is learnt: a share 1/(K + 1) of the samples is given a class K + 1 that
does not exist, and what falls below the 99th percentile of their areas is dropped. A second run
with other threshold samples judges those of the first; what was dropped by each run in which it was
a real sample is left out when a new network is trained.

Source: the paper, sections 3 and 4; both measuring runs at a constant rate, so that all their
epochs count. Margins are those of training: train mode, augmented, before the update.

Ours: the clean score. Areas have no scale, so each is shown by its distance to its run's cut,
squeezed into [0, 1] without changing the order, the better of the two runs; 1/2 is the cut. The
made-up class is a logit of its own beside the network's, which predictions and the last network do
without.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.aum.card import CARDS
from lnl.methods.aum.margins import Verdict, cut, margin, verdict
from lnl.methods.interface import CleanScores, EpochContext, Pass, Step, StepOutput, Stream
from lnl.methods.parts.detector import Detector, final_stage, measuring_stages
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe

RUNS = "first run", "second run"
NONE = -1


class AUMSettings(MethodSettings):
    """The schedule and the cut."""

    measuring_epochs: int = setting(
        150, "Epochs of each of the two runs that measure", unit="epochs", ge=1
    )
    final_epochs: int = setting(
        300, "Epochs of the new network on the kept samples", unit="epochs", ge=0
    )
    measuring_batch_size: int = setting(
        64, "Samples of a batch while margins are measured", unit="samples", ge=2, advanced=True
    )
    percentile: float = setting(
        0.99, "Share of the threshold samples that lie below the cut", ge=0, le=1
    )


PRESETS = {
    "cifar": Preset(
        "CIFAR, paper",
        ("cifar10", "cifar100"),
        {"learning_rate": 0.1, "weight_decay": 1e-4},
        {"network": "resnet32", "epochs": 0, "batch_size": 256, "milestones": (0.5, 0.75)},
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"measuring_epochs": 20, "final_epochs": 40},
        {"epochs": 0},
    ),
}


@register(*CARDS)
class AUM(Detector):
    """A network with one more logit, and the sum of each sample's margins."""

    Settings = AUMSettings
    settings: AUMSettings
    presets = PRESETS

    def build(self) -> None:
        super().build()
        self.made_up = nn.Linear(self.network.feature_size, 1)
        self.role = self.per_sample(fill=NONE, dtype=torch.long)  # in which run it is the threshold
        self.sums = self.per_sample(len(RUNS))
        self.visits = self.per_sample(len(RUNS))

    @classmethod
    def schedule(cls, settings: AUMSettings, recipe: Recipe) -> list[StagePlan]:
        rate, parts = settings.learning_rate, ("network", "made_up")
        return [
            *measuring_stages(settings, RUNS, settings.measuring_epochs, rate, parts),
            final_stage(settings, recipe, settings.final_epochs),
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        if epoch.stage.name not in RUNS:
            yield self.final_pass()
            return
        if epoch.epoch == 0:
            self._draw(epoch)
        yield (Stream(batch_size=self.settings.measuring_batch_size),)
        self.kept.copy_(self._verdict().kept)

    def _draw(self, epoch: EpochContext) -> None:
        """The threshold samples of each run, N // (K + 1), none of them in both."""
        random, count = epoch.random("threshold"), self.spec.num_train
        order = torch.randperm(count, generator=random, device=random.device)
        size = max(1, count // (self.spec.num_classes + 1))
        for run, rows in enumerate(torch.split(order, size)[: len(RUNS)]):
            self.role[rows] = run

    def training_step(self, step: Step) -> StepOutput:
        if step.stage.name not in RUNS:
            return super().training_step(step)
        batch, run = step.batch, RUNS.index(step.stage.name)
        output = self.network(batch.images)
        logits = torch.cat([output.logits, self.made_up(output.features)], 1)
        threshold = self.role[batch.index] == run
        labels = torch.where(threshold, self.spec.num_classes, batch.given_labels)
        self.sums[batch.index, run] += margin(logits.detach(), labels)
        self.visits[batch.index, run] += 1
        loss = losses.cross_entropy(logits, labels).mean()
        return StepOutput({"cross_entropy": loss}, {"network": self.all_shown(step, output.logits)})

    def _areas(self) -> Tensor:
        """AUM in each run, [N, 2]."""
        return self.sums / self.visits.clamp_min(1)

    def _verdict(self) -> Verdict:
        return verdict(self._areas(), self.visits, self.role, self.settings.percentile)

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        found = self._verdict()
        return CleanScores(found.scores, found.kept, 0.5)

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        """AUM over both runs, threshold samples by the run in which they were real."""
        real = self.visits * (self.role[:, None] != torch.arange(2, device=self.role.device))
        return {"area_under_margin": (self._areas() * real).sum(1) / real.sum(1).clamp_min(1)}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        run = RUNS.index(epoch.stage.name) if epoch.stage.name in RUNS else len(RUNS) - 1
        return {"cut": cut(self._areas()[:, run], self.role, run, self.settings.percentile)}
