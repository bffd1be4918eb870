"""CE: cross entropy on the given labels, the standard training that label noise defeats."""

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.ce.card import CARDS
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings


@register(*CARDS)
class CE(Method):
    """One network, one loss."""

    settings: MethodSettings

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        loss = losses.cross_entropy(logits, batch.given_labels).mean()
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"cross_entropy": loss}, {"network": shown})
