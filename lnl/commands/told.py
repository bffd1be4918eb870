"""What the words of ``train`` come to, told by ``train --help``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import fill

from lnl.findings.wording import duration
from lnl.records import RunSpec


def tell(spec: RunSpec) -> int:
    """Print the run as it would be trained. Raises BadInput where it could not be."""
    from lnl import catalogue
    from lnl.measuring.expected import expecting

    resolved = catalogue.resolve(spec)
    seconds = expecting(resolved.spec).result()
    stages = ", ".join(f"{stage.name} {stage.first} to {stage.last}" for stage in resolved.stages)
    print("these words come to:")
    told = {
        "method": resolved.method_title,
        "preset": resolved.spec.preset or "none",
        "epochs": f"{resolved.stages[-1].last} ({stages})",
        "network": f"{resolved.spec.network}, batches of {resolved.spec.batch_size}",
        "device": resolved.placement.title,
        "noise": " ".join([spec.noise, *_pairs(resolved.spec.noise_options)]),
        "settings": " ".join(_pairs(resolved.spec.settings)),
        "time": f"about {duration(seconds)}" if seconds else "not known",
    }
    for name, value in told.items():
        head = f"  {name:<10}"
        print(fill(value, 100, initial_indent=head, subsequent_indent=" " * len(head)))
    return 0


def _pairs(values: dict[str, object]) -> Iterator[str]:
    """As ``--set`` takes them."""
    for name, value in values.items():
        if isinstance(value, dict):
            parent = name.removesuffix("_settings")
            yield from (f"{parent}.{pair}" for pair in _pairs(value))
        else:
            yield f"{name}={value if isinstance(value, str) else json.dumps(value)}"
