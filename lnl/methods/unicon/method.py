"""UniCon: uniform selection and contrastive learning (Karim et al., CVPR 2022, arXiv 2203.14542).

DivideMix with three changes: samples are divided by the divergence between both networks' mean
prediction and the given label, at a cut that adjusts itself; equally many labels of each class are
kept, so that hard classes are not starved; and a contrastive loss on the images whose label is
dropped shapes the features, whatever their labels.

Source: the paper, the values of the released code and of its authors' answers. Weak views make the
targets, strong ones are mixed and contrasted.

Departs from the code: it repeats sample 0 where a class is smaller than its quota, stores
divergences by place in a batch, evaluates the first network in train mode for the second split,
and stops where the mean divergence is above d_μ; here classes keep what they have, by index, in
eval mode. The projection is two layers to 128. There are at most ``MOST`` unlabelled rows per
labelled one. As in torch's scheduler, the rate rises again after its period.
"""

from collections.abc import Iterator
from math import log
from typing import Any

import torch
from torch import Tensor, nn

from lnl.methods.dividemix.pair import NETWORKS, MixPair, MixPairSettings, two_stages
from lnl.methods.interface import CleanScores, EpochContext, Pass, Step, Stream
from lnl.methods.parts.contrastive import simclr
from lnl.methods.parts.divergence import adaptive_cut, js_divergence, smallest_per_class
from lnl.methods.registry import register
from lnl.methods.schedule import Cosine, StagePlan
from lnl.methods.settings import Preset, setting
from lnl.methods.unicon.card import CARDS
from lnl.networks import Network
from lnl.shapes import PerSample, Recipe, View

MOST = 8
PROJECTED = 128
VIEWS: tuple[View, ...] = ("weak", "weak", "strong", "strong")


class UniConSettings(MixPairSettings):
    """The values of CIFAR-10."""

    mix_epochs: int = setting(
        340, "Epochs with divided samples, after the warm-up", unit="epochs", ge=0
    )
    unlabelled_weight: float = setting(
        30.0, "Weight of the samples whose label is dropped", symbol="λ_u", ge=0, le=1000
    )
    ramp: float = setting(
        16 / 340,
        "Share of the epochs after the warm-up until that weight is reached",
        ge=0,
        le=1,
        advanced=True,
    )
    contrast: float = setting(0.025, "Weight of the contrastive loss", symbol="λ_c", ge=0, le=100)
    contrast_temperature: float = setting(
        0.05, "Temperature of the contrastive loss", symbol="κ", gt=0, le=10, advanced=True
    )
    limit: float = setting(
        0.7,
        "Mean divergence above which the cut is lowered; divergences end at 0.693",
        symbol="d_μ",
        ge=0,
        le=1,
        advanced=True,
    )
    divisor: float = setting(
        5.0, "Share of the distance to the least by which it is", symbol="τ", ge=1, advanced=True
    )
    unlabelled_rows: float = setting(
        0.5,
        "Unlabelled rows per step, times the labelled ones over R; 1 from 80 % noise on",
        gt=0,
        le=10,
        advanced=True,
    )
    end_learning_rate: float = setting(
        2e-4, "Learning rate at the end of its period (cosine)", ge=0, le=10, advanced=True
    )
    period: float = setting(
        280 / 350,
        "Share of the run over which the learning rate falls; it rises again after",
        gt=0,
        le=1,
        advanced=True,
    )


PAPER = {"learning_rate": 0.02, "weight_decay": 5e-4}
RECIPE = {"network": "preact-resnet18", "epochs": 0, "batch_size": 128}
CIFAR100 = {**PAPER, "warm_up_epochs": 30, "mix_epochs": 320, "ramp": 16 / 320}


def _paper(title: str, *datasets: str, **values: Any) -> Preset:
    return Preset(f"{title}, paper", datasets, values, RECIPE)


PRESETS = {
    "cifar10": _paper("CIFAR-10", "cifar10", **PAPER),
    "cifar10-80": _paper("CIFAR-10 with 80 % noise and more", **PAPER, unlabelled_rows=1.0),
    "cifar10-asymmetric": _paper(
        "CIFAR-10 with asymmetric noise", **PAPER, confidence_penalty=True
    ),
    "cifar100": _paper("CIFAR-100", "cifar100", **CIFAR100),
    "cifar100-80": _paper("CIFAR-100 with 80 % noise and more", **CIFAR100, unlabelled_rows=1.0),
    "tiny-imagenet": _paper(
        "Tiny-ImageNet",
        "tiny-imagenet",
        learning_rate=0.005,
        weight_decay=5e-4,
        warm_up_epochs=15,
        mix_epochs=485,
        ramp=16 / 485,
        unlabelled_weight=50.0,
        alpha=0.5,
    ),
    "short": Preset(
        "Short, for small images",
        ("digits", "shapes"),
        {"warm_up_epochs": 8, "mix_epochs": 32, "ramp": 0.25, "period": 1.0},
        {"epochs": 0},
    ),
}


@register(*CARDS)
class UniCon(MixPair):
    """Both networks divide together, anew before each one's pass."""

    Settings = UniConSettings
    settings: UniConSettings
    presets = PRESETS

    def build(self) -> None:
        super().build()
        self.projection_1, self.projection_2 = (projection(n) for n in self.predictors())
        self.divergence = self.per_sample()
        self.selected = self.per_sample(fill=True, dtype=torch.bool)
        self.clean_share = nn.Buffer(torch.ones(()))  # R

    @classmethod
    def schedule(cls, settings: UniConSettings, recipe: Recipe) -> list[StagePlan]:
        falling = Cosine(settings.learning_rate, settings.end_learning_rate)
        total = round(settings.period * (settings.warm_up_epochs + settings.mix_epochs))
        return two_stages(settings, falling, total, "projection_1", "projection_2")

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        half = max(2, self.spec.recipe.batch_size // 2)
        for _ in NETWORKS:
            if epoch.stage.name == "warm-up":
                yield (Stream(),)
                continue
            self._divide(epoch)
            kept, dropped = (m.nonzero()[:, 0] for m in (self.selected, ~self.selected))
            if min(len(kept), len(dropped)) < 2:
                yield (Stream(),)
                continue
            share = max(float(self.clean_share), self.settings.unlabelled_rows / MOST)
            rows = max(2, int(half * self.settings.unlabelled_rows / share))
            yield (Stream(VIEWS, kept, half), Stream(VIEWS, dropped, rows))

    def _divide(self, epoch: EpochContext) -> None:
        both = [epoch.predictions(network).probabilities for network in self.predictors()]
        d = js_divergence(torch.stack(both).mean(0), self.given_labels)
        cut = adaptive_cut(d, self.settings.limit, self.settings.divisor)
        share = (d < cut).double().mean()
        classes = self.spec.num_classes
        # 0.3 x 100 is 30, not 29.999.
        quota = (share * len(d) / classes + 1e-9).floor()
        self.divergence.copy_(d)
        self.clean_share.copy_(share)
        self.selected.copy_(smallest_per_class(d, self.given_labels, classes, quota))

    def label_weight(self, index: Tensor, own: int) -> PerSample:
        d = self.divergence[index]
        return torch.where(d < 0.5, 1.0, 1 - d)

    def added(self, step: Step, network: Network, own: int) -> dict[str, Tensor]:
        project = (self.projection_1, self.projection_2)[own]
        first, second = (project(network(view).features) for view in step.batches[1].views[2:])
        each = simclr(first, second, self.settings.contrast_temperature)
        return {f"{NETWORKS[own]}.contrast": self.settings.contrast * each.mean()}

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        return CleanScores((1 - self.divergence / log(2)).clamp(0, 1), self.selected)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {
            "below_cut": self.clean_share,
            "labelled_share": self.selected.float().mean(),
            "mean_divergence": self.divergence.mean(),
        }


def projection(network: Network) -> nn.Module:
    """From features [B, D] to what is contrasted, [B, 128]."""
    size = network.feature_size
    return nn.Sequential(nn.Linear(size, size), nn.ReLU(), nn.Linear(size, PROJECTED))
