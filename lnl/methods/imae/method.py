"""IMAE: improved mean absolute error (Wang et al., arXiv 1903.12141).

MAE weights uncertain samples most, but the ratio between its weights is too small to fit the
training data. IMAE keeps the order and exponentiates the ratio. It is defined by its gradient
alone, so that the value of the loss says little.

Source: the gradient of the paper's Table 2; its released code is Caffe. The preset ``rfl`` trains
as RFL's tables do. It has no clean score of its own: samples are ranked by p_y.

Departs from the paper: where p_y > 0.999 the gradient falls to 0, as cross entropy's does; the
paper's stays at 1, and a sample that is fitted would move on and on.

On the digits with 40 % symmetric noise it comes to a test accuracy of 0.98, cross entropy to 0.90,
and then memorises as that does: both end at 0.70 (means of three seeds, 60 epochs). A label that
the network disbelieves still has a seventh of the greatest weight, which is enough for so few
images.
"""

from lnl.methods.base import Method
from lnl.methods.imae.card import CARDS
from lnl.methods.imae.loss import improved_absolute_error
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.parts.recipes import rfl_tables
from lnl.methods.registry import register
from lnl.methods.settings import MethodSettings, setting


class IMAESettings(MethodSettings):
    """The value of the paper."""

    temperature: float = setting(
        8.0, "Contrast of the weights; 0: all are equal", symbol="T", ge=0, le=100
    )


PRESETS = {"rfl": rfl_tables()}


@register(*CARDS)
class IMAE(Method):
    """One network, one loss."""

    Settings = IMAESettings
    settings: IMAESettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        each = improved_absolute_error(logits, batch.given_labels, self.settings.temperature)
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"improved_absolute_error": each.mean()}, {"network": shown})
