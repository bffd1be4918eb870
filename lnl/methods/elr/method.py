"""ELR: early-learning regularisation (Liu et al., NeurIPS 2020, arXiv 2007.00151).

A network fits the right labels first and memorises the wrong ones later. ELR remembers what it
predicted for each sample and rewards agreement with that memory: the term's gradient cancels the
pull of a wrong label, and keeps that of a right one alive when cross entropy has none left.

Source: the paper's equations, the values of the released code. Its ResNet-34 on CIFAR-10 with
symmetric noise follows a cosine with warm restarts; elsewhere the rate falls at the recipe's
milestones.

Departs from the code: the clean score is the given label's share of the memory, t_y / Σ t, since t
starts at 0 and its rows sum to 1 - β^k only after k visits; the order is that of t_y.
"""

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.elr.card import CARDS
from lnl.methods.elr.loss import early_learning, remembered
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, Repeated, StagePlan, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class ELRSettings(MethodSettings):
    """The values of CIFAR-10 with symmetric noise."""

    strength: float = setting(3.0, "Weight of the agreement with the memory", symbol="λ", ge=0)
    memory: float = setting(
        0.7, "Share of the past in each sample's average prediction", symbol="β", ge=0, lt=1
    )
    restarts: int = setting(
        0, "Rounds of a cosine schedule; 0: the rate falls at the milestones", ge=0, advanced=True
    )
    end_learning_rate: float = setting(
        1e-3, "Learning rate at the end of each round", ge=0, le=10, advanced=True
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 1e-3}
RECIPE = {"network": "resnet34", "epochs": 120, "batch_size": 128, "decay": 0.01}
PRESETS = {
    "cifar10": Preset(
        "CIFAR-10, paper",
        ("cifar10",),
        {**PAPER, "strength": 3.0, "memory": 0.7, "restarts": 15},
        {**RECIPE, "epochs": 150},
    ),
    "cifar10-asymmetric": Preset(
        "CIFAR-10 with asymmetric noise, paper",
        (),
        {**PAPER, "strength": 1.0, "memory": 0.9},
        {**RECIPE, "milestones": (40 / 120, 80 / 120)},
    ),
    "cifar100": Preset(
        "CIFAR-100, paper",
        ("cifar100",),
        {**PAPER, "strength": 7.0, "memory": 0.9},
        {**RECIPE, "epochs": 150, "milestones": (80 / 150, 120 / 150)},
    ),
}


@register(*CARDS)
class ELR(Method):
    """One network, and its average prediction of every sample."""

    Settings = ELRSettings
    settings: ELRSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.targets = self.per_sample(self.spec.num_classes)

    @classmethod
    def schedule(cls, settings: ELRSettings, recipe: Recipe) -> list[StagePlan]:
        rate = stepped(settings.learning_rate, recipe)
        if settings.restarts:
            falling = Cosine(settings.learning_rate, settings.end_learning_rate)
            rate = Repeated(falling, settings.restarts)
        return [
            StagePlan("train", recipe.epochs, {"network": sgd(settings, "", learning_rate=rate)})
        ]

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits = self.network(batch.images).logits
        targets = remembered(self.targets[batch.index], logits, chosen.memory)
        self.targets[batch.index] = targets
        terms = {
            "cross_entropy": losses.cross_entropy(logits, batch.given_labels).mean(),
            "early_learning": chosen.strength * early_learning(logits, targets).mean(),
        }
        return StepOutput(terms, {"network": Shown(logits, batch.given_labels, batch.index)})

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        own = self.targets.gather(1, self.given_labels[:, None])[:, 0]
        scores = own / self.targets.sum(1).clamp_min(1e-12)
        return CleanScores(scores, scores > 0.5, 0.5)
