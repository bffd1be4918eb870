"""FINE: active forgetting (AFMU) and noise suppression (NSNL) on top of any method (CVPR 2026).

A method that selects leaves out the samples it distrusts, but what the network has already
memorised of their wrong labels stays. FINE makes the network forget these labels (it climbs the
cross entropy there) and pushes down their probability (negative learning); all else is the base's.

Source: the authors' note, and their code (preset ``released``, the default), which differs:

=====================  =================================  ======================================
                       as-written                         released
=====================  =================================  ======================================
scale                  1/K                                1
complementary label    random, other than the given one   the given label itself
where                  all samples that are filtered out  those whose inferred label differs, too
β, γ                   0.001, 0.1                         0.002 (web 0.001), 0.1
=====================  =================================  ======================================

Departs from both: the forgetting stops where p_y < 1e-4, since its loss has no lower bound; where
nothing is filtered out the terms are 0, not NaN. The warm-up is the base's. A base that never
selects is split once an epoch by its losses (see ``parts/mixture.py``), from the second epoch on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from lnl import losses
from lnl.errors import BadInput
from lnl.methods.base import Method
from lnl.methods.fine.card import CARDS
from lnl.methods.fine.settings import PRESETS, FINESettings
from lnl.methods.interface import CleanScores, EpochContext, Pass, Shown, Step, StepOutput
from lnl.methods.parts.mixture import small_loss
from lnl.methods.registry import register, registered
from lnl.methods.schedule import StagePlan, inside
from lnl.shapes import Recipe


@register(*CARDS)
class FINE(Method):
    """A wrapper; it knows of its base what every method says."""

    Settings = FINESettings
    settings: FINESettings
    presets = PRESETS

    def build(self) -> None:
        chosen = self.settings
        preset = chosen.base_preset or None
        self.base = self.new_method(chosen.base, chosen.base_settings, preset)
        self.split = self.per_sample(fill=True, dtype=torch.bool)
        self.never_selects = nn.Buffer(torch.tensor(False))
        self.forgotten = self.per_sample(dtype=torch.bool)  # F, at the last visit
        self.confidence = nn.Buffer(torch.zeros((), dtype=torch.float64))  # Σ p_y over F
        self.visits = nn.Buffer(torch.zeros((), dtype=torch.float64))  # size of F

    @classmethod
    def base_of(cls, settings: FINESettings) -> tuple[str, Mapping[str, Any], str | None]:
        return settings.base, settings.base_settings, settings.base_preset or None

    # --- the base's own ---------------------------------------------------------------------------

    @classmethod
    def schedule(cls, settings: FINESettings, recipe: Recipe) -> list[StagePlan]:
        base = registered(settings.base).cls
        own = base.Settings(**settings.base_settings)
        return inside("base", base.schedule(own, recipe))

    def after_step(self, step: Step) -> None:
        self.base.after_step(step)

    def predictors(self) -> Sequence[nn.Module]:
        return self.base.predictors()

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        return self.base.clean_scores(epoch)

    def previews(self, augmented: Tensor) -> Tensor | None:
        return self.base.previews(augmented)

    # --- and what is added ------------------------------------------------------------------------

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        for tally in (self.forgotten, self.confidence, self.visits):
            tally.zero_()
        if bool(self.never_selects):
            each = [epoch.predictions(network).losses for network in self.predictors()]
            self.split.copy_(small_loss(torch.stack(each).mean(0)) > 0.5)
        yield from self.base.passes(epoch)

    def training_step(self, step: Step) -> StepOutput:
        output = self.base.training_step(replace(step, show_filtered=True))
        if not output.shown and step.epoch == 0:
            raise BadInput(
                f"FINE needs a base that shows what it trains on; {self.settings.base!r} shows "
                "nothing. Choose another base, or let its training_step return Shown"
            )
        if any(shown.selected is None for shown in output.shown.values()):
            self.never_selects.fill_(True)
        terms = dict(output.losses)
        if step.epoch >= self.settings.warm_up_epochs:
            for name, shown in output.shown.items():
                prefix = "" if name == "network" else f"{name}."
                added = self._added(shown, step, name)
                terms |= {prefix + term: loss for term, loss in added.items()}
        return StepOutput(terms, output.shown)

    def _added(self, shown: Shown, step: Step, name: str) -> dict[str, Tensor]:
        chosen, logits, labels = self.settings, shown.logits, shown.given_labels
        filtered = self._filtered(shown)
        self._note(shown, filtered)
        complementary, scale = labels[:, None], 1.0
        if chosen.reading == "as-written":
            classes, generator = logits.shape[1], step.random(f"fine.{name}")
            complementary = losses.complementary_labels(labels, classes, 1, generator)
            scale = 1 / classes
        terms = {}
        if chosen.beta:
            each = losses.forget(logits, labels, chosen.mu_floor)
            terms["forget"] = chosen.beta * scale * self._mean(each, filtered)
        if chosen.gamma:
            each = losses.negative_learning(logits, complementary)
            terms["suppress"] = chosen.gamma * scale * self._mean(each, filtered)
        return terms

    def _filtered(self, shown: Shown) -> Tensor:
        """F, [B] bool: what the base does not take for clean."""
        filtered = ~(self.split[shown.index] if shown.selected is None else shown.selected)
        if self.settings.reading == "released" and shown.inferred_labels is not None:
            filtered = filtered & (shown.inferred_labels != shown.given_labels)
        return filtered

    def _mean(self, each: Tensor, filtered: Tensor) -> Tensor:
        if self.settings.reduce == "batch":
            return torch.where(filtered, each, torch.zeros_like(each)).mean()
        return losses.masked_mean(each, filtered)

    @torch.no_grad()
    def _note(self, shown: Shown, filtered: Tensor) -> None:
        p_y = losses.log_confidence(shown.logits, shown.given_labels).exp()
        self.forgotten[shown.index] = filtered
        self.confidence.add_((p_y * filtered).sum())
        self.visits.add_(filtered.sum())

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {**self.base.sample_values(epoch), "forgotten": self.forgotten.float()}

    def transition_estimate(self, epoch: EpochContext) -> Tensor | None:
        return self.base.transition_estimate(epoch)

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        return {
            **self.base.epoch_values(epoch),
            "n_forget": self.visits,
            "forgotten_confidence": self.confidence / self.visits.clamp_min(1),
        }
