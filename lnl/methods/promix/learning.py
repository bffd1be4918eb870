"""The terms of one network of ProMix in a step, for its first and its second head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.parts.fmix import drawn_mask
from lnl.methods.parts.mixing import drawn_share, folded_share, pairs
from lnl.methods.parts.mixmatch import sharpen
from lnl.methods.promix.selection import paired
from lnl.networks import NetworkOutput
from lnl.shapes import Logits, Mask, PerSample, Probabilities

Head = Callable[[NetworkOutput], Logits]


@dataclass(frozen=True)
class Learning:
    """What both heads of a network have in common in a step."""

    forward: Callable[[Tensor], NetworkOutput]
    images: Tensor  # weak views
    outputs: tuple[NetworkOutput, NetworkOutput]  # of weak and strong views
    targets: Probabilities
    used: Mask
    shift: Tensor  # δ log π, [K]
    rise: float  # r
    alpha: float

    def clean(self, head: Head, random: torch.Generator) -> Tensor:
        """CE(weak) + r [CE(strong) + mixup + FMix] with shifted logits, averaged over used rows."""
        weak, strong = (head(output) for output in self.outputs)
        each = self._against(weak, self.targets)
        if self.rise:
            more = self._against(strong, self.targets)
            more = more + self._mixup(head, random) + self._fmix(head, random)
            each = each + self.rise * more
        return losses.masked_mean(each, self.used)

    def rest(self, head: Head, q: Probabilities, shift: Tensor) -> Tensor:
        """CE(weak, q) + r CE(strong, q) with logits shifted by ``shift``, over the other rows."""
        weak, strong = (losses.soft_cross_entropy(head(o) + shift, q) for o in self.outputs)
        return losses.masked_mean(weak + self.rise * strong, ~self.used)

    def _against(self, logits: Logits, targets: Probabilities) -> PerSample:
        return losses.soft_cross_entropy(logits + self.shift, targets)

    def _mixup(self, head: Head, random: torch.Generator) -> PerSample:
        share, order = folded_share(self.alpha, random), paired(self.used, random)
        logits = head(self.forward(pairs(self.images, share, order)))
        return self._against(logits, pairs(self.targets, share, order))

    def _fmix(self, head: Head, random: torch.Generator) -> PerSample:
        share, order = drawn_share(1.0, random), paired(self.used, random)
        height, width = self.images.shape[2:] or (1, self.images.shape[1])  # a vector is one row
        mask = drawn_mask(height, width, share, random)
        logits = head(self.forward(pairs(self.images, mask, order)))
        return self._against(logits, pairs(self.targets, share, order))


def pseudo_labels(logits: Logits, shift: Tensor, temperature: float) -> Probabilities:
    """sharpen(softmax(z - δ log π'), T), no gradient."""
    return sharpen((logits.detach().float() - shift).softmax(1), temperature)


def first_head(output: NetworkOutput) -> Logits:
    """The network's own."""
    return output.logits


def second_head(layer: torch.nn.Module) -> Head:
    """Another one on the same features."""
    return partial(_on_features, layer)


def _on_features(layer: torch.nn.Module, output: NetworkOutput) -> Logits:
    logits: Tensor = layer(output.features)
    return logits
