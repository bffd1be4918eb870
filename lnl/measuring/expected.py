"""How long a run will take that nothing like it has been trained before on this machine.

A few steps of CE tell the pace of its network; what the method costs beside CE was measured once.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

from lnl.errors import LnlError
from lnl.evidence import measured_costs
from lnl.records import RunSpec

log = logging.getLogger(__name__)
_one_by_one = ThreadPoolExecutor(1, "expected")


def expecting(spec: RunSpec) -> Future[float | None]:
    """``seconds_of`` in a thread, once for each spec; None also where it cannot be measured."""
    return _expecting(spec.to_json())


@lru_cache(maxsize=256)
def _expecting(spec: str) -> Future[float | None]:
    return _one_by_one.submit(_guarded, RunSpec.from_json(spec))


def _guarded(spec: RunSpec) -> float | None:
    try:
        return seconds_of(spec)
    except LnlError:
        return None  # the form says it
    except Exception:
        log.exception("the pace of %s", spec)
        return None


def seconds_of(spec: RunSpec) -> float | None:
    """From Start to the end; None for a method whose cost was not measured. Blocks for seconds.

    Raises BadInput for what cannot be trained.
    """
    from lnl.data.sources import source_of  # all of these load torch
    from lnl.training.frozen import left_to_compute
    from lnl.training.pace import pace_of
    from lnl.training.resolve import resolve

    resolved = resolve(spec)
    cost = measured_costs.newest().get(spec.method)
    if cost is None or cost.base != resolved.spec.settings.get("base", ""):
        return None
    source = source_of(spec.dataset)
    trained, tested = min(spec.limit or source.num_train, source.num_train), source.num_test
    pace = pace_of(
        source.image_shape,
        source.num_classes,
        resolved.recipe,
        resolved.placement,
        (trained, tested),
        source.columns,
    )
    evaluation = pace.evaluation * (trained + tested) / spec.evaluate_every
    epochs = resolved.stages[-1].last
    features = pace.features * left_to_compute(resolved.spec) if pace.features else 0.0
    return features + cost.epoch * epochs * (pace.training * trained + evaluation)
