"""The card of MAE."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Published, Style

ABSOLUTE_ERROR = Equation(
    "The L1 distance between prediction and label.",
    r"\ell_{\mathrm{MAE}} = \sum_k \left| p_k - [k = y] \right| = 2\,(1 - p_y)",
    "MAE, as GCE compares with it",
)
GRADIENT = Equation(
    "Its gradient is that of CE times 2 p: labels that are not believed hardly count.",
    r"\frac{\partial \ell_{\mathrm{MAE}}}{\partial \theta} = 2\, p_y\, "
    r"\frac{\partial \ell_{\mathrm{CE}}}{\partial \theta}",
    "MAE, as GCE compares with it",
)
SYMMETRY = Equation(
    "Over all labels it adds up to the same whatever is predicted, which makes it noise-tolerant.",
    r"\sum_{k=1}^{K} \ell_{\mathrm{MAE}}(p, k) = 2\,(K - 1)",
    "MAE, the condition of symmetry",
)

CARDS = (
    Card(
        "mae",
        title="MAE",
        source="Ghosh et al., AAAI 2017",
        group=ROBUST_LOSSES,
        summary="Tolerates noise because hard samples hardly count; with many classes it barely "
        "trains.",
        parts=("positive learning", "robust loss"),
        equations=(ABSOLUTE_ERROR, GRADIENT, SYMMETRY),
        style=Style("brown", "solid"),
        published=Published({"mae": {}}),
    ),
)
