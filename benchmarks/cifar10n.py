"""Real human errors on a frozen backbone: ``LNL_DATA=D python -m benchmarks.cifar10n``.

10,000 images of CIFAR-10 with the labels "worst" of CIFAR-10N, EfficientNet-Lite0 frozen, each
method at its defaults: test accuracy, how well its ranking finds the wrong labels, seconds. Beside
it cleanlab (``pip install cleanlab``) on the same features: a logistic regression over five folds,
ranked by self-confidence and by normalised margin.
"""

import sys
import time
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lnl.records import RunSpec
from lnl.training import prepare

METHODS = ("ce", "gmm", "selnlpl", "sed", "fine")
SPEC = RunSpec(
    "cifar10",
    "human",
    noise_options={"labels": "worst"},
    network="frozen:efficientnet-lite0",
    limit=10_000,
)


def trained(method):
    """Its row; the features are computed before the clock starts, and returned with it."""
    _, trainer = prepare(replace(SPEC, method=method))
    data, features = trainer.data, trainer._evaluator.train
    started = time.perf_counter()
    records = [snapshot.record for snapshot in trainer]
    seconds = time.perf_counter() - started
    last, best = records[-1], max(r.test_accuracy for r in records)
    found = max(r.detection.average_precision for r in records)
    row = (last.test_accuracy, best, last.detection.average_precision, found, seconds)
    return row, data, features


def cleanlab_rows(data, features):
    """Average precision of its two rankings; nothing where it is not installed."""
    try:
        from cleanlab.rank import get_label_quality_scores
    except ImportError:
        print("cleanlab is not installed: its rows are left out", file=sys.stderr)
        return
    given, wrong = data.given_labels.numpy(), (data.given_labels != data.true_labels).numpy()
    vectors = next(features.in_order([range(len(given))])).numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300, C=0.01))
    started = time.perf_counter()
    probabilities = cross_val_predict(model, vectors, given, cv=5, method="predict_proba")
    for how in ("self_confidence", "normalized_margin"):
        scores = get_label_quality_scores(given, probabilities, method=how)
        seconds = time.perf_counter() - started
        found = average_precision_score(wrong, -scores)
        print(f"| cleanlab, {how.replace('_', ' ')} | | | {found:.3f} | | {seconds:.0f} |")
    guess = np.argmax(probabilities, 1)
    print(f"(out of fold it predicts {np.mean(guess == data.true_labels.numpy()):.3f} right)")


if __name__ == "__main__":
    print("| method | test accuracy, last | best | AP of its ranking, last | best | seconds |")
    print("|---|---|---|---|---|---|")
    for name in METHODS:
        numbers, data, features = trained(name)
        *shares, seconds = numbers
        cells = " | ".join(f"{share:.3f}" for share in shares)
        print(f"| {name} | {cells} | {seconds:.0f} |", flush=True)
    cleanlab_rows(data, features)
