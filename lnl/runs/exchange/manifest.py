"""What an exported run says of itself, checked value by value when it is imported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from lnl.records import (
    BINS,
    DataFacts,
    Detection,
    EpochRecord,
    RunInfo,
    RunSpec,
    StageSpan,
    Status,
)
from lnl.runs.store.array_rows import Layout
from lnl.runs.store.kept_data import SAFE_NAME
from lnl.runs.store.notes import noted, tagged

FORMAT = 1
MAX_SAMPLES = 20_000_000
DTYPES = {"<f2", "<f4", "<u2", "|u1", "|b1"}
STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

Count = Annotated[int, Field(ge=0, le=10**9)]
Counts = Annotated[list[Count], Field(min_length=BINS, max_length=BINS)]
Groups = dict[str, Counts]


class StoredFile(BaseModel):
    """A file of the archive."""

    model_config = STRICT
    size: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class StoredLog(BaseModel):
    """A file of rows."""

    model_config = STRICT
    number: Annotated[int, Field(ge=0, le=1000)]
    layout: list[tuple[str, str, list[Count]]]
    rows: Annotated[int, Field(ge=1, le=100_000)]
    last_epoch: Count

    @model_validator(mode="after")
    def _plain(self) -> StoredLog:
        odd = [dtype for _, dtype, _ in self.layout if dtype not in DTYPES]
        if odd:
            raise ValueError(f"arrays of type {odd[0]!r} are not accepted")
        return self

    @property
    def parsed(self) -> Layout:
        """The layout as the store uses it."""
        return Layout(tuple((name, dtype, tuple(shape)) for name, dtype, shape in self.layout))


class StoredHistograms(BaseModel):
    """``EpochRecord.histograms()``."""

    model_config = STRICT
    confidence: dict[str, Groups]
    clean_scores: Groups


def _scalars_model() -> type[BaseModel]:
    """``EpochRecord.scalars()``, from the record's own types."""
    hints = get_type_hints(EpochRecord)
    rates: Any = dict.fromkeys(get_type_hints(Detection), (float | None, ...))
    detection = create_model("StoredDetection", __config__=STRICT, **rates)
    types = {k: v for k, v in hints.items() if k not in ("confidence", "clean_scores")}
    types["detection"] = detection | None
    plain: Any = {name: (_or_none(kind), ...) for name, kind in types.items()}
    return create_model("StoredScalars", __config__=STRICT, **plain)


def _or_none(kind: Any) -> Any:
    """A term that was not finite is stored as None."""
    return dict[str, float | None] if kind == dict[str, float] else kind


Scalars = _scalars_model()


class StoredRecord(BaseModel):
    """One epoch."""

    model_config = STRICT
    epoch: Annotated[int, Field(ge=1, le=100_000)]
    log: int | None
    row: int | None
    scalars: dict[str, Any]
    histograms: StoredHistograms

    @model_validator(mode="after")
    def _as_a_record(self) -> StoredRecord:
        Scalars.model_validate(self.scalars)
        if self.scalars["epoch"] != self.epoch:
            raise ValueError(f"epoch {self.epoch} calls itself {self.scalars['epoch']}")
        return self


class Manifest(BaseModel):
    """The run, and every file of its archive."""

    model_config = STRICT
    format: Literal[1]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    spec: RunSpec
    data: DataFacts
    stages: list[StageSpan]
    device: Annotated[str, Field(max_length=200)]
    status: Status
    message: Annotated[str, Field(max_length=10_000)]
    created: float
    last_epoch: Annotated[int, Field(ge=0, le=100_000)]
    checkpoint_epoch: int | None
    best_epoch: int | None
    best_accuracy: float | None
    logs: list[StoredLog]
    files: dict[str, StoredFile]
    note: Annotated[str, AfterValidator(noted)] = ""
    tags: Annotated[list[str], AfterValidator(tagged)] = []

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        if not SAFE_NAME.fullmatch(self.data.fingerprint):
            raise ValueError("the data have no fingerprint: the run was never prepared")
        if not 1 <= self.data.num_train <= MAX_SAMPLES:
            raise ValueError(f"{self.data.num_train} training samples are not accepted")
        if len(self.data.class_names) != self.data.num_classes:
            raise ValueError(f"it has not {self.data.num_classes} class names")
        if [log.number for log in self.logs] != list(range(len(self.logs))):
            raise ValueError("the files of rows are not numbered from 0")
        for log in self.logs:
            size = self.files.get(f"arrays-{log.number}.bin", StoredFile(size=0, sha256="0" * 64))
            if size.size != log.rows * log.parsed.row_bytes:
                raise ValueError(f"arrays-{log.number}.bin has not the size of its {log.rows} rows")
        return self


def manifest_of(
    run: RunInfo, row: Mapping[str, Any], logs: Sequence[Mapping[str, Any]]
) -> Manifest:
    """The manifest of a run, its files left out; ``row`` holds what ``RunInfo`` does not."""
    stored = [
        StoredLog.model_construct(
            number=log["number"],
            layout=[tuple(column) for column in json.loads(log["layout"])],
            rows=log["rows"],
            last_epoch=log["last_epoch"],
        )
        for log in logs
    ]
    return Manifest.model_construct(
        format=FORMAT,
        name=run.name,
        spec=run.spec,
        data=run.data,
        stages=list(run.stages),
        device=run.device,
        status="stopped" if run.alive else run.status,
        message=run.message,
        created=run.created,
        last_epoch=row["last_epoch"],
        checkpoint_epoch=row["checkpoint_epoch"],
        best_epoch=row["best_epoch"],
        best_accuracy=row["best_accuracy"],
        logs=stored,
        note=run.note,
        tags=list(run.tags),
    )
