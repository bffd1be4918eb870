"""What was believed of each sample, epoch by epoch: what is kept, and how it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnl.errors import BadInput
from lnl.records import EpochSnapshot, Previews, SampleRow, UnseenRow
from lnl.runs.store.array_rows import Log

MAX_SAMPLES = 50_000  # samples whose history is kept
MAX_ROWS = 300  # rows a run
UNSEEN = {"features": np.float16, "prediction": np.uint16, "confidence": np.float16}
TRANSITION = "transition"
JOINT = "confident_joint"
_VALUE = "values."


@lru_cache(maxsize=4)
def history_ids(fingerprint: str, num_train: int) -> NDArray[np.int64]:
    """The samples whose history is kept: all, or 50,000 of more, the same for equal data."""
    if num_train <= MAX_SAMPLES:
        return np.arange(num_train, dtype=np.int64)
    seed = int.from_bytes(hashlib.sha256(fingerprint.encode()).digest()[:8], "big")
    # the raw stream of a bit generator never changes between numpy versions; a shuffle may
    order = np.argsort(np.random.PCG64(seed).random_raw(num_train), kind="stable")
    return np.sort(order[:MAX_SAMPLES])


def is_due(epoch: int, epochs: int, previous: int | None) -> bool:
    """Whether this epoch's arrays are kept: each ceil(epochs / 300), the first and the last."""
    return previous is None or epoch >= epochs or epoch - previous >= -(-epochs // MAX_ROWS)


def arrays_of(snapshot: EpochSnapshot, ids: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """All arrays of a snapshot by name, the samples' cut down to ``ids``."""
    arrays: dict[str, NDArray[Any]] = {}
    if snapshot.samples is not None:
        columns = sample_columns(snapshot.samples)
        whole = len(snapshot.samples.confidence) == len(ids)
        arrays.update(columns if whole else {name: c[ids] for name, c in columns.items()})
    if snapshot.probe_features is not None:
        arrays["probe_features"] = np.asarray(snapshot.probe_features, np.float16)
    if snapshot.previews is not None:
        for name in ("original", "augmented", "restored"):
            arrays[f"previews.{name}"] = getattr(snapshot.previews, name)
    if snapshot.unseen is not None:
        for name, dtype in UNSEEN.items():
            arrays[f"test.{name}"] = np.asarray(getattr(snapshot.unseen, name), dtype)
    if snapshot.transition is not None:
        arrays[TRANSITION] = np.asarray(snapshot.transition, np.float32)
    if snapshot.joint is not None:
        arrays[JOINT] = np.asarray(snapshot.joint, np.float32)
    return arrays


def sample_columns(samples: SampleRow) -> dict[str, NDArray[Any]]:
    """A row of samples as arrays by name, in the types they are stored in."""
    return {
        "confidence": np.asarray(samples.confidence, np.float16),
        "clean_score": np.asarray(samples.clean_score, np.float16),
        "prediction": np.asarray(samples.prediction, np.uint16),
        "selected": np.asarray(samples.selected, np.bool_),
        **{_VALUE + name: np.asarray(v, np.float16) for name, v in samples.values.items()},
    }


def samples_of(columns: Mapping[str, NDArray[Any]]) -> SampleRow:
    """The inverse of ``sample_columns``."""
    values = {k.removeprefix(_VALUE): v for k, v in columns.items() if k.startswith(_VALUE)}
    return SampleRow(
        confidence=columns["confidence"],
        clean_score=columns["clean_score"],
        prediction=columns["prediction"],
        selected=columns["selected"],
        values=values,
    )


@dataclass(frozen=True)
class SampleHistory:
    """One sample over the epochs; arrays are [epochs]."""

    epochs: NDArray[np.int64]
    confidence: NDArray[np.float16]
    clean_score: NDArray[np.float16]
    prediction: NDArray[np.uint16]
    selected: NDArray[np.bool_]
    values: dict[str, NDArray[np.float16]]  # NaN where the method had none


@dataclass(frozen=True)
class History:
    """The samples of a run over its epochs."""

    ids: NDArray[np.int64]  # [M] places in the training set, rising
    logs: Sequence[Log]

    @property
    def epochs(self) -> list[int]:
        """The epochs that can be read."""
        return [epoch for log in self.logs for epoch in log.readable]

    def row(self, epoch: int) -> SampleRow:
        """All kept samples at one epoch, in the order of ``ids``. Raises BadInput, StoreError."""
        log = next((log for log in self.logs if epoch in log.epochs), None)
        if log is None:
            raise BadInput(
                f"epoch {epoch} has no row in the history; epochs with one: {self.epochs}"
            )
        return samples_of(log.row(epoch))

    def each(self, name: str) -> Iterator[tuple[int, NDArray[Any]]]:
        """One value of all kept samples [M], epoch by epoch; mapped, nothing else is read."""
        for log in self.logs:
            yield from zip(log.readable, log.column(name), strict=True)

    def sample(self, sample: int) -> SampleHistory:
        """One sample over all epochs. Raises BadInput if its history is not kept."""
        place = int(np.searchsorted(self.ids, sample))
        if place == len(self.ids) or self.ids[place] != sample:
            raise BadInput(
                f"sample {sample} is not among the {len(self.ids)} whose history is kept"
            )
        parts = {name: self._over_epochs(name, place) for name in self._names()}
        row = samples_of(parts)
        return SampleHistory(
            np.asarray(self.epochs, np.int64),
            row.confidence,
            row.clean_score,
            row.prediction,
            row.selected,
            row.values,
        )

    def _names(self) -> list[str]:
        base = ["confidence", "clean_score", "prediction", "selected"]
        own = [c[0] for log in self.logs for c in log.layout.columns if c[0].startswith(_VALUE)]
        return list(dict.fromkeys(base + own))

    def _over_epochs(self, name: str, place: int) -> NDArray[Any]:
        dtypes = {"prediction": np.uint16, "selected": np.bool_}
        parts: list[NDArray[Any]] = [np.empty(0, dtypes.get(name, np.float16))]
        for log in self.logs:
            if any(column[0] == name for column in log.layout.columns):
                parts.append(log.column(name)[:, place])
            else:
                parts.append(np.full(len(log.readable), np.nan, np.float16))
        return np.concatenate(parts)


def previews_of(row: Mapping[str, NDArray[Any]]) -> Previews | None:
    """The restorations within a row, if it has any."""
    if "previews.original" not in row:
        return None
    return Previews(row["previews.original"], row["previews.augmented"], row["previews.restored"])


def unseen_of(row: Mapping[str, NDArray[Any]]) -> UnseenRow | None:
    """The values of test images within a row, if it has any."""
    if "test.features" not in row:
        return None
    return UnseenRow(*(row[f"test.{name}"] for name in UNSEEN))
