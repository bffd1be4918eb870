"""What a method does that first finds wrong labels, then trains a new network without them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import Pass, Shown, Step, StepOutput, Stream
from lnl.methods.parts.showing import with_filtered
from lnl.methods.schedule import StagePlan, Value, sgd, stepped
from lnl.methods.settings import MethodSettings
from lnl.shapes import Recipe

FINAL = "final"


class Detector(Method):
    """One network; ``kept`` says on which samples its last stage trains."""

    settings: MethodSettings

    def build(self) -> None:
        self.network = self.new_network()
        self.kept = self.per_sample(fill=True, dtype=torch.bool)

    def final_pass(self) -> Pass:
        """The kept samples, then the others; all in one where fewer than two are kept."""
        kept, others = (rows.nonzero()[:, 0] for rows in (self.kept, ~self.kept))
        return (Stream(index=kept), Stream(index=others)) if len(kept) > 1 else (Stream(),)

    def training_step(self, step: Step) -> StepOutput:
        """Cross entropy on the first stream; a wrapper is shown the others too."""
        batch = step.batch
        logits = self.network(batch.images).logits
        loss = losses.cross_entropy(logits, batch.given_labels).mean()
        shown = self.all_shown(step, logits)
        if step.show_filtered and len(step.batches) > 1:
            shown = with_filtered(shown, step.batches[1], self.network, self._logits)
        return StepOutput({"cross_entropy": loss}, {"network": shown})

    def _logits(self, images: Tensor) -> Tensor:
        return self.network(images).logits

    @staticmethod
    def all_shown(step: Step, logits: Tensor) -> Shown:
        """All rows of the first stream are trained on."""
        batch = step.batch
        return Shown(logits, batch.given_labels, batch.index, torch.ones_like(batch.index).bool())


def final_stage(settings: MethodSettings, recipe: Recipe, epochs: int) -> StagePlan:
    """A new network, at the rate of the recipe."""
    rate = stepped(settings.learning_rate, recipe)
    own = {"network": sgd(settings, "network", learning_rate=rate)}
    return StagePlan(FINAL, epochs, own, restart=("network",))


def measuring_stages(
    settings: MethodSettings, names: Sequence[str], epochs: int, rate: Value, parts: Sequence[str]
) -> list[StagePlan]:
    """A run each, from new weights."""
    own = {"network": sgd(settings, *parts, learning_rate=rate)}
    return [StagePlan(name, epochs, own, restart=tuple(parts)) for name in names]
