"""The loss of a pair, and how the weight of the random pairs rises."""

from collections.abc import Sequence
from itertools import pairwise

from lnl.shapes import Labels, Logits, PerSample

FLOOR = 1e-5  # added to probabilities

RUN = 300  # epochs of a run
EPOCHS = (20, 40, 90, 140, 240, 340)
UNIFORM = (0.0, 1.0, 2.0, 2.5, 3.3, 5.0)
SPARSE = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)


def bounded_cross_entropy(logits: Logits, labels: Labels) -> PerSample:
    """-log(p_y + 1e-5), from -1e-5 to 11.513; its gradient is p_y / (p_y + 1e-5) times that of CE.

    Source: peer loss (Liu & Guo, ICML 2020), released code.
    """
    p_y = logits.float().softmax(1).gather(1, labels[:, None])[:, 0]
    return -(p_y + FLOOR).log()


def risen(done: float, heights: Sequence[float]) -> float:
    """α when this share of the run is done: 0, then in straight lines through the heights.

    Source: the released code, which reaches them after ``EPOCHS``, and stops before the last.
    """
    epoch = done * RUN
    for (start, end), (low, high) in zip(pairwise(EPOCHS), pairwise(heights), strict=True):
        if epoch < end:
            return low + (high - low) * max(0.0, epoch - start) / (end - start)
    return heights[-1]
