"""Pseudo-labels: a new network on the samples kept, then another one on soft labels for the rest.

Source: NLNL (Kim et al., ICCV 2019), section 3.5 and figure 5.
"""

import torch
from torch import Tensor

from lnl.methods.interface import Step
from lnl.methods.schedule import StagePlan, Steps, sgd
from lnl.methods.settings import MethodSettings
from lnl.shapes import Labels, Mask, Probabilities

MEMORY = 10  # epochs whose predictions are averaged


def pseudo_stages(
    settings: MethodSettings, rate: float, filtered_epochs: int, soft_epochs: int
) -> list[StagePlan]:
    """Stages "filtered" and "soft", each with new weights; the rate falls at 40 % and 60 %."""
    falling = Steps(rate, (0.4, 0.6), 0.1)
    plans = {"network": sgd(settings, "network", learning_rate=falling)}
    again = ("network",)
    return [
        StagePlan("filtered", filtered_epochs, plans, restart=again),
        StagePlan("soft", soft_epochs, plans, restart=again),
    ]


def averaged_epochs(epochs: int) -> int:
    """Over how many epochs of a stage predictions are averaged."""
    return max(1, min(MEMORY, epochs // 2))


def gather(soft: Tensor, step: Step, probabilities: Probabilities) -> None:
    """Add a step's predictions to the soft labels [N, K]: the mean over the stage's last epochs."""
    window = averaged_epochs(step.stage.epochs)
    if step.stage_epoch >= step.stage.epochs - window:
        soft.index_add_(0, step.batch.index, probabilities / window)


def believed(soft: Probabilities, labels: Labels, kept: Mask) -> Probabilities:
    """The given label where it is kept, the soft label elsewhere, [B, K]."""
    given = torch.zeros_like(soft).scatter_(1, labels[:, None], 1.0)
    return torch.where(kept[:, None], given, soft)
