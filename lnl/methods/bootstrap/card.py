"""The cards of bootstrapping."""

from lnl.methods.card import BASELINES, Card, Equation, Published, Style

SOFT = Equation(
    "Soft: the label is mixed with the prediction, through which the gradient flows too.",
    r"\ell = -\sum_k \left(\beta\, [k = y] + (1 - \beta)\, p_k\right) \log p_k "
    r"= \beta\, \ell_{\mathrm{CE}} + (1 - \beta)\, H(p)",
    "Bootstrapping, the soft loss",
)
HARD = Equation(
    "Hard: the label is mixed with the predicted class.",
    r"\ell = -\beta \log p_y - (1 - \beta) \log p_{\hat y}, \qquad \hat y = \arg\max_k p_k",
    "Bootstrapping, the hard loss",
)
SOURCE = "Reed et al., ICLR 2015 workshop"
PARTS = ("positive learning", "bootstrapping")

CARDS = (
    Card(
        "bootstrap-soft",
        title="Bootstrap, soft",
        source=SOURCE,
        paper=BASELINES,
        summary="Mixes the given label with the prediction: be consistent, and be certain.",
        parts=PARTS,
        equations=(SOFT,),
        style=Style("wine", "dot"),
        published=Published({"bootstrap_soft": {}}),
    ),
    Card(
        "bootstrap-hard",
        title="Bootstrap, hard",
        source=SOURCE,
        paper=BASELINES,
        summary="Mixes the given label with the predicted class, which can outvote it.",
        parts=PARTS,
        equations=(HARD,),
        style=Style("wine", "longdash"),
        defaults={"hard": True, "beta": 0.8},
        published=Published({"bootstrap_hard": {}, "bootstrap": {}}),
    ),
)
