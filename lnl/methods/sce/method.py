"""SCE: symmetric cross entropy learning (Wang et al., ICCV 2019, arXiv 1908.06112).

Reverse cross entropy, in which prediction and label swap roles, tolerates noise as MAE does and
trains as slowly; cross entropy trains, and fits noise. SCE adds the two up.

Source: the paper's equations and values. log 0 is log 1e-4 = -9.21 as in the released code, where
the paper has A = -4: its β means 2.3 times more here. Networks are those of the data set, for the
paper's are not here, and MNIST's milestones those of D2L, whose schedules it shares. The preset
``rfl`` trains as RFL's tables do. It has no clean score of its own: samples are ranked by p_y.
"""

from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.parts.recipes import rfl_tables
from lnl.methods.registry import register
from lnl.methods.sce.card import CARDS
from lnl.methods.sce.loss import symmetric_cross_entropy
from lnl.methods.settings import MethodSettings, Preset, setting


class SCESettings(MethodSettings):
    """The values of the paper on CIFAR-10."""

    alpha: float = setting(0.1, "Weight of cross entropy", symbol="α", ge=0, le=100)
    beta: float = setting(1.0, "Weight of reverse cross entropy", symbol="β", ge=0, le=100)


PAPER = {"learning_rate": 0.1, "weight_decay": 1e-4}
PRESETS = {
    "mnist": Preset(
        "MNIST, paper",
        ("mnist",),
        {**PAPER, "alpha": 0.01},
        {"epochs": 50, "batch_size": 128, "milestones": (0.4, 0.8)},
    ),
    "cifar10": Preset(
        "CIFAR-10, paper",
        ("cifar10",),
        PAPER,
        {"epochs": 120, "batch_size": 128, "milestones": (1 / 3, 2 / 3)},
    ),
    "cifar100": Preset(
        "CIFAR-100, paper",
        ("cifar100",),
        {**PAPER, "alpha": 6.0, "beta": 0.1},
        {"epochs": 150, "batch_size": 128, "milestones": (80 / 150, 120 / 150)},
    ),
    "rfl": rfl_tables(),
}


@register(*CARDS)
class SCE(Method):
    """One network, one loss."""

    Settings = SCESettings
    settings: SCESettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits = self.network(batch.images).logits
        each = symmetric_cross_entropy(logits, batch.given_labels, chosen.alpha, chosen.beta)
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"symmetric_cross_entropy": each.mean()}, {"network": shown})
