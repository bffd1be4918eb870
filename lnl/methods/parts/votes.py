"""Votes: how often each class was among a network's top K for a sample, over the whole run.

Source: NPN (Sheng et al., AAAI 2024) and CA2C (Sheng et al., ICCV 2025), released code.
"""

from torch import Tensor

from lnl.shapes import Labels, Logits, Mask, Probabilities


def counted(votes: Tensor, logits: Logits, top: int) -> Tensor:
    """The rows of votes [B, K], with one more for each of the ``top`` classes."""
    best = logits.detach().topk(top, 1).indices
    return votes.scatter_add(1, best, votes.new_ones(best.shape))


def shares(votes: Tensor) -> Probabilities:
    """Each class's share of a sample's votes, float32; 0 where there are none yet."""
    return votes.float() / votes.sum(1, keepdim=True).clamp_min(1)


def of_label(votes: Tensor, labels: Labels, top: int) -> Tensor:
    """Share of each sample's visits at which its label was among the ``top`` classes, [N]."""
    return (top * shares(votes).gather(1, labels[:, None])[:, 0]).clamp_max(1)


def wins(votes: Tensor, labels: Labels) -> Mask:
    """Whether no class has more votes than the label; a tie counts."""
    return votes.gather(1, labels[:, None])[:, 0] == votes.max(1).values
