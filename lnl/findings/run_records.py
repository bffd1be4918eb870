"""A run with its records: what findings and figures are made of."""

from __future__ import annotations

from dataclasses import dataclass

from lnl.records import EpochRecord, RunInfo


@dataclass(frozen=True)
class RunRecords:
    """What is known about a run: its facts and the records so far, in order."""

    info: RunInfo
    records: list[EpochRecord]
    judged: bool = True  # False: no verdict and no phase is told, so that one can guess

    def at(self, epoch: int | None) -> EpochRecord | None:
        """The last evaluated record, up to ``epoch`` where given."""
        known = [r for r in self.records if r.evaluated and (epoch is None or r.epoch <= epoch)]
        return known[-1] if known else None
