"""Early stop: a run ends once its validation accuracy has not risen for some epochs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class EarlyStop:
    """What it has seen; a checkpoint keeps ``state``, so that a resumed run ends where it would.

    It watches the last stage alone: stages before it make something ready (a warm-up, a selection,
    folds) and run whole, and what they reached does not count.
    """

    patience: int  # epochs; 0: never
    first: int  # epoch of the last stage, counted from 1
    best: float = -1.0
    best_epoch: int = 0  # 0: none seen yet
    ended: bool = False

    def see(self, epoch: int, accuracy: float | None) -> None:
        """The validation accuracy of an evaluated epoch, counted from 1."""
        if not self.patience or accuracy is None or epoch < self.first:
            return
        if accuracy > self.best:
            self.best, self.best_epoch = accuracy, epoch
        self.ended = epoch - self.best_epoch >= self.patience

    @property
    def state(self) -> tuple[float, int, bool]:
        """For the checkpoint."""
        return self.best, self.best_epoch, self.ended

    def restore(self, state: tuple[float, int, bool]) -> None:
        """The inverse of ``state``."""
        self.best, self.best_epoch, self.ended = state
