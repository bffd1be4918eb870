"""The card of the partially Huberised losses."""

from lnl.methods.card import BASELINES, Card, Equation, Style

HUBERISED = Equation(
    "Cross entropy, linear below a confidence of 1/τ.",
    r"\ell = \begin{cases} -\log p_y & p_y > \tfrac{1}{\tau} \\ "
    r"-\tau\, p_y + \log \tau + 1 & \text{else} \end{cases}",
    "PHuber, the loss PHuber-CE",
)
GENERALISED = Equation(
    "The same of GCE.",
    r"\ell = \begin{cases} \frac{1 - p_y^q}{q} & p_y > p^* \\ "
    r"-\tau\, (p_y - p^*) + \frac{1 - (p^*)^q}{q} & \text{else} \end{cases}, "
    r"\qquad p^* = \tau^{1 / (q - 1)}",
    "PHuber, the loss PHuber-GCE",
)
GRADIENT = Equation(
    "So the gradient is that of CE, weighted: no label's probability is raised harder than by τ.",
    r"\frac{\partial \ell}{\partial \theta} = \min\left(1, \tau\, p_y\right) "
    r"\frac{\partial \ell_{\mathrm{CE}}}{\partial \theta}",
    "PHuber, the loss PHuber-CE",
)

CARDS = (
    Card(
        "phuber",
        title="PHuber-CE",
        source="Menon et al., ICLR 2020",
        paper=BASELINES,
        summary="Clips the gradient where it does harm: the loss is linear where a label is hardly "
        "believed.",
        parts=("positive learning", "robust loss"),
        equations=(HUBERISED, GENERALISED, GRADIENT),
        style=Style("grey", "nicked"),
    ),
)
