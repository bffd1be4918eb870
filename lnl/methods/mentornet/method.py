"""MentorNet (Jiang et al., ICML 2018, arXiv 1712.05055): self-paced, and its predefined curriculum.

A mentor gives each sample a weight, by its loss and the progress of the run. As other papers
compare with it, MentorNet is the self-paced form: a single network that learns its own samples of
small loss, Co-teaching without the second network. The predefined curriculum (PD) compares losses
with a running percentile; the paper trains a second network to imitate it, here it is computed in
closed form. The data-driven mentor needs samples known to be clean, and is left out.

Source: PD and its values from the released code; that the self-paced form is what the tables
report is quoted from memory, its schedule and values are Co-teaching's. ResNet-101 is not at hand;
PD trains after the data set's recipe. λ is updated before it is used.

The clean score is the confidence p_y, whose order is that of the loss; selected are, over all
samples, the share that is not dropped (self-paced) or those of a loss up to λ (PD).

With three quarters of a batch below λ, PD learns more wrong labels the more of them there are: on
the digits with 40 % symmetric noise it ends at a test accuracy of 0.78, the self-paced form at
0.93, cross entropy at 0.70 (one seed).
"""

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.co_teaching.pair import COLOUR, GREY, PairSettings, SmallLoss, adam
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.mentornet.card import PREDEFINED_CARD, SELF_PACED_CARD
from lnl.methods.parts.dropping import smallest
from lnl.methods.registry import register
from lnl.methods.schedule import StagePlan
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.networks import Network
from lnl.shapes import PerSample, Recipe

PRESETS = {
    "mnist": Preset("MNIST, as Co-teaching", ("mnist",), recipe=GREY),
    "cifar10": Preset("CIFAR-10, as Co-teaching", ("cifar10",), recipe=COLOUR),
    "cifar100": Preset(
        "CIFAR-100, as Co-teaching", ("cifar100",), {"falls_from": 0.5}, recipe=COLOUR
    ),
}


PREDEFINED_PRESETS = {"80": Preset("80 % noise, released code", (), {"percentile": 0.5})}


@register(SELF_PACED_CARD)
class SelfPaced(SmallLoss):
    """One network that chooses for itself."""

    Settings = PairSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        super().build()

    @classmethod
    def schedule(cls, settings: PairSettings, recipe: Recipe) -> list[StagePlan]:
        return adam(settings, recipe, ("network",))

    def predictors(self) -> list[Network]:
        return [self.network]

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        each = losses.cross_entropy(logits, batch.given_labels)
        everyone = torch.ones_like(each, dtype=torch.bool)
        small = smallest(each.detach(), self.forgotten(step), everyone)
        shown = Shown(logits, batch.given_labels, batch.index, small)
        return StepOutput({"cross_entropy": losses.masked_mean(each, small)}, {"network": shown})

    def clean_scores(self, epoch: EpochContext) -> CleanScores:
        scores = epoch.predictions(self.network).confidence
        everyone = torch.ones_like(scores, dtype=torch.bool)
        return CleanScores(scores, smallest(-scores, self.forgotten(epoch), everyone))


class PredefinedSettings(MethodSettings):
    """The values of the released code."""

    percentile: float = setting(
        0.75, "Percentile of a batch's losses that λ follows; 0.5 at 80 % noise", gt=0, lt=1
    )
    memory: float = setting(0.5, "Share of the past in λ", symbol="d", ge=0, lt=1, advanced=True)
    burn_in: float = setting(0.18, "Share of the run in which all samples count", ge=0, le=1)
    softer_from: float = setting(
        0.9, "Share of the run after which larger losses count in part", ge=0, le=1
    )
    width: float = setting(
        1.0, "Loss above λ at which a sample then counts for nothing", symbol="γ", gt=0, le=100
    )
    drop_until: float = setting(
        0.17, "Share of the run in which many samples are dropped at random", ge=0, le=1
    )
    first_drop: float = setting(0.5, "Share dropped until then", ge=0, lt=1, advanced=True)
    drop: float = setting(0.05, "Share dropped afterwards", ge=0, lt=1, advanced=True)


@register(PREDEFINED_CARD)
class Predefined(Method):
    """One network, its running percentile, and each sample's last weight."""

    Settings = PredefinedSettings
    settings: PredefinedSettings
    presets = PREDEFINED_PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        self.level = nn.Buffer(torch.zeros(()))  # λ
        self.weights = self.per_sample(fill=1)

    def training_step(self, step: Step) -> StepOutput:
        batch, chosen = step.batch, self.settings
        logits = self.network(batch.images).logits
        each = losses.cross_entropy(logits, batch.given_labels)
        now = each.detach().quantile(chosen.percentile)
        self.level.copy_(chosen.memory * self.level + (1 - chosen.memory) * now)
        weights = curriculum(each.detach(), self.level, step.progress, chosen)
        self.weights[batch.index] = weights
        rate = chosen.first_drop if step.progress < chosen.drop_until else chosen.drop
        random = step.random("dropped weights")
        stays = torch.rand(len(each), generator=random, device=each.device) >= rate
        shown = Shown(logits, batch.given_labels, batch.index, weights > 0)
        terms = {"cross_entropy": (weights * stays * each).mean()}
        return StepOutput(terms, {"network": shown})

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if (epoch.stage_epoch + 1) / epoch.stage.epochs <= self.settings.burn_in:
            return None
        scores, cut = epoch.predictions(self.network).confidence, torch.exp(-self.level)
        return CleanScores(scores, scores > cut, float(cut))

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"weight": self.weights}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"loss_level": self.level, "mean_weight": self.weights.mean()}


def curriculum(
    each: PerSample, level: Tensor, progress: float, chosen: PredefinedSettings
) -> PerSample:
    """v in [0, 1], which never rises with the loss."""
    if progress < chosen.burn_in:
        return torch.ones_like(each)
    if progress < chosen.softer_from:
        return (each <= level).float()
    return (1 - (each - level) / chosen.width).clamp(0, 1)
