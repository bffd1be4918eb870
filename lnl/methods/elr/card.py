"""The card of ELR."""

from lnl.methods.card import REGULARISATION, Card, Equation, Published, Style

TARGET = Equation(
    "Each sample's target is the running average of what the network predicted for it.",
    r"t_i = \beta\, t_i + (1 - \beta)\, p(x_i)",
    "ELR, temporal ensembling of the targets",
)
EARLY_LEARNING = Equation(
    "Cross entropy, and a term that rewards agreement with the target.",
    r"\mathcal{L} = \frac{1}{B} \sum_i \left[ -\log p_{y_i}(x_i) + \lambda \log\left(1 - "
    r"\sum_k t_{ik}\, p_k(x_i)\right) \right]",
    "ELR, the regularised loss",
)

CARDS = (
    Card(
        "elr",
        title="ELR",
        source="Liu et al., NeurIPS 2020",
        group=REGULARISATION,
        summary="Holds on to what the network predicted before it memorised the wrong labels.",
        parts=("positive learning", "regularisation"),
        equations=(TARGET, EARLY_LEARNING),
        style=Style("indigo", "dash"),
        published=Published({"elr": {}}),
    ),
)
