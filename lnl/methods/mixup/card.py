"""The card of mixup."""

from lnl.methods.card import BASELINES, Card, Equation, Style

PAIRS = Equation(
    "Each image is mixed with another one of the batch, x' with the label y'.",
    r"\tilde x = \lambda x + (1 - \lambda)\, x', \qquad \lambda \sim \mathrm{Beta}(a, a)",
    "mixup, section 2",
)
LOSS = Equation(
    "So are their labels.",
    r"\ell = \lambda\, \ell_{\mathrm{CE}}(\tilde x, y) "
    r"+ (1 - \lambda)\, \ell_{\mathrm{CE}}(\tilde x, y')",
    "mixup, section 2, as in the released code",
)

CARDS = (
    Card(
        "mixup",
        title="mixup",
        source="Zhang et al., ICLR 2018",
        paper=BASELINES,
        summary="Trains on mixtures of two images and of their labels, which are hard to memorise.",
        parts=("positive learning", "regularisation"),
        equations=(PAIRS, LOSS),
        style=Style("teal", "dashdot"),
    ),
)
