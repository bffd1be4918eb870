"""The card of ELR+."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Style

TARGET = Equation(
    "Each network has a memory of every sample: what the running average of the other network's "
    "weights predicted for it.",
    r"t_i = \beta\, t_i + (1 - \beta)\, p^{\mathrm{avg}}(x_i), \qquad "
    r"\theta^{\mathrm{avg}} = \gamma\, \theta^{\mathrm{avg}} + (1 - \gamma)\, \theta",
    "ELR+, section 4.3",
)
MIXED = Equation(
    "Images, labels and memories are mixed in pairs; l is at least a half.",
    r"x' = l x_i + (1 - l) x_j, \quad y' = l e_{y_i} + (1 - l) e_{y_j}, \quad "
    r"q = l t_i + (1 - l) t_j",
    "ELR+, mixup",
)
LOSS = Equation(
    "Cross entropy on mixed images, and the term that rewards agreement with the mixed memory.",
    r"\mathcal{L} = \frac{1}{B} \sum_i \left[ -\sum_k y'_k \log p_k(x') + \lambda "
    r"\log\left(1 - \sum_k q_k\, p_k(x')\right) \right]",
    "ELR+, the regularised loss",
)

CARDS = (
    Card(
        "elr-plus",
        title="ELR+",
        source="Liu et al., NeurIPS 2020",
        group=SEMI_SUPERVISED,
        summary="ELR on mixed images, with two networks that remember for each other.",
        parts=("two networks", "regularisation", "weight average", "mixup"),
        equations=(TARGET, MIXED, LOSS),
        style=Style("indigo", "longnicked"),
        networks=2,
    ),
)
