"""Typed settings: one declaration gives validation, the app's form and the command's options."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lnl.errors import BadInput
from lnl.paths import is_own
from lnl.shapes import Recipe


def setting(
    default: Any,
    help: str,
    *,
    symbol: str = "",
    unit: str = "",
    advanced: bool = False,
    recipe: str = "",
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
) -> Any:
    """Declare a field of a method's ``Settings``.

    ``recipe`` names the field of the data set's ``Recipe`` that overrides ``default``;
    ``advanced`` folds the field away in the app.
    """
    extra: dict[str, Any] = {"symbol": symbol, "unit": unit, "advanced": advanced, "recipe": recipe}
    return Field(default, description=help, ge=ge, gt=gt, le=le, lt=lt, json_schema_extra=extra)


def taken_on(dataset: str, datasets: Collection[str], own: bool) -> bool:
    """Whether a preset that lists these data sets, or a user's ``own``, is taken by itself."""
    return dataset in datasets or (own and is_own(dataset))


@dataclass(frozen=True)
class Preset:
    """Named values, from the paper or for a data set.

    Taken when asked for by name, or by itself on the data sets it lists.
    """

    title: str
    datasets: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)  # fields of Recipe
    own: bool = False  # taken by itself on a user's own data

    def taken_on(self, dataset: str) -> bool:
        """Whether it is taken by itself there."""
        return taken_on(dataset, self.datasets, self.own)

    def __post_init__(self) -> None:
        known = {each.name for each in fields(Recipe)}
        for name in self.recipe.keys() - known:
            raise BadInput(
                f"preset {self.title!r} changes {name!r}, which no recipe has. Known: "
                f"{', '.join(sorted(known))}"
            )


class BareSettings(BaseModel):
    """Settings without a field: for a wrapper, whose optimisers are its base's."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @classmethod
    def resolve(cls, recipe: Recipe, preset: Mapping[str, Any], chosen: Mapping[str, Any]) -> Self:
        """The settings by rank: class default, recipe, preset, what the user says.

        Raises BadInput that names each bad field, its range and what it got.
        """
        values: dict[str, Any] = {}
        for name, info in cls.model_fields.items():
            extra = info.json_schema_extra
            link = extra.get("recipe") if isinstance(extra, dict) else None
            if isinstance(link, str) and link:
                values[name] = getattr(recipe, link)
        try:
            return cls(**{**values, **preset, **chosen})
        except ValidationError as error:
            raise BadInput(_explain(cls, error)) from None


class MethodSettings(BareSettings):
    """What a method that trains networks can be told; methods add their own fields."""

    learning_rate: float = setting(
        0.1, "Learning rate of SGD", symbol="η", gt=0, le=10, advanced=True, recipe="learning_rate"
    )
    momentum: float = setting(0.9, "Momentum of SGD", ge=0, lt=1, advanced=True, recipe="momentum")
    weight_decay: float = setting(
        1e-4, "Weight decay (L2)", ge=0, le=1, advanced=True, recipe="weight_decay"
    )


def _explain(cls: type[BareSettings], error: ValidationError) -> str:
    lines = []
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"]) or "settings"
        if item["type"] == "extra_forbidden":
            near = get_close_matches(name, cls.model_fields, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            known = ", ".join(sorted(cls.model_fields))
            lines.append(f"unknown setting {name!r}.{hint} Known: {known}")
        else:
            message = item["msg"].removeprefix("Value error, ")
            message = message[0].lower() + message[1:]
            lines.append(f"setting {name!r}: {message}, got {item['input']!r}")
    return "; ".join(lines)
