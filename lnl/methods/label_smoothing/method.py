"""Label smoothing (Szegedy et al., CVPR 2016), with negative rates (Wei et al., ICML 2022).

The one-hot label is mixed with a positive or a negative amount of the uniform distribution.
Smoothed targets help at low noise; at high noise negative ones do, after a warm-up with cross
entropy. With r = -e / (1 - e) it is backward correction for symmetric noise of rate e (wrong labels
drawn from all classes): one number in place of a matrix.

Source: GLS and its released code. A negative rate has no lower bound: the value of its loss says
nothing, and it needs the warm-up and a low learning rate. It has no clean score of its own: samples
are ranked by p_y.

Departs from the released code: after the warm-up the last network goes on, not the one of best test
accuracy.

On the digits with 40 % symmetric noise r = 0.1 memorises as CE does (last accuracy 0.68, two seeds,
40 epochs): its target still names the wrong label. ``negative-short`` ends at 0.81 (one seed).
"""

from lnl.methods.base import Method
from lnl.methods.interface import Shown, Step, StepOutput
from lnl.methods.label_smoothing.card import CARDS
from lnl.methods.label_smoothing.loss import smoothed_cross_entropy
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, Value, sgd, stepped
from lnl.methods.settings import MethodSettings, Preset, setting
from lnl.shapes import Recipe


class SmoothingSettings(MethodSettings):
    """Plain label smoothing from the start."""

    rate: float = setting(
        0.1,
        "Share of the uniform distribution in the label; may be negative",
        symbol="r",
        ge=-10,
        le=1,
    )
    warm_up: float = setting(
        0.0, "Share of the run with cross entropy before the smoothing", ge=0, lt=1
    )
    late_rate: float = setting(
        1e-3, "Learning rate after a warm-up, as a share of the first", gt=0, le=1, advanced=True
    )


CIFAR = ("cifar10", "cifar100")
PAPER = {"learning_rate": 0.1, "weight_decay": 1e-4}
PRESETS = {
    "cifar": Preset(
        "CIFAR, paper, direct training",
        CIFAR,
        PAPER,
        {"network": "resnet34", "epochs": 200, "batch_size": 128, "milestones": (0.5, 0.75)},
    ),
    "negative": Preset(
        "CIFAR, paper, negative after a warm-up",
        settings={**PAPER, "rate": -0.6, "warm_up": 120 / 220, "late_rate": 1e-5},
        recipe={
            "network": "resnet34",
            "epochs": 220,
            "batch_size": 128,
            "milestones": (1 / 3, 2 / 3),
        },
    ),
    "negative-short": Preset(
        "Negative after a warm-up, for short runs",
        settings={"rate": -0.6, "warm_up": 0.6},
        recipe={"milestones": (1 / 3, 2 / 3)},
    ),
}


@register(*CARDS)
class LabelSmoothing(Method):
    """One network, one loss."""

    Settings = SmoothingSettings
    settings: SmoothingSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()

    @classmethod
    def schedule(cls, settings: SmoothingSettings, recipe: Recipe) -> list[StagePlan]:
        def optimiser(rate: Value) -> dict[str, OptimiserPlan]:
            return {"network": sgd(settings, "", learning_rate=rate, nesterov=True)}

        first = stepped(settings.learning_rate, recipe)
        late = settings.late_rate * settings.learning_rate
        warm_up = round(settings.warm_up * recipe.epochs)
        return [
            StagePlan("warm-up", warm_up, optimiser(first)),
            StagePlan("smoothing", recipe.epochs - warm_up, optimiser(late if warm_up else first)),
        ]

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        rate = 0.0 if step.stage.name == "warm-up" else self.settings.rate
        each = smoothed_cross_entropy(logits, batch.given_labels, rate)
        shown = Shown(logits, batch.given_labels, batch.index)
        return StepOutput({"smoothed_cross_entropy": each.mean()}, {"network": shown})
