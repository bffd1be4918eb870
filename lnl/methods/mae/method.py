"""MAE: mean absolute error (Ghosh et al., AAAI 2017).

A symmetric loss: summed over all labels it is constant, so that uniform label noise leaves its
minimum in place. For the same reason its gradient vanishes on hard samples, and with many classes
it barely trains: 4 to 16 % on CIFAR-100 in NLNL's Table 3 are expected.

Source: the L1 form 2 (1 - p_y), as GCE's paper has it; the form 1 - p_y that others use is half of
it. The presets train as NLNL's Table 3 does. It has no clean score of its own: samples are ranked
by p_y.
"""

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.mae.card import CARDS
from lnl.methods.parts.recipes import nlnl_table_3
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings


@register(*CARDS)
class MAE(Method):
    """One network, one loss."""

    settings: MethodSettings
    presets = nlnl_table_3({"learning_rate": 0.01, "weight_decay": 1e-4})

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        loss = losses.absolute_error(logits, batch.given_labels).mean()
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"absolute_error": loss}, {"network": shown})
