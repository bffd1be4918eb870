"""How a run is trained, resolved."""

from dataclasses import dataclass

from lnl.training.placement import Placement


@dataclass(frozen=True)
class Plan:
    """How to train, resolved."""

    seed: int
    batch_size: int
    placement: Placement
    evaluate_every: int = 1
    patience: int = 0  # epochs without a better validation accuracy that end the run; 0: none do
