"""GMM: plain small-loss selection, the simplest way to choose what to learn from.

A network fits the majority of right labels first, so that mislabelled samples keep a large loss
for a while. A mixture of two Gaussians over the losses of all samples tells small from large once
an epoch, and only the small ones are trained on.

Source: the selection of DivideMix (Li et al., ICLR 2020), alone: one network, no mixing, no
pseudo-labels, with its fit (see ``parts/mixture.py``). The warm-up and the schedule are ours.

The sources' fit ends early where the modes lie close: on the digits with 70 % symmetric noise it
comes to a test accuracy of 0.41, all of 50 rounds (``rounds=50, tolerance=0``) to 0.54, the mean
of four seeds; at 40 % and with asymmetric noise the two are alike.
"""

from torch import Tensor

from lnl.methods.gmm.card import CARDS
from lnl.methods.parts.mixture import ROUNDS, TOLERANCE, small_loss
from lnl.methods.parts.small_loss import SmallLoss, SmallLossSettings
from lnl.methods.registry import register
from lnl.methods.settings import setting


class GMMSettings(SmallLossSettings):
    """And how long the mixture is fitted."""

    rounds: int = setting(
        ROUNDS,
        "Rounds of the mixture's fit at most; 10 in the sources",
        ge=1,
        le=1000,
        advanced=True,
    )
    tolerance: float = setting(
        TOLERANCE,
        "Change of the mean log-likelihood in a round that ends the fit; 0: all rounds are taken",
        ge=0,
        le=1,
        advanced=True,
    )


@register(*CARDS)
class GMM(SmallLoss):
    """Two Gaussians."""

    Settings = GMMSettings
    settings: GMMSettings

    def small(self, each: Tensor) -> Tensor:
        return small_loss(each, self.settings.rounds, self.settings.tolerance)
