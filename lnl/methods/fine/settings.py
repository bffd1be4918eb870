"""What FINE can be told, with the values of the authors' text and of their scripts."""

from typing import Any, Literal

from pydantic import Field

from lnl.methods.registry import all_methods
from lnl.methods.settings import BareSettings, Preset, setting


def _bases(schema: dict[str, Any]) -> None:
    """Every method there is may be a base, wrappers aside; known only when all are loaded."""
    names = [e.name for e in all_methods() if not issubclass(e.cls.Settings, FINESettings)]
    schema |= {"enum": sorted(names), "symbol": "", "unit": "", "advanced": False, "recipe": ""}


class FINESettings(BareSettings):
    """What is added to the base, and which base."""

    base: str = Field(
        "sed", description="The method that FINE is added to", json_schema_extra=_bases
    )
    base_settings: dict[str, Any] = setting(
        {}, "Settings passed to the base method; the others keep their defaults"
    )
    base_preset: str = setting(
        "", "Preset of the base; empty: the base's own for the data set", advanced=True
    )
    beta: float = setting(
        0.002, "Weight of active forgetting (AFMU); 0: off", symbol="β", ge=0, le=100
    )
    gamma: float = setting(
        0.1, "Weight of noise suppression (NSNL); 0: off", symbol="γ", ge=0, le=100
    )
    reading: Literal["released", "as-written"] = setting(
        "released", "The losses of the authors' code, or as their text writes them"
    )
    warm_up_epochs: int = setting(
        0,
        "Epochs of the run, from its start, without FINE; where the base's warm-up is longer, "
        "that one counts",
        symbol="T_w",
        ge=0,
        advanced=True,
    )
    mu_floor: float = setting(
        1e-4,
        "Confidence below which a given label counts as forgotten; 0: it never does",
        ge=0,
        lt=1,
        advanced=True,
    )
    reduce: Literal["subset", "batch"] = setting(
        "subset",
        "Average over the filtered samples of a batch, or over the whole batch",
        advanced=True,
    )


RELEASED = {"reading": "released", "beta": 0.002, "gamma": 0.1}
AS_WRITTEN = {"reading": "as-written", "beta": 0.001, "gamma": 0.1}


def _on_sed(title: str, **base: Any) -> Preset:
    return Preset(title, settings={**RELEASED, "base": "sed", "base_settings": base})


PRESETS = {
    "released": Preset("As the authors' code has it", settings=RELEASED),
    "as-written": Preset("As the authors' text writes it", settings=AS_WRITTEN),
    "released-cifar100n": _on_sed(
        "SED+FINE on CIFAR-100, authors' script",
        warm_up_epochs=200,
        selection_epochs=100,
        learning_rate=0.05,
        warm_up_learning_rate=0.1,
        threshold_momentum=0.999,
        weight_momentum=0.99,
        teacher_momentum=0.95,
    ),
    "released-cifar80n": _on_sed(
        "SED+FINE on CIFAR-80N, authors' script",
        warm_up_epochs=50,
        selection_epochs=100,
        learning_rate=0.05,
        threshold_momentum=0.999,
        weight_momentum=0.95,
        teacher_momentum=0.99,
    ),
}
