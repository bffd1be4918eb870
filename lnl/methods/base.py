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
    Optimiser,
    Pass,
    Stage,
    Step,
    StepOutput,
    Stream,
    Value,
    stepped,
)
from lnl.methods.registry import registered
from lnl.methods.settings import BareSettings, MethodSettings, Preset
from lnl.networks import Network, make_network
from lnl.shapes import DataSpec, Oracle


class Method(nn.Module, ABC):
    """Base of all methods. Use ``make_method`` to make one."""

    Settings: ClassVar[type[BareSettings]] = MethodSettings
    needs: ClassVar[frozenset[str]] = frozenset()  # "noise_rate", "noise_kind", "transition_matrix"
    presets: ClassVar[Mapping[str, Preset]] = {}

    settings: Any
    given_labels: Tensor  # [N]

    def __init__(
        self,
        spec: DataSpec,
        settings: BareSettings,
        given_labels: Tensor,
        network: str,
        oracle: Oracle,
    ) -> None:
        super().__init__()
        self.spec = spec
        self.settings = settings
        self.network_name = network
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
        """Make networks and state; called once, with ``spec`` and ``settings`` in place."""

    @abstractmethod
    def training_step(self, step: Step) -> StepOutput:
        """Forward one step's batches and return the losses."""

    def stages(self) -> list[Stage]:
        """The schedule, from settings only; by default one stage after the data set's recipe."""
        optimisers = {"network": self.sgd(self)}
        return [Stage("train", self.spec.recipe.epochs, optimisers)]

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

    def previews(self, augmented: Tensor) -> Tensor | None:
        """Restorations of normalised, augmented images [M, C, H, W]; None where there are none."""
        return None

    @classmethod
    def base_of(cls, settings: Any) -> tuple[str, Mapping[str, Any], str | None] | None:
        """A wrapper's base: name, what the user sets there, preset. None: not a wrapper."""
        return None

    def twin(self) -> Method:
        """The same method with other weights (the caller seeds the generator) and fresh state."""
        return type(self)(
            self.spec, self.settings, self.given_labels.cpu(), self.network_name, self._oracle
        )

    # --- what a method may use --------------------------------------------------------------------

    def new_network(self) -> Network:
        """A network of the run's kind for this data, freshly initialised."""
        return make_network(self.network_name, self.spec.image_shape, self.spec.num_classes)

    def new_method(
        self, name: str, settings: Mapping[str, Any], preset: str | None = None
    ) -> Method:
        """The base of a wrapper, validated by its own ``Settings``."""
        entry = registered(name)
        return entry.make(
            self.spec, settings, self.given_labels, self.network_name, self._oracle, preset
        )

    def per_sample(
        self, *shape: int, fill: float = 0, dtype: torch.dtype = torch.float32
    ) -> nn.Buffer:
        """A buffer [N, *shape], saved with the method."""
        return nn.Buffer(torch.full((self.spec.num_train, *shape), fill, dtype=dtype))

    def sgd(
        self, *parts: nn.Module | nn.Parameter, learning_rate: Value | None = None
    ) -> Optimiser:
        """SGD as the settings say, with the recipe's milestones unless a rate is given."""
        if learning_rate is None:
            learning_rate = stepped(
                self.settings.learning_rate, self.spec.recipe.milestones, self.spec.recipe.decay
            )
        return Optimiser(
            parts,
            learning_rate,
            momentum=self.settings.momentum,
            weight_decay=self.settings.weight_decay,
        )

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
