"""What a method is, and what the trainer hands to it.

A method is an ``nn.Module``: networks are sub-modules, state is buffers and parameters, so that
``state_dict()`` is the whole truth and a resume is exact. ``build`` and ``training_step`` must be
written, everything else has a default.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar, cast

import torch
from torch import Tensor, nn

from lnl.errors import BadInput, unknown
from lnl.methods.settings import MethodSettings, Preset
from lnl.networks import Network, make_network
from lnl.shapes import Batch, DataSpec, Oracle, View

Value = float | Callable[[float], float]
"""A number, or a function of the stage's progress in [0, 1) that gives the ABSOLUTE value."""

OptimiserKind = Literal["sgd", "adam", "adamw"]


@dataclass(frozen=True)
class Optimiser:
    """What one optimiser trains and how; goes on into the next stage if name, kind, parts agree."""

    parts: tuple[nn.Module | nn.Parameter, ...]
    learning_rate: Value
    kind: OptimiserKind = "sgd"
    momentum: Value = 0.9  # of SGD
    weight_decay: Value = 0.0
    beta_1: Value = 0.9  # of Adam
    beta_2: Value = 0.999
    nesterov: bool = False

    @property
    def parameters(self) -> list[nn.Parameter]:
        """All parameters of the parts, each once, in order."""
        found: dict[int, nn.Parameter] = {}
        for part in self.parts:
            for parameter in [part] if isinstance(part, nn.Parameter) else part.parameters():
                found.setdefault(id(parameter), parameter)
        return list(found.values())


@dataclass(frozen=True)
class Stage:
    """A part of a method's schedule with its own optimisers; ``epochs`` is scaled by ``--epochs``."""

    name: str
    epochs: int
    optimisers: Mapping[str, Optimiser]
    restart: tuple[nn.Module, ...] = ()  # new weights, in place, when the stage is entered


@dataclass(frozen=True)
class Stream:
    """Which samples a pass shows, how, and how many at a time."""

    views: tuple[View, ...] = ("weak",)
    index: Tensor | None = None  # places in the training set; None: all
    batch_size: int | None = None  # None: the run's
    drop_last: bool = False


Pass = tuple[Stream, ...]
"""One sweep: the first stream sets its length, others cycle; no rows: no steps, or empty batches."""


@dataclass(frozen=True)
class Predictions:
    """A network's view of all N training samples: eval mode, no gradient."""

    probabilities: Tensor  # [N, K] float32
    logits: Tensor  # [N, K] float32
    given_labels: Tensor  # [N]
    features_of: Callable[[], Tensor] = field(repr=False)

    @property
    def confidence(self) -> Tensor:
        """Probability of the given label, [N]."""
        return self.probabilities.gather(1, self.given_labels[:, None])[:, 0]

    @property
    def losses(self) -> Tensor:
        """Cross entropy with the given label, [N]."""
        return nn.functional.cross_entropy(self.logits, self.given_labels, reduction="none")

    @property
    def features(self) -> Tensor:
        """What the head sees, [N, D]; the first use costs a forward of everything."""
        return self.features_of()


@dataclass(frozen=True)
class Step:
    """One optimiser step."""

    batches: tuple[Batch, ...]  # one a stream
    stage: Stage  # with the scaled number of epochs
    epoch: int  # of the run, from 0
    stage_epoch: int  # of the stage, from 0
    pass_index: int
    progress: float  # share of the stage that is done, exact within the epoch
    random_of: Callable[[str], torch.Generator] = field(repr=False)
    show_filtered: bool = False  # a wrapper also wants the rows not trained on, or mixed

    @property
    def batch(self) -> Batch:
        """The first stream's rows."""
        return self.batches[0]

    def random(self, name: str) -> torch.Generator:
        """A generator of its own for each (seed, epoch, pass, step, name), on the run's device."""
        return self.random_of(name)


@dataclass(frozen=True)
class EpochContext:
    """For what happens before, between and after the passes of an epoch."""

    stage: Stage  # with the scaled number of epochs
    epoch: int  # of the run, from 0
    stage_epoch: int  # of the stage, from 0
    predict: Callable[[nn.Module, View, int], Predictions] = field(repr=False)
    random_of: Callable[[str], torch.Generator] = field(repr=False)

    @property
    def is_last(self) -> bool:
        """Whether this is the stage's last epoch."""
        return self.stage_epoch == self.stage.epochs - 1

    def random(self, name: str) -> torch.Generator:
        """A generator of its own for each (seed, epoch, name), on the run's device."""
        return self.random_of(name)

    def predictions(self, network: nn.Module, view: View = "plain", draws: int = 1) -> Predictions:
        """All N samples through the network, cached until its weights change.

        With several ``draws`` of a random view the probabilities are averaged.
        """
        return self.predict(network, view, draws)


@dataclass(frozen=True)
class Shown:
    """What a network was shown in a step and how it was treated; read by wrappers such as FINE."""

    logits: Tensor  # [B, K] with gradient
    given_labels: Tensor  # [B]
    index: Tensor  # [B]
    selected: Tensor | None = None  # [B] bool: treated as clean (warm-up: all); None: never selects
    inferred_labels: Tensor | None = None  # [B] the method's own belief, where it has one


@dataclass(frozen=True)
class StepOutput:
    """Named scalar losses, summed by the engine for one backward; ``{}`` is no update."""

    losses: dict[str, Tensor]
    shown: dict[str, Shown] = field(default_factory=dict)  # by network attribute


@dataclass(frozen=True)
class CleanScores:
    """A method's belief, per sample, that the given label is right."""

    scores: Tensor  # [N] in [0, 1]
    selection: Tensor  # [N] bool: what the method now treats as clean
    threshold: float | None = None  # where the selection is one cut of the scores


class Method(nn.Module, ABC):
    """Base of all methods. Use ``make_method`` to make one."""

    Settings: ClassVar[type[MethodSettings]] = MethodSettings
    needs: ClassVar[frozenset[str]] = frozenset()  # "noise_rate", "noise_kind", "transition_matrix"
    presets: ClassVar[Mapping[str, Preset]] = {}

    settings: Any
    given_labels: Tensor  # [N]

    def __init__(
        self,
        spec: DataSpec,
        settings: MethodSettings,
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

    def previews(self, images: Tensor) -> dict[str, Tensor]:
        """Restorations of normalised images [M, C, H, W], by name; {} where there are none."""
        return {}

    # --- what a method may use --------------------------------------------------------------------

    def new_network(self) -> Network:
        """A network of the run's kind for this data, freshly initialised."""
        return make_network(self.network_name, self.spec.image_shape, self.spec.num_classes)

    def new_method(self, name: str, settings: Mapping[str, Any]) -> Method:
        """The base of a wrapper, validated by its own ``Settings``."""
        entry = registered(name)
        return entry.make(
            self.spec, settings, self.given_labels, self.network_name, self._oracle, preset=None
        )

    def per_sample(
        self, *shape: int, fill: float = 0, dtype: torch.dtype = torch.float32
    ) -> nn.Buffer:
        """A buffer [N, *shape], saved with the method."""
        return nn.Buffer(torch.full((self.spec.num_train, *shape), fill, dtype=dtype))

    def sgd(self, *parts: nn.Module | nn.Parameter, learning_rate: Value | None = None) -> Optimiser:
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


def stepped(rate: float, milestones: Sequence[float], decay: float) -> Value:
    """``rate``, multiplied by ``decay`` at each milestone (shares of the stage)."""
    if not milestones:
        return rate
    return lambda progress: rate * decay ** sum(progress >= m for m in milestones)


# --- registration -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Registered:
    """A method under one name, with that name's defaults."""

    name: str
    title: str
    source: str
    summary: str
    parts: tuple[str, ...]
    networks: int
    cls: type[Method]
    defaults: Mapping[str, Any]

    def preset(self, dataset: str, name: str | None) -> Preset | None:
        """The preset of that name, else the one that lists the data set, else None."""
        presets = self.cls.presets
        if name is not None:
            if name not in presets:
                known = ", ".join(presets) or "none"
                raise BadInput(f"{self.name} has no preset {name!r}. It has: {known}")
            return presets[name]
        return next((p for p in presets.values() if dataset in p.datasets), None)

    def make(
        self,
        spec: DataSpec,
        settings: Mapping[str, Any],
        given_labels: Tensor,
        network: str,
        oracle: Oracle,
        preset: str | None,
    ) -> Method:
        """A new method; ``settings`` are what the user says."""
        found = self.preset(spec.name, preset)
        resolved = self.cls.Settings.resolve(spec.recipe, {**(found.settings if found else {}), **self.defaults}, settings)
        return self.cls(spec, resolved, given_labels, network, oracle)


_REGISTRY: dict[str, Registered] = {}
M = TypeVar("M", bound=Method)


def register(
    name: str,
    *,
    title: str,
    source: str,
    summary: str = "",
    parts: Sequence[str] = (),
    networks: int = 1,
    **defaults: Any,
) -> Callable[[type[M]], type[M]]:
    """Register a method under ``name``; a part of a paper is the same class with other defaults.

    Raises BadInput if two different classes take one name; the same class again replaces itself.
    """

    def add(cls: type[M]) -> type[M]:
        old = _REGISTRY.get(name)
        if old and (old.cls.__module__, old.cls.__qualname__) != (cls.__module__, cls.__qualname__):
            raise BadInput(f"two methods are called {name!r}: {old.cls.__module__} and {cls.__module__}")
        text = summary or (cls.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        _REGISTRY[name] = Registered(
            name, title, source, " ".join(text.split()), tuple(parts), networks, cls, defaults
        )
        return cls

    return add


def registered(name: str) -> Registered:
    """The method of that name. Raises BadInput that lists the known ones."""
    if name not in _REGISTRY:
        raise unknown("method", name, _REGISTRY)
    return _REGISTRY[name]


def all_methods() -> list[Registered]:
    """Every registered method, in order of registration."""
    return list(_REGISTRY.values())
