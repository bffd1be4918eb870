"""The card of label smoothing."""

from lnl.methods.card import BASELINES, Card, Equation, Style

SMOOTHED = Equation(
    "The label is mixed with an amount r of the uniform distribution, which may be negative.",
    r"\ell = -(1 - r) \log p_y - \frac{r}{K} \sum_k \log p_k",
    "GLS, the generalised label smoothing",
)
GRADIENT = Equation(
    "Where r is below 0 the logit of the label is pulled up even at p = 1.",
    r"\frac{\partial \ell}{\partial z_k} = p_k - (1 - r)\, [k = y] - \frac{r}{K}",
    "GLS, the generalised label smoothing",
)

CARDS = (
    Card(
        "label-smoothing",
        title="Label smoothing",
        source="Szegedy et al., CVPR 2016; with negative rates: Wei et al., ICML 2022",
        paper=BASELINES,
        summary="Less sure targets at low noise; at high noise negative rates, after a warm-up.",
        parts=("positive learning", "regularisation"),
        equations=(SMOOTHED, GRADIENT),
        style=Style("teal", "dash"),
    ),
)
