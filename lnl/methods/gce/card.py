"""The cards of GCE and of its truncated form."""

from lnl.methods.card import ROBUST_LOSSES, Card, Cut, Equation, Published, Style

GENERALISED = Equation(
    "Generalised cross entropy: CE where q is near 0, half the mean absolute error at q = 1.",
    r"\ell_q = \frac{1 - p_y^q}{q}",
    "GCE, the loss L_q",
)
GRADIENT = Equation(
    "Its gradient is that of CE, weighted by how far the given label is believed.",
    r"\frac{\partial \ell_q}{\partial \theta} = p_y^q\, \frac{\partial \ell_{\mathrm{CE}}}"
    r"{\partial \theta}",
    "GCE, the loss L_q",
)
TRUNCATED = Equation(
    "Truncated: no gradient where the given label was believed no more than k at the last pruning.",
    r"\ell = \frac{1}{B} \sum_i w_i\, \ell_q(x_i, y_i), \qquad w_i = \left[p_{y_i}(x_i) > k\right]",
    "GCE, the truncated loss L_q",
)

CARDS = (
    Card(
        "gce",
        title="GCE",
        source="Zhang & Sabuncu, NeurIPS 2018",
        group=ROBUST_LOSSES,
        summary="Between CE and MAE: labels that are not believed count less.",
        parts=("positive learning", "robust loss"),
        equations=(GENERALISED, GRADIENT),
        style=Style("grey", "solid"),
        published=Published({"gce": {}}),
    ),
    Card(
        "gce-truncated",
        title="Truncated GCE",
        source="Zhang & Sabuncu, NeurIPS 2018, truncated loss",
        group=ROBUST_LOSSES,
        summary="GCE, from a third of the run on only on labels believed more than k.",
        parts=("positive learning", "robust loss", "selection"),
        equations=(GENERALISED, TRUNCATED),
        style=Style("grey", "dot"),
        defaults={"truncate": True},
        losses=("gce", "gce-truncated"),
        cut=Cut("threshold", "k"),
        published=Published({"truncated_gce": {}}),
    ),
)
