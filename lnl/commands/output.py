"""What the command line says: JSON lines, or lines for people and a bar on a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import asdict
from math import isnan
from typing import Any

from tqdm import tqdm

from lnl.findings import measured_on
from lnl.findings.summary import RunSummary
from lnl.records import DataFacts, EpochRecord, Heartbeat, RunInfo
from lnl.runs.running.drive import Watcher


def print_json(value: Any) -> None:
    """One line; NaN becomes null."""
    plain = json.loads(json.dumps(value), parse_constant=lambda _: None)
    print(json.dumps(plain, ensure_ascii=False), flush=True)


def complain(problem: object, code: int) -> int:
    """One line on stderr, if anybody reads it; the exit code."""
    with suppress(OSError):
        print("lnl:", " ".join(str(problem).split()), file=sys.stderr)
    return code


def note(text: str) -> None:
    """A line on stderr that anybody may miss."""
    with suppress(OSError):
        print("lnl: note:", text, file=sys.stderr)


class Report:
    """Follows one run."""

    def __init__(self, run: RunInfo, as_json: bool) -> None:
        self.as_json = as_json
        self._total = run.epochs
        self._bar = tqdm(
            total=run.epochs,
            initial=run.last_epoch,
            unit="epoch",
            bar_format="{l_bar}{bar}| {n:.1f}/{total} epochs [{elapsed}<{remaining}{postfix}]",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )

    @property
    def watcher(self) -> Watcher:
        """What the run calls."""
        return Watcher(on_batch=self._on_batch, on_epoch=self._on_epoch)

    def _on_batch(self, run_id: str, beat: Heartbeat) -> None:
        self._bar.update(beat.epoch - 1 + beat.batch / max(beat.batches, 1) - self._bar.n)

    def _on_epoch(self, run_id: str, record: EpochRecord) -> None:
        if self.as_json:
            print_json({"event": "epoch", "run": run_id, **record.scalars()})
        else:
            tqdm.write(_line(record, self._total), file=sys.stdout)
            sys.stdout.flush()
        self._bar.update(record.epoch - self._bar.n)

    def done(self, summary: RunSummary, data: DataFacts) -> None:
        """The last words of a run that has finished, and on what it was measured."""
        self._bar.close()
        if self.as_json:
            print_json({"event": "done", **asdict(summary)})
            return
        best = _rate("test accuracy", summary.test_accuracy)
        best += _rate(", best", summary.best_test_accuracy)
        best += _rate(", by validation", summary.test_accuracy_by_validation)
        print(f"{summary.run}: {best.strip()}, {summary.seconds:.0f} s")
        for told in measured_on([data]):
            print(told)

    def close(self) -> None:
        """Remove the bar."""
        self._bar.close()


def _line(record: EpochRecord, total: int) -> str:
    words = [
        f"epoch {record.epoch:>{len(str(total))}}/{total} {record.stage}",
        _rate("given", record.train_accuracy_given),
        _rate("true", record.train_accuracy_true),
        _rate("memorised", record.memorised),
        _rate("validation", record.validation_accuracy),
        _rate("test", record.test_accuracy),
        _rate("detection F1", record.detection.f1 if record.detection else None),
        f"{record.images_per_second:.0f} images/s",
    ]
    return "  ".join(word for word in words if word)


def _rate(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{name} –" if isnan(value) else f"{name} {value:.3f}"
