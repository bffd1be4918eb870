"""Progressive early stopping: late layers start anew one after the other, then some labels count.

Source: PES (Bai et al., NeurIPS 2021, arXiv 2106.15853), its paper and its released code.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext
from lnl.methods.schedule import OptimiserPlan, StagePlan, Value, part_of, sgd
from lnl.methods.settings import MethodSettings, setting
from lnl.shapes import Labels, Mask, PerSample, Probabilities


class ProgressiveSettings(MethodSettings):
    """What all forms have."""

    first_epochs: int = setting(
        25, "Epochs of all layers on all samples", symbol="T_1", unit="epochs", ge=0
    )
    refining_rate: float = setting(
        1e-4, "Learning rate of Adam for layers that start anew", gt=0, le=1, advanced=True
    )
    freeze_refined: bool = setting(
        True, "Leave the layers that started anew as they are from then on", advanced=True
    )


def stages(
    settings: ProgressiveSettings,
    rate: Value,
    refined: Sequence[tuple[str, int, tuple[str, ...]]],
    last: tuple[str, int],
) -> list[StagePlan]:
    """All layers, those ``refined`` anew (name, epochs, parts of each), then the ``last`` stage.

    The first and the last stage share the curve ``rate``.
    """
    first, (name, epochs) = settings.first_epochs, last
    total = max(1, first + epochs)

    def main(start: int, end: int) -> dict[str, OptimiserPlan]:
        own = part_of(rate, start, end, total)
        return {"network": sgd(settings, "network", learning_rate=own)}

    def anew(parts: tuple[str, ...]) -> dict[str, OptimiserPlan]:
        return {"refined": OptimiserPlan(parts, settings.refining_rate, kind="adam")}

    return [
        StagePlan("all layers", first, main(0, first)),
        *(StagePlan(name, count, anew(parts), parts) for name, count, parts in refined),
        StagePlan(name, epochs, main(first, total)),
    ]


class Progressive(Method):
    """One network; in the stage ``last`` samples count whose label it predicts."""

    settings: ProgressiveSettings
    last: ClassVar[str]

    def build(self) -> None:
        self.network = self.new_network()
        self.scores = self.per_sample()
        self.class_weights = nn.Buffer(torch.ones(self.spec.num_classes))

    def confident(self, epoch: EpochContext) -> Mask:
        """The samples whose label is predicted over two weak views, [N] bool; keeps the scores."""
        p = epoch.predictions(self.network, "weak", draws=2).probabilities
        self.scores.copy_(lead(p, self.given_labels))
        return self.scores > 0.5

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name != self.last:
            return None
        return CleanScores(self.scores, self.scores > 0.5, 0.5)


def lead(p: Probabilities, labels: Labels) -> PerSample:
    """(1 + p_y - max_k≠y p_k) / 2, [N]: above 1/2 where the given label is predicted."""
    own = p.gather(1, labels[:, None])
    others = p.scatter(1, labels[:, None], -1.0).max(1).values
    return (1 + own[:, 0] - others) / 2


def balanced(labels: Labels, num_classes: int) -> Tensor:
    """n̄ / n_c [K] for the labels given, n̄ the mean over the classes that are there; absent: 0."""
    counts = torch.nn.functional.one_hot(labels, num_classes).sum(0).float()
    mean = counts.sum() / (counts > 0).sum().clamp_min(1)
    return torch.where(counts > 0, mean / counts.clamp_min(1), 0.0)
