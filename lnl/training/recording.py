"""What an epoch's record says about the samples, and the arrays that are kept beside it.

A record needs the predictions; everything else in it is an extra and may fail by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lnl import confident_joint
from lnl.diagnostics.accuracy import fit
from lnl.diagnostics.confidence import histograms
from lnl.diagnostics.detection import detection
from lnl.diagnostics.probe import reduce_features
from lnl.methods.base import Method
from lnl.methods.interface import CleanScores, EpochContext
from lnl.records import MOST_CLASSES, SampleRow, UnseenRow
from lnl.training.evaluation import Evaluator
from lnl.training.extras import Extras

Fields = dict[str, Any]  # of EpochRecord
OwnValues = dict[str, NDArray[np.float16]]  # [N] each


@dataclass(frozen=True)
class Evaluation:
    """What one evaluation adds to the epoch's record, and its arrays."""

    fields: Fields
    samples: SampleRow
    probe_features: Tensor  # [P, D]
    test_features: Tensor  # [T, D] of the test probe
    test_probabilities: Tensor  # [T, K]
    test_classes: Tensor  # [T]
    joint: NDArray[np.float32] | None  # [K, K]

    def kept_features(self) -> tuple[NDArray[np.float16], UnseenRow]:
        """What is kept of both probes, on the same axes."""
        features, test_features = reduce_features(self.probe_features, self.test_features)
        confidence = self.test_probabilities.gather(1, self.test_classes[:, None])[:, 0]
        prediction = self.test_probabilities.argmax(1).cpu().numpy().astype(np.uint16)
        return features, UnseenRow(test_features, prediction, confidence.half().cpu().numpy())


def evaluate(
    method: Method, epoch: EpochContext, evaluator: Evaluator, extras: Extras
) -> Evaluation:
    """Everything a record says about the samples, computed on the device and copied once."""
    predictors = list(method.predictors())
    outputs = [evaluator.recorded_outputs(network) for network in predictors]
    mean = torch.stack([probabilities for probabilities, _ in outputs]).mean(0)
    of_given = partial(torch.gather, dim=1, index=evaluator.recorded_labels[:, None])
    confidence = of_given(mean)[:, 0]
    own = extras.attempt("clean scores", lambda: method.clean_scores(epoch))
    clean = CleanScores(confidence, confidence > 0.5, 0.5)
    if own is not None:
        scores, selection = map(evaluator.of_recorded, (own.scores, own.selection))
        clean = replace(own, scores=scores, selection=selection)
    by_source = {"mean": confidence}
    if len(predictors) > 1:
        each = (of_given(probabilities)[:, 0] for probabilities, _ in outputs)
        by_source |= zip(_names(method, predictors), each, strict=True)
    test_mean, test_features = evaluator.test_outputs(predictors)
    diagnostics: dict[str, Callable[[], Fields]] = {
        "accuracy on training samples": lambda: _fitted(mean.argmax(1), evaluator),
        "histograms": lambda: _histograms(by_source, clean, evaluator),
        "detection of mislabelled samples": lambda: _detected(clean, evaluator),
        "the method's numbers": lambda: _own_numbers(method, epoch),
    }
    fields: Fields = {
        "test_accuracy": float((test_mean.argmax(1) == evaluator.test_labels).double().mean()),
        "validation_accuracy": evaluator.validation_accuracy(predictors),
        "reading": "confidence" if own is None else "clean_scores",
        "threshold": clean.threshold,
        "estimated_noise_rate": float((~clean.selection).double().mean()),
    }
    for what, compute in diagnostics.items():
        fields |= extras.attempt(what, compute) or {}
    own_values = partial(_own_values, method, epoch, evaluator)
    values = extras.attempt("the method's values of samples", own_values)
    samples = _sample_row(confidence, mean.argmax(1), clean, values or {})
    joint = extras.attempt("the confident joint", lambda: _joint(mean, evaluator))
    features = torch.cat([kept for _, kept in outputs], 1)
    probe = torch.from_numpy(evaluator.test_probe).to(mean.device)
    return Evaluation(
        fields,
        samples,
        features,
        test_features,
        test_mean[probe],
        evaluator.test_labels[probe],
        joint,
    )


def _fitted(prediction: Tensor, evaluator: Evaluator) -> Fields:
    fitted = fit(prediction, evaluator.recorded_labels, evaluator.true_labels)
    return {
        "train_accuracy_given": fitted.accuracy_given,
        "train_accuracy_true": fitted.accuracy_true,
        "memorised": fitted.memorised,
        "recovered": fitted.recovered,
    }


def _histograms(by_source: dict[str, Tensor], clean: CleanScores, evaluator: Evaluator) -> Fields:
    groups = evaluator.groups
    return {
        "confidence": {name: histograms(values, groups) for name, values in by_source.items()},
        "clean_scores": histograms(clean.scores, groups),
    }


def _detected(clean: CleanScores, evaluator: Evaluator) -> Fields:
    if evaluator.true_labels is None:
        return {}
    return {"detection": detection(clean.scores, clean.selection, evaluator.groups > 0)}


def _own_numbers(method: Method, epoch: EpochContext) -> Fields:
    return {"extra": {name: float(value) for name, value in method.epoch_values(epoch).items()}}


def transition_of(method: Method, epoch: EpochContext) -> NDArray[np.float32] | None:
    """The method's estimate of the transition matrix [K, K], unless it is too large to be kept."""
    found = method.transition_estimate(epoch)
    if found is None or len(found) > MOST_CLASSES:
        return None
    return found.float().cpu().numpy()


def _joint(mean: Tensor, evaluator: Evaluator) -> NDArray[np.float32] | None:
    """The confident joint of the training predictions, unless it is too large to be kept."""
    if mean.shape[1] > MOST_CLASSES:
        return None
    found = confident_joint.joint(mean.double(), evaluator.recorded_labels)
    return found.float().cpu().numpy()


def _sample_row(
    confidence: Tensor, prediction: Tensor, clean: CleanScores, values: OwnValues
) -> SampleRow:
    return SampleRow(
        confidence.half().cpu().numpy(),
        clean.scores.half().cpu().numpy(),
        prediction.cpu().numpy().astype(np.uint16),
        clean.selection.cpu().numpy(),
        values,
    )


def _own_values(method: Method, epoch: EpochContext, evaluator: Evaluator) -> OwnValues:
    values = method.sample_values(epoch).items()
    return {name: evaluator.of_recorded(each).half().cpu().numpy() for name, each in values}


def _names(method: Method, modules: Sequence[nn.Module]) -> list[str]:
    names = {id(module): name for name, module in method.named_modules()}
    return [names[id(module)] for module in modules]
