"""The card of SCE."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Published, Style

REVERSE = Equation(
    "Reverse cross entropy: prediction and label swap roles. With log 0 held at A it is a multiple "
    "of MAE.",
    r"\ell_{\mathrm{RCE}} = -\sum_k p_k \log\, [k = y] = -A\,(1 - p_y), \qquad A = \log 10^{-4}",
    "SCE, the reverse term",
)
SYMMETRIC = Equation(
    "Cross entropy learns, its reverse bounds the pull of wrong labels.",
    r"\ell_{\mathrm{SL}} = \alpha\, \ell_{\mathrm{CE}} + \beta\, \ell_{\mathrm{RCE}}",
    "SCE, the loss SL",
)

CARDS = (
    Card(
        "sce",
        title="SCE",
        source="Wang et al., ICCV 2019",
        group=ROBUST_LOSSES,
        summary="Cross entropy and its reverse: one converges, the other tolerates noise.",
        parts=("positive learning", "robust loss"),
        equations=(REVERSE, SYMMETRIC),
        style=Style("brown", "longdash"),
        published=Published({"sce": {}}),
    ),
)
