"""What a board shows: which runs, at which epoch, with the truth or without it."""

from __future__ import annotations

from dataclasses import dataclass

from lnl import findings
from lnl.findings import RunRecords
from lnl.records import EpochRecord, RunInfo
from pages.ui.shell import state


@dataclass(frozen=True)
class Key:
    """A view as far as a figure shows it: a heartbeat must not make a new figure.

    The argument of all cached functions that build figures; ``View.of`` makes a view of it again.
    """

    runs: tuple[tuple[str, str, int, int], ...]  # id, name, finished epochs, epochs in all
    epoch: int | None
    truth: bool
    judged: bool
    big: bool


@dataclass(frozen=True)
class View:
    """The runs shown side by side, named by what differs between them."""

    runs: tuple[RunInfo, ...]
    epoch: int | None = None  # None: the newest of each
    truth: bool = True  # False: as if the true labels were unknown
    judged: bool = True  # False: no verdicts, so that one can guess
    big: bool = False  # drawn for the last row of a lecture hall
    explained: bool = True  # each panel says in a sentence what is seen

    @property
    def key(self) -> Key:
        """What to cache by."""
        runs = tuple((run.id, run.name, run.last_epoch, run.epochs) for run in self.runs)
        return Key(runs, self.epoch, self.truth, self.judged, self.big)

    @classmethod
    def of(cls, key: Key) -> View:
        """The view again, read from the store."""
        runs = (state.named(run_id, name) for run_id, name, _, _ in key.runs)
        return cls(tuple(runs), key.epoch, key.truth, key.judged, key.big)

    @property
    def alive(self) -> bool:
        """Whether anything may still change by itself."""
        return any(map(state.busy, self.runs))

    @property
    def knows_truth(self) -> bool:
        """Whether anything may be shown that follows from true labels; nobody denies it before."""
        seen = [run.data for run in self.runs if run.data.fingerprint]
        known = not seen or any(data.actual_noise_rate is not None for data in seen)
        return self.truth and known

    def records(self) -> list[RunRecords]:
        """All records of each run, without histograms; blind if the truth is hidden."""
        return [self._seen(run, state.records(run)) for run in self.runs]

    def histories(self) -> list[RunRecords]:
        """All records of each run with their histograms; blind if the truth is hidden."""
        return [self._seen(run, state.histories(run)) for run in self.runs]

    def at_epoch(self) -> list[RunRecords]:
        """Of each run the one record looked at, with its histograms; none before the first."""
        shown = []
        for run in self.runs:
            found = RunRecords(run, state.records(run)).at(self.epoch)
            records = [state.store().record(run.id, found.epoch)] if found else []
            shown.append(self._seen(run, records))
        return shown

    def _seen(self, run: RunInfo, records: list[EpochRecord]) -> RunRecords:
        known = RunRecords(run, records, self.judged)
        return known if self.truth else findings.blind(known)

    def label(self, what: str) -> str:
        """What a figure shows, for those who cannot see it: the verdicts with their numbers."""
        when = "newest epoch" if self.epoch is None else f"epoch {self.epoch}"
        told = [(run.info.name, findings.verdict(run, self.epoch)) for run in self.records()]
        each = (f"{name}: {verdict.headline} {verdict.numbers}" for name, verdict in told)
        return f"Chart of {what}, {when}. {' '.join(each)}"
