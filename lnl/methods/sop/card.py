"""The card of SOP."""

from lnl.methods.card import REGULARISATION, Card, Equation, Style

NOISE = Equation(
    "Each sample has trained numbers for what its label adds to the given class and takes from "
    "the others; squares of small numbers stay near 0 unless they are pulled again and again.",
    r"U_i = u_i^2\, e_{y_i}, \qquad V_i = v_i^2\, (1 - e_{y_i})",
    "SOP, section 2",
)
PREDICTED = Equation(
    "Cross entropy of the prediction together with that noise, normalised to sum to 1.",
    r"\ell_{\mathrm{CE}} = -\log q_y, \qquad q = \frac{p + U - V}{\lVert p + U - V \rVert_1}",
    "SOP, the loss for θ and u",
)
SQUARED = Equation(
    "A squared error with the predicted class teaches v.",
    r"\ell_{\mathrm{MSE}} = \left\lVert e_{\hat y} + U - V - e_y \right\rVert^2",
    "SOP, the loss for v",
)

CARDS = (
    Card(
        "sop",
        title="SOP",
        source="Liu et al., ICML 2022",
        group=REGULARISATION,
        summary="Gives each sample numbers of its own that can absorb a wrong label.",
        parts=("noise model per sample",),
        equations=(NOISE, PREDICTED, SQUARED),
        style=Style("indigo", "nicked"),
    ),
)
