"""The card of GMM."""

from lnl.methods.card import SELECTION, Card, Equation, Style

SMALL_LOSS = Equation(
    "Two Gaussians are fitted to the losses of all samples; g is the one of lower mean.",
    r"w_i = p\left(g \mid \ell_{\mathrm{CE}}(x_i, y_i)\right), \qquad "
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_{\mathrm{CE}}(x_i, y_i), \quad "
    r"C = \{i : w_i > 0.5\}",
    "DivideMix, section 3.2",
)

CARDS = (
    Card(
        "gmm",
        title="Small loss (GMM)",
        source="DivideMix (Li et al., ICLR 2020), section 3.2: its selection alone",
        group=SELECTION,
        summary="Trains on the samples whose loss a two-component mixture calls small.",
        parts=("selection",),
        equations=(SMALL_LOSS,),
        style=Style("grey", "dash"),
    ),
)
