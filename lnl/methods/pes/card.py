"""The card of PES."""

from lnl.methods.card import REGULARISATION, Card, Equation, Style

CONFIDENT = Equation(
    "Confident is a sample whose given label is predicted, by the mean over two augmented views.",
    r"C = \left\{i : \mathrm{arg}\max_k \bar p_k(x_i) = y_i\right\}",
    "PES, section 3",
)
WEIGHTED = Equation(
    "Cross entropy on those alone, in which each class has the same weight in all; n_c of them "
    "have the given label c, n̄ is the mean over the classes.",
    r"\mathcal{L} = \frac{\sum_{i \in C} w_{y_i}\, \ell_{\mathrm{CE}}(x_i, y_i)}"
    r"{\sum_{i \in C} w_{y_i}}, \qquad w_c = \frac{\overline n}{n_c}",
    "PES, section 3",
)

CARDS = (
    Card(
        "pes",
        title="PES",
        source="Bai et al., NeurIPS 2021",
        group=REGULARISATION,
        summary="Stops early layer by layer: the last ones, which memorise first, start anew; "
        "then it learns what it predicts.",
        parts=("early stopping", "selection"),
        equations=(CONFIDENT, WEIGHTED),
        style=Style("olive", "dashdot"),
    ),
)
