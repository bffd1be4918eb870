"""What the network fits: the given labels, the true ones, the wrong ones."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Fit:
    """Fractions in [0, 1]; None where true labels are unknown or the group is empty."""

    accuracy_given: float
    accuracy_true: float | None = None
    memorised: float | None = None
    recovered: float | None = None


def fit(predictions: Tensor, given_labels: Tensor, true_labels: Tensor | None) -> Fit:
    """How ``predictions`` [N] agree with given and true labels [N].

    *Memorised*: the share of mislabelled samples (open-set ones too) predicted as their wrong given
    label. *Recovered*: the share of mislabelled samples that have a true class and are predicted as
    it. Source: methods-core 0.3; FINE's diagnostic is accuracy on given labels against clean rate.
    """
    fits_given = predictions == given_labels
    if true_labels is None:
        return Fit(_share(fits_given))
    known, wrong = true_labels >= 0, given_labels != true_labels
    fits_true = predictions == true_labels
    return Fit(
        _share(fits_given),
        _share(fits_true[known]),
        _share(fits_given[wrong]) if wrong.any() else None,
        _share(fits_true[wrong & known]) if (wrong & known).any() else None,
    )


def _share(hits: Tensor) -> float:
    return float(hits.double().mean())
