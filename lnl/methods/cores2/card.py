"""The card of CORES²."""

from lnl.methods.card import SELECTION, Card, Equation, Style

LOSS = Equation(
    "Cross entropy, less a multiple of its mean over labels drawn at random: predictions become "
    "confident. π is the share of each label among the samples kept.",
    r"\ell_i = -\log p_{y_i} + \beta_e \sum_k \pi_k \log p_k",
    "CORES², confidence regulariser",
)
SIEVE = Equation(
    "Kept is a sample whose loss is no larger than its mean over all labels, which is to say that "
    "the logit of its label is no smaller than the mean logit.",
    r"-\log p_{y_i} \le -\frac{1}{K} \sum_k \log p_k \qquad \text{or} \qquad "
    r"z_{y_i} \ge \frac{1}{K} \sum_k z_k",
    "CORES², sample sieve",
)

CARDS = (
    Card(
        "cores2",
        title="CORES²",
        source="Cheng et al., ICLR 2021, phase 1",
        group=SELECTION,
        summary="Makes predictions confident, then sieves out labels of which it thinks least.",
        parts=("selection", "regularisation"),
        equations=(LOSS, SIEVE),
        style=Style("olive", "twin dashes"),
    ),
)
