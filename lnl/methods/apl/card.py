"""The card of active passive losses."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Style

NORMALISED = Equation(
    "Any loss, divided by its sum over all labels, becomes symmetric: noise-tolerant, but it "
    "underfits.",
    r"\ell_{\mathrm{NCE}} = \frac{-\log p_y}{-\sum_k \log p_k}, \qquad "
    r"\ell_{\mathrm{NGCE}} = \frac{1 - p_y^q}{K - \sum_k p_k^q}",
    "APL, normalised losses",
)
FOCAL = Equation(
    "The same of the focal loss; no gradient flows through its weights w.",
    r"\ell_{\mathrm{NFL}} = \frac{-w_y \log p_y}{-\sum_k w_k \log p_k}, \qquad "
    r"w_k = (1 - p_k)^\gamma",
    "APL, normalised losses, and the released code",
)
BOTH = Equation(
    "An active loss raises the given label, a passive one lowers the others.",
    r"\mathcal{L} = \alpha\, \ell_{\mathrm{active}} + \beta\, \ell_{\mathrm{passive}}, \qquad "
    r"\ell_{\mathrm{MAE}} = 1 - p_y, \quad \ell_{\mathrm{RCE}} = 9.21\,(1 - p_y)",
    "APL, the framework",
)

CARDS = (
    Card(
        "apl",
        title="APL",
        source="Ma et al., ICML 2020",
        group=ROBUST_LOSSES,
        summary="Two noise-tolerant losses, normalised cross entropy and its like with MAE or "
        "reverse CE, that underfit alone.",
        parts=("positive learning", "robust loss"),
        equations=(NORMALISED, FOCAL, BOTH),
        style=Style("grey", "longdash"),
    ),
)
