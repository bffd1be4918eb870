"""Three margin losses over all outputs, with the label encoded as 0 and 1 or as -1 and 1."""

from typing import Literal

import torch
from torch import Tensor

from lnl.shapes import Labels, Logits, PerSample

Encoding = Literal["one-hot", "plus-minus"]


def encoded(labels: Labels, classes: int, encoding: Encoding) -> Tensor:
    """t: 1 at the label, elsewhere 0 (one-hot) or -1 (plus-minus), [B, K] float32."""
    hot = (torch.arange(classes, device=labels.device) == labels[:, None]).float()
    return hot if encoding == "one-hot" else 2 * hot - 1


def unhinged(outputs: Logits, labels: Labels, encoding: Encoding = "one-hot") -> PerSample:
    """The mean over k of 1 - t_k f_k, without bounds; one-hot: 1 - f_y / K.

    Source: van Rooyen et al., NeurIPS 2015.
    """
    return (1 - encoded(labels, outputs.shape[1], encoding) * outputs.float()).mean(1)


def sigmoid(outputs: Logits, labels: Labels, encoding: Encoding = "one-hot") -> PerSample:
    """The mean over k of σ(-t_k f_k), in (0, 1).

    Source: Ghosh et al., Neurocomputing 2015.
    """
    return (-encoded(labels, outputs.shape[1], encoding) * outputs.float()).sigmoid().mean(1)


def savage(logits: Logits, labels: Labels, encoding: Encoding = "one-hot") -> PerSample:
    """The mean over k of (1 + exp(2 t_k p_k))^-2 with p the softmax, falling in p_y.

    Source: Masnadi-Shirazi & Vasconcelos, NeurIPS 2008.
    """
    t = encoded(labels, logits.shape[1], encoding)
    return (-2 * t * logits.float().softmax(1)).sigmoid().square().mean(1)
