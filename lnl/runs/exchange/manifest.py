"""What an exported run says of itself, checked value by value when it is imported.

Fields that no class here has are refused, unless the file is of a newer minor format.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Annotated, Any, Literal, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic_core import from_json

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
from lnl.runs.store.record_format import CURRENT, Format, of_spec, record_parts, run_parts

MAX_SAMPLES = 20_000_000
MAX_MESSAGE = 10_000  # letters
MAX_UNKNOWN = 100  # names of fields
DTYPES = {"<f2", "<f4", "<u2", "|u1", "|b1"}
STRICT = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

Count = Annotated[int, Field(ge=0, le=10**9)]
Counts = Annotated[list[Count], Field(min_length=BINS, max_length=BINS)]
Groups = dict[str, Counts]
FieldName = Annotated[str, Field(max_length=100)]


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


def _strict(kind: type[Any], types: Mapping[str, Any]) -> type[BaseModel]:
    """A model with those fields of a record class; the ones with a default may be missing."""
    needed = [f.name for f in fields(kind) if f.default is f.default_factory is MISSING]
    plain: Any = {n: (type, ... if n in needed else None) for n, type in types.items()}
    return create_model(f"Stored{kind.__name__}", __config__=STRICT, **plain)


def _scalars_model() -> type[BaseModel]:
    """``EpochRecord.scalars()``, from the record's own types."""
    hints = get_type_hints(EpochRecord)
    detection = _strict(Detection, dict.fromkeys(get_type_hints(Detection), float | None))
    types = {k: _or_none(v) for k, v in hints.items() if k not in ("confidence", "clean_scores")}
    return _strict(EpochRecord, {**types, "detection": detection | None})


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

    @property
    def record(self) -> EpochRecord:
        """The epoch as the store has it."""
        return EpochRecord.from_parts(self.scalars, self.histograms.model_dump())


class Manifest(BaseModel):
    """The run, and every file of its archive."""

    model_config = STRICT
    format: str
    name: Annotated[str, Field(min_length=1, max_length=200)]
    spec: RunSpec
    data: DataFacts
    stages: list[StageSpan]
    device: Annotated[str, Field(max_length=200)]
    status: Status
    message: Annotated[str, Field(max_length=MAX_MESSAGE)]
    created: float
    last_epoch: Annotated[int, Field(ge=0, le=100_000)]
    checkpoint_epoch: int | None
    best_epoch: int | None
    best_accuracy: float | None
    logs: list[StoredLog]
    files: dict[str, StoredFile]
    note: Annotated[str, AfterValidator(noted)] = ""
    tags: Annotated[list[str], AfterValidator(tagged)] = []
    unknown: Annotated[list[FieldName], Field(max_length=MAX_UNKNOWN)] = []  # lost by the spec

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        if not SAFE_NAME.fullmatch(self.data.fingerprint):
            raise ValueError("the data have no fingerprint: the run was never prepared")
        if not SAFE_NAME.fullmatch(self.data.images):
            raise ValueError("the fingerprint of its images is none")
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


def read_manifest(content: bytes) -> tuple[Manifest, list[str]]:
    """The manifest, brought to the format of this version, and the names that it left out."""
    stored = _plain(content)
    format = Format.read(stored.get("format"))
    parts, left_out = run_parts(stored, format)
    whole = json.dumps({**stored, **parts, "format": str(format)})
    manifest = Manifest.model_validate_json(whole, extra=_extra(format))
    lost = [*manifest.unknown, *(name[:100] for name in of_spec(left_out))]
    return manifest.model_copy(update={"unknown": lost[:MAX_UNKNOWN]}), left_out


def read_record(content: bytes, format: Format) -> tuple[StoredRecord, list[str]]:
    """An epoch of a file of that format; as ``read_manifest``."""
    stored = _plain(content)
    parts, left_out = record_parts(stored, format)
    return StoredRecord.model_validate({**stored, **parts}, extra=_extra(format)), left_out


def _plain(content: bytes) -> dict[str, Any]:
    stored = from_json(content)
    if not isinstance(stored, dict):
        raise ValueError("it holds something else than an object")
    return stored


def _extra(format: Format) -> Literal["ignore", "forbid"]:
    return "ignore" if format > CURRENT else "forbid"


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
        format=str(CURRENT),
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
        unknown=list(run.unknown),
    )
