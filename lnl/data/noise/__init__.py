"""Noise models, by name. A new file is imported here, which registers its models."""

from lnl.data.noise import (  # noqa: F401
    class_conditional,
    instance,
    label_file,
    open_set,
    prescribed,
)
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
