"""Noise models, by name. A new file is imported here, which registers its models."""

from lnl.data.noise import class_conditional, instance, open_set, prescribed  # noqa: F401
from lnl.data.noise.model import (
    NoiseOption,
    all_noise_models,
    checked_rate,
    registered,
    resolve_options,
)

__all__ = [
    "NoiseOption",
    "all_noise_models",
    "checked_rate",
    "registered",
    "resolve_options",
]
