"""Methods that drop as many samples as have wrong labels: who says how many, and which go.

Source: Co-teaching (Han et al., NeurIPS 2018).
"""

from typing import Literal

import torch
from torch import Tensor, nn

from lnl.methods.base import Method
from lnl.methods.parts.mixture import small_loss
from lnl.methods.settings import BareSettings, setting
from lnl.shapes import Mask, PerSample


class DroppingSettings(BareSettings):
    """Where the noise rate comes from."""

    rate_from: Literal["oracle", "estimated", "set"] = setting(
        "oracle",
        "Noise rate: the true one, the share of large losses by a two-component mixture over all "
        "samples, or the one set below",
    )
    noise_rate: float = setting(
        0.2, "Noise rate, where it is set", symbol="τ", ge=0, lt=1, advanced=True
    )


class Dropping(Method):
    """A method whose buffer ``noise_rate`` says how many samples it drops."""

    needs = frozenset({"noise_rate"})
    settings: DroppingSettings

    def build(self) -> None:
        chosen = self.settings
        rate = self.oracle.noise_rate if chosen.rate_from == "oracle" else chosen.noise_rate
        self.noise_rate = nn.Buffer(torch.tensor(rate, dtype=torch.float64))

    @classmethod
    def asks(cls, settings: DroppingSettings) -> frozenset[str]:
        return cls.needs if settings.rate_from == "oracle" else frozenset()

    def estimate_rate(self, losses: Tensor) -> None:
        """The rate becomes the share that a mixture of two Gaussians calls large, of [N]."""
        self.noise_rate.copy_((small_loss(losses) <= 0.5).double().mean())


def smallest(each: PerSample, forget: Tensor, among: Mask) -> Mask:
    """The ⌊(1 - forget) n⌋ smallest of the n losses in ``among``, at least one, [B] bool."""
    # The count stays on the device: a step never waits for it. 5 x 0.6 is 3, not 2.9999.
    count = ((1 - forget) * among.sum() + 1e-9).floor().clamp_min(1)
    ranks = each.masked_fill(~among, torch.inf).argsort(stable=True).argsort()
    return (ranks < count) & among
