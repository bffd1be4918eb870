"""The card of IMAE."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Published, Style

MAGNITUDE = Equation(
    "It is defined by its gradient: uncertain samples weigh most, by a ratio that T sets.",
    r"\left\lVert \frac{\partial \ell}{\partial z} \right\rVert_1 = "
    r"\exp\left(T\, p_y\, (1 - p_y)\right)",
    "IMAE, Table 2",
)
WEIGHT = Equation(
    "The same as cross entropy with a weight w, through which no gradient flows.",
    r"\ell = -w \log p_y, \qquad w = \frac{\exp\left(T\, p_y\, (1 - p_y)\right)}{2\,(1 - p_y)}",
    "IMAE, Table 2; the gradient of CE has the norm 2 (1 - p_y)",
)

CARDS = (
    Card(
        "imae",
        title="IMAE",
        source="Wang et al., arXiv 1903.12141",
        group=ROBUST_LOSSES,
        summary="Weights uncertain samples most, as MAE does, but strongly enough to fit.",
        parts=("positive learning", "robust loss"),
        equations=(MAGNITUDE, WEIGHT),
        style=Style("grey", "sparse"),
        published=Published({"imae": {}}),
    ),
)
