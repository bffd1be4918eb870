"""The term that SOP+ adds for the balance of classes."""

from lnl.shapes import Probabilities, Scalar

FLOOR = 1e-4


def balance(q: Probabilities) -> Scalar:
    """-Σ_k (1/K) log q̄_k, q̄ the mean over the batch, held above 1e-4; least where it is uniform.

    Source: SOP (Liu et al., ICML 2022), the class-balance term of SOP+.
    """
    return -q.mean(0).clamp_min(FLOOR).log().mean()
