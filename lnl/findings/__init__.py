"""What records show, in words and numbers: verdicts, phases, summaries; no torch, no figures."""

from lnl.findings.hidden_truth import blind
from lnl.findings.joint_trust import joint_misleads
from lnl.findings.measured_on import measured_on, words_for_test_set
from lnl.findings.metrics import METRICS, Metric, metric
from lnl.findings.run_records import RunRecords
from lnl.findings.summary import RunSummary, phases
from lnl.findings.trust import Correction, doubtful_correction, nothing_learned
from lnl.findings.verdict import Doubts, Verdict, advice, doubts, verdict
from lnl.findings.wording import duration, labels_wrong, of_a_part, spelled, training_images

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
    "joint_misleads",
    "labels_wrong",
    "measured_on",
    "metric",
    "nothing_learned",
    "of_a_part",
    "phases",
    "spelled",
    "training_images",
    "verdict",
    "words_for_test_set",
]
