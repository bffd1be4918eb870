"""What a method is.

A method is an ``nn.Module``: networks are sub-modules, state is buffers and parameters, so that
``state_dict()`` is the whole truth and a resume is exact. ``build`` and ``training_step`` must be
written, everything else has a default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn

from lnl.errors import BadInput
from lnl.methods.interface import (
    CleanScores,
    EpochContext,
    Pass,
    Step,
    StepOutput,
    Stream,
)
from lnl.methods.registry import registered
from lnl.methods.schedule import StagePlan, sgd, stepped
from lnl.methods.settings import BareSettings, MethodSettings, Preset
from lnl.networks import Network, make_network
from lnl.shapes import DataSpec, Oracle, Recipe


class Method(nn.Module, ABC):
    """Base of all methods. Use ``make_method`` to make one."""

    Settings: ClassVar[type[BareSettings]] = MethodSettings
    needs: ClassVar[frozenset[str]] = frozenset()  # "noise_rate", "noise_kind", "transition_matrix"
    presets: ClassVar[Mapping[str, Preset]] = {}

    settings: Any
    plan: tuple[StagePlan, ...]  # the schedule of this run, at its number of epochs
    given_labels: Tensor  # [N]

    def __init__(
        self,
        spec: DataSpec,
        settings: BareSettings,
        given_labels: Tensor,
        oracle: Oracle,
        plan: Sequence[StagePlan],
    ) -> None:
        super().__init__()
        self.spec = spec
        self.settings = settings
        self.plan = tuple(plan)
        self._oracle = oracle
        self.register_buffer("given_labels", given_labels.long(), persistent=False)
        self.build()
        self._built = True

    def __setattr__(self, name: str, value: Any) -> None:
        # A resume restores state_dict() and nothing else.
        if getattr(self, "_built", False):
            known = name in self._buffers or name in self._parameters or name in self._modules
            if not known and name != "training":
                raise AttributeError(
                    f"{type(self).__name__}.{name} was set after build(): a resume would lose it. "
                    "Make it in build(), as a buffer, a parameter or a module."
                )
        elif isinstance(value, Tensor) and not isinstance(value, nn.Parameter | nn.Buffer):
            raise AttributeError(
                f"{type(self).__name__}.{name} is a bare tensor: a resume would lose it. "
                "Use self.per_sample(...), nn.Buffer(...) or nn.Parameter(...)."
            )
        super().__setattr__(name, value)

    # --- what a method says -----------------------------------------------------------------------

    @abstractmethod
    def build(self) -> None:
        """Make networks and state; called once: ``spec``, ``settings`` and ``plan`` are there."""

    @abstractmethod
    def training_step(self, step: Step) -> StepOutput:
        """Forward one step's batches and return the losses."""

    @classmethod
    def schedule(cls, settings: Any, recipe: Recipe) -> Sequence[StagePlan]:
        """The stages; by default one after the data set's recipe. ``plan`` is these, scaled."""
        rate = stepped(settings.learning_rate, recipe)
        return [
            StagePlan("train", recipe.epochs, {"network": sgd(settings, "", learning_rate=rate)})
        ]

    def passes(self, epoch: EpochContext) -> Iterator[Pass]:
        """The epoch, as a generator of passes."""
        yield (Stream(),)

    def after_step(self, step: Step) -> None:
        """Called after the optimisers: EMA copies, buffers used in the step's graph."""

    def predictors(self) -> Sequence[nn.Module]:
        """The networks whose mean probabilities are the method's prediction."""
        return (cast(nn.Module, self.network),)

    def clean_scores(self, epoch: EpochContext) -> CleanScores | None:
        """None: the engine reads the predictors' confidence, and the record says so."""
        return None

    def sample_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        """More values of each sample [N] for the screen: weight, cluster, inferred label."""
        return {}

    def epoch_values(self, epoch: EpochContext) -> dict[str, Tensor]:
        """More numbers of the epoch (scalars) for the screen."""
        return {}

    def transition_estimate(self, epoch: EpochContext) -> Tensor | None:
        """Its estimate of the transition matrix [K, K], row = true class; None: it makes none."""
        return None

    def previews(self, augmented: Tensor) -> Tensor | None:
        """Restorations of normalised, augmented images [M, C, H, W]; None where there are none."""
        return None

    @classmethod
    def base_of(cls, settings: Any) -> tuple[str, Mapping[str, Any], str | None] | None:
        """A wrapper's base: name, what the user sets there, preset. None: not a wrapper."""
        return None

    @classmethod
    def asks(cls, settings: Any) -> frozenset[str]:
        """What of ``needs`` is read with these settings: all, unless one of them replaces it."""
        return cls.needs

    def twin(self) -> Method:
        """The same method with other weights (the caller seeds the generator) and fresh state."""
        return type(self)(
            self.spec, self.settings, self.given_labels.cpu(), self._oracle, self.plan
        )

    # --- what a method may use --------------------------------------------------------------------

    def new_network(self) -> Network:
        """A network of the run's kind for this data, freshly initialised."""
        spec = self.spec
        return make_network(spec.recipe.network, spec.image_shape, spec.num_classes)

    def new_method(
        self, name: str, settings: Mapping[str, Any], preset: str | None = None
    ) -> Method:
        """The base of a wrapper, validated by its own ``Settings``."""
        epochs = sum(stage.epochs for stage in self.plan)
        entry = registered(name)
        return entry.make(self.spec, settings, self.given_labels, self._oracle, preset, epochs)

    def per_sample(
        self, *shape: int, fill: float = 0, dtype: torch.dtype = torch.float32
    ) -> nn.Buffer:
        """A buffer [N, *shape], saved with the method."""
        return nn.Buffer(torch.full((self.spec.num_train, *shape), fill, dtype=dtype))

    @property
    def oracle(self) -> Oracle:
        """Knowledge that no method has of a user's own data; raises if not in ``needs``."""
        return _GuardedOracle(self._oracle, type(self).needs, type(self).__name__)


class _GuardedOracle(Oracle):
    def __init__(self, oracle: Oracle, needs: frozenset[str], method: str) -> None:
        for name, value in (("_oracle", oracle), ("_needs", needs), ("_method", method)):
            object.__setattr__(self, name, value)

    def __getattribute__(self, name: str) -> Any:
        read = object.__getattribute__
        if name.startswith("_"):
            return read(self, name)
        if name not in read(self, "_needs"):
            raise AttributeError(f"{read(self, '_method')} reads {name!r} but does not declare it")
        value = getattr(read(self, "_oracle"), name)
        if value is None:
            raise BadInput(f"{read(self, '_method')} needs the {name}, which is unknown here")
        return value
