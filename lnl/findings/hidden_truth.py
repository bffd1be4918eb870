"""A run as it would look if nobody knew the true labels."""

from __future__ import annotations

from dataclasses import replace

from lnl.findings.run_records import RunRecords
from lnl.records import EpochRecord, Histograms


def blind(run: RunRecords) -> RunRecords:
    """The same run without all that follows from true labels: groups are merged into one."""
    facts = replace(run.info.data, actual_noise_rate=None)
    records = [_blind(record) for record in run.records]
    return replace(run, info=replace(run.info, data=facts), records=records)


def _blind(record: EpochRecord) -> EpochRecord:
    return replace(
        record,
        train_accuracy_true=None,
        memorised=None,
        recovered=None,
        detection=None,
        confidence={source: _together(groups) for source, groups in record.confidence.items()},
        clean_scores=_together(record.clean_scores),
    )


def _together(groups: Histograms) -> Histograms:
    counts = list(groups.values())
    return {"unknown": sum(counts[1:], counts[0])} if counts else {}
