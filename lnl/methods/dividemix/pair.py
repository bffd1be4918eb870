"""What DivideMix and UniCon share: two networks in turn, a warm-up, MixMatch on divided samples."""

from abc import abstractmethod

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.parts import ramps
from lnl.methods.parts.mixing import drawn_order, folded_share
from lnl.methods.parts.mixmatch import (
    Mixed,
    MixMatchSettings,
    mean_prediction,
    mixmatch,
    refined,
    sharpen,
)
from lnl.methods.parts.showing import first_selected, unmixed
from lnl.methods.schedule import OptimiserPlan, StagePlan, Value, part_of, sgd
from lnl.methods.settings import setting
from lnl.networks import Network
from lnl.shapes import Labels, PerSample, Probabilities

NETWORKS = ("network_1", "network_2")


class MixPairSettings(MixMatchSettings):
    """The values of DivideMix on CIFAR-10 with 50 % symmetric noise."""

    warm_up_epochs: int = setting(
        10, "Epochs of cross entropy on all given labels", symbol="T_w", unit="epochs", ge=0
    )
    mix_epochs: int = setting(
        290, "Epochs with divided samples, after the warm-up", unit="epochs", ge=0
    )
    unlabelled_weight: float = setting(
        25.0,
        "Weight of the samples whose label is dropped: 0 at little noise, up to 150 at 100 classes",
        symbol="λ_u",
        ge=0,
        le=1000,
    )
    confidence_penalty: bool = setting(
        False, "Keep the networks from being certain in the warm-up (for asymmetric noise)"
    )
    ramp: float = setting(
        16 / 290,
        "Share of the epochs after the warm-up until that weight is reached",
        ge=0,
        le=1,
        advanced=True,
    )


def two_stages(settings: MixPairSettings, whole: Value, total: int, *heads: str) -> list[StagePlan]:
    """Warm-up and mixing, in which the rate follows one curve over ``total`` epochs.

    Each network and each of the ``heads`` beside it has an optimiser of its own.
    """

    def plans(first: int, last: int) -> dict[str, OptimiserPlan]:
        rate = part_of(whole, first, last, max(1, total))
        return {n: sgd(settings, n, learning_rate=rate) for n in (*NETWORKS, *heads)}

    warm = settings.warm_up_epochs
    return [
        StagePlan("warm-up", warm, plans(0, warm)),
        StagePlan("mix", settings.mix_epochs, plans(warm, warm + settings.mix_epochs)),
    ]


class MixPair(Method):
    """Two networks; the pass of an epoch says which is trained.

    Of a row's views the first two make the targets and the last two are mixed.
    """

    settings: MixPairSettings

    def build(self) -> None:
        self.network_1, self.network_2 = self.new_network(), self.new_network()

    @abstractmethod
    def label_weight(self, index: Tensor, own: int) -> PerSample:
        """How much the given labels of labelled rows count in the targets of network ``own``."""

    def added(self, step: Step, network: Network, own: int) -> dict[str, Tensor]:
        """More terms of a step with both kinds of rows."""
        return {}

    def training_step(self, step: Step) -> StepOutput:
        own = step.pass_index
        network, name = self.predictors()[own], NETWORKS[own]
        if len(step.batches) == 1:
            return self._warm_up(step, network, name)
        mixed, chosen = self.mixed(step), self.settings
        weight = chosen.unlabelled_weight * ramps.linear(step.progress, chosen.ramp)
        terms = {
            f"{name}.labelled": mixed.supervised().mean(),
            f"{name}.unlabelled": weight * mixed.unsupervised().mean(),
            f"{name}.imbalance": mixed.imbalance(),
            **self.added(step, network, own),
        }
        if not step.show_filtered:
            return StepOutput(terms)
        shown = unmixed(network, step.batches, first_selected(step.batches))
        return StepOutput(terms, {name: shown})

    def _warm_up(self, step: Step, network: Network, name: str) -> StepOutput:
        batch, labels = step.batch, step.batch.given_labels
        logits = network(batch.images).logits
        terms = {f"{name}.cross_entropy": losses.cross_entropy(logits, labels).mean()}
        if self.settings.confidence_penalty:
            terms[f"{name}.confidence_penalty"] = losses.confidence_penalty(logits).mean()
        everyone = torch.ones_like(labels).bool()
        return StepOutput(terms, {name: Shown(logits, labels, batch.index, everyone)})

    def mixed(self, step: Step) -> Mixed:
        """Both kinds of rows with their targets, mixed, through the network of this pass."""
        own = step.pass_index
        network, idle = self.predictors()[own], self.predictors()[1 - own].eval()
        labelled, unlabelled = step.batches
        guessed = self._guessed(network, idle, unlabelled.views[:2])
        weight = self.label_weight(labelled.index, own)
        targets = self._refined(network, labelled.views[:2], labelled.given_labels, weight)
        random = step.random("mixmatch")
        share = folded_share(self.settings.alpha, random)
        order = drawn_order(2 * (len(targets) + len(guessed)), random)
        return mixmatch(
            network, (labelled.views[-2:], targets), (unlabelled.views[-2:], guessed), share, order
        )

    def _guessed(self, network: Network, idle: Network, views: tuple[Tensor, ...]) -> Probabilities:
        """Targets of unlabelled rows: both networks' mean prediction over both views, sharpened."""
        mean = (mean_prediction(network, views) + mean_prediction(idle, views)) / 2
        return sharpen(mean, self.settings.temperature)

    def _refined(
        self, network: Network, views: tuple[Tensor, ...], labels: Labels, weight: PerSample
    ) -> Probabilities:
        return refined(mean_prediction(network, views), labels, weight, self.settings.temperature)

    def predictors(self) -> list[Network]:
        return [self.network_1, self.network_2]
