"""An epoch's record as columns of a row; each row says its format."""

from __future__ import annotations

import json

from lnl.errors import StoreError
from lnl.records import EpochRecord
from lnl.runs.store.record_format import CURRENT, FIRST, Format, record_parts


def record_columns(record: EpochRecord) -> dict[str, str]:
    """What a row keeps of a record."""
    return {
        "scalars": json.dumps({"format": str(CURRENT), **record.scalars()}),
        "histograms": json.dumps(record.histograms()),
    }


def record_of(scalars: str, histograms: str | None) -> EpochRecord:
    """The inverse; histograms stay empty if they were not read. Raises StoreError if damaged."""
    try:
        stored = json.loads(scalars)
        format = Format.read(stored.pop("format", FIRST))
        parts = {"scalars": stored, "histograms": histograms and json.loads(histograms)}
        parts, _ = record_parts(parts, format)
        return EpochRecord.from_parts(parts["scalars"], parts["histograms"])
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StoreError(f"the record of an epoch is damaged: {error}") from error
