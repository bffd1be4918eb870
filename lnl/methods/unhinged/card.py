"""The cards of the unhinged, sigmoid and Savage losses."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Published, Style

OUTPUTS = Equation(
    "f are the network's outputs z, each normalised over the batch; t is the one-hot label, or -1 "
    "in place of its zeros.",
    r"f_k = \frac{z_k - \mu_k}{\sigma_k}, \qquad t_k = [k = y] "
    r"\quad \text{or} \quad t_k = 2\,[k = y] - 1",
    "Forward correction, the released code",
)
UNHINGED = Equation(
    "A hinge without its corner: linear, so that no sample weighs more than another.",
    r"\ell = \frac{1}{K} \sum_k \left(1 - t_k f_k\right)",
    "Unhinged, the loss",
)
SIGMOID = Equation(
    "Bounded and symmetric: σ(f) and σ(-f) add up to 1.",
    r"\ell = \frac{1}{K} \sum_k \sigma\left(-t_k f_k\right)",
    "Ghosh et al., the sigmoid loss",
)
SAVAGE = Equation(
    "Bounded, on the softmax: what is far from right costs no more than a quarter.",
    r"\ell = \frac{1}{K} \sum_k \left(1 + \exp(2\, t_k\, p_k)\right)^{-2}",
    "SavageBoost, the Savage loss",
)
PARTS = ("positive learning", "robust loss")

CARDS = (
    Card(
        "unhinged",
        title="Unhinged (BN)",
        source="van Rooyen et al., NeurIPS 2015",
        group=ROBUST_LOSSES,
        summary="A linear loss on normalised outputs: every label pulls with the same force.",
        parts=PARTS,
        equations=(OUTPUTS, UNHINGED),
        style=Style("brown", "dashdot"),
        published=Published({"unhinged": {}}),
    ),
    Card(
        "sigmoid",
        title="Sigmoid (BN)",
        source="Ghosh et al., Neurocomputing 2015",
        group=ROBUST_LOSSES,
        summary="A bounded loss on normalised outputs: outliers stop pulling.",
        parts=PARTS,
        equations=(OUTPUTS, SIGMOID),
        style=Style("brown", "longdashdot"),
        defaults={"loss": "sigmoid"},
        published=Published({"sigmoid": {}}),
    ),
    Card(
        "savage",
        title="Savage",
        source="Masnadi-Shirazi & Vasconcelos, NeurIPS 2008",
        group=ROBUST_LOSSES,
        summary="A bounded loss that gives up on samples far from right.",
        parts=PARTS,
        equations=(SAVAGE,),
        style=Style("brown", "nicked"),
        defaults={"loss": "savage"},
        published=Published({"savage": {}}),
    ),
)
