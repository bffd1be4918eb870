"""What records show, in words and numbers: verdicts, phases, summaries; no torch, no figures."""

from lnl.findings.hidden_truth import blind
from lnl.findings.metrics import METRICS, Metric, metric
from lnl.findings.run_records import RunRecords
from lnl.findings.summary import RunSummary, phases
from lnl.findings.trust import Correction, doubtful_correction, nothing_learned
from lnl.findings.verdict import Doubts, Verdict, advice, doubts, verdict
from lnl.findings.wording import duration, labels_wrong, spelled

__all__ = [
    "METRICS",
    "Correction",
    "Doubts",
    "Metric",
    "RunRecords",
    "RunSummary",
    "Verdict",
    "advice",
    "blind",
    "doubtful_correction",
    "doubts",
    "duration",
    "labels_wrong",
    "metric",
    "nothing_learned",
    "phases",
    "spelled",
    "verdict",
]
