"""PENCIL (Yi & Wu, CVPR 2019, arXiv 1903.07788).

The label of each sample is a distribution whose numbers are trained by back-propagation, like
weights. After a warm-up, labels that the network keeps contradicting move towards its prediction,
while one term ties them to the given label and another makes predictions decide; in the end the
network is trained on the labels reached.

Source: the paper's equations; the released code for the values of asymmetric noise on CIFAR-10,
CIFAR-100 and Clothing1M, a port for the others. The network of CIFAR-10 is quoted from memory.

The released code passes y^d through softmax once more in the tie to the given label. This weakens
it enough for labels to flip: at α = 0.1 and ten classes, a label whose sample is predicted to be
95 % another class ends at 0.50 on the given one in the paper's form, and at 0.17 in the code's
(``compatibility``). At α = 0.4, or with 100 classes, neither form flips it: expect labels to be
softened there.

A label moves by its learning rate once per visit, however long the run is: at the code's values a
short run ends before labels have moved. The preset ``short`` takes 3000 for λ, and comes to a test
accuracy of 0.96 on the digits with 40 % symmetric noise, where 600 comes to 0.88 and cross entropy
to 0.70 (one seed).

Departs from the code: the learning rate of the final epochs falls from ``final_rate`` (the code
divides integers and gets 0).
"""

from torch import Tensor, nn
from torch.nn import functional as F

from lnl import losses
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext, Shown, Step, StepOutput
from lnl.methods.pencil.card import CARDS
from lnl.methods.pencil.loss import classification, compatibility
from lnl.methods.pencil.settings import PRESETS, PENCILSettings
from lnl.methods.registry import register
from lnl.methods.schedule import OptimiserPlan, StagePlan, Steps, Value, sgd
from lnl.shapes import Recipe


@register(*CARDS)
class PENCIL(Method):
    """One network, and the trained label numbers [N, K]."""

    Settings = PENCILSettings
    settings: PENCILSettings
    presets = PRESETS

    def build(self) -> None:
        self.network = self.new_network()
        given = F.one_hot(self.given_labels, self.spec.num_classes)
        self.label_logits = nn.Parameter(self.settings.start * given.float())

    @classmethod
    def schedule(cls, settings: PENCILSettings, recipe: Recipe) -> list[StagePlan]:
        def network(rate: Value) -> dict[str, OptimiserPlan]:
            return {"network": sgd(settings, "network", learning_rate=rate)}

        constant = network(settings.learning_rate)
        # Momentum or decay would move labels of samples outside the batch.
        labels = OptimiserPlan(("label_logits",), settings.label_rate, momentum=0.0)
        falling = network(Steps(settings.final_rate, (1 / 3, 2 / 3), 0.1))
        return [
            StagePlan("warm-up", settings.warm_up_epochs, constant),
            StagePlan("correction", settings.correction_epochs, {**constant, "labels": labels}),
            StagePlan("final", settings.final_epochs, falling),
        ]

    def training_step(self, step: Step) -> StepOutput:
        batch = step.batch
        logits = self.network(batch.images).logits
        own = self.label_logits[batch.index]
        shown = Shown(logits, batch.given_labels, batch.index, inferred_labels=own.argmax(1))
        return StepOutput(self._losses(step, logits, own), {"network": shown})

    def _losses(self, step: Step, logits: Tensor, own: Tensor) -> dict[str, Tensor]:
        labels, classes, chosen = step.batch.given_labels, self.spec.num_classes, self.settings
        match step.stage.name:
            case "warm-up":
                return {"cross_entropy": losses.cross_entropy(logits, labels).mean()}
            case "correction":
                tie = compatibility(own, labels, chosen.compatibility)
                entropy = losses.conditional_entropy(logits)
                return {
                    "classification": classification(logits, own).mean() / classes,
                    "compatibility": chosen.compatibility_weight * tie.mean(),
                    "entropy": chosen.entropy_weight * entropy.mean() / classes,
                }
            case _:
                return {"classification": classification(logits, own.detach()).mean() / classes}

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        if epoch.stage.name == "warm-up":
            return None
        return CleanScores(self._mass(), self.label_logits.argmax(1) == self.given_labels)

    def _mass(self) -> Tensor:
        """The given label's share of the label distribution, [N]."""
        shares = self.label_logits.detach().softmax(1)
        return shares.gather(1, self.given_labels[:, None])[:, 0]

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {"inferred_label": self.label_logits.argmax(1)}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        changed = self.label_logits.argmax(1) != self.given_labels
        return {
            "labels_changed": changed.float().mean(),
            "labels_softened": 1 - self._mass().mean(),
        }
