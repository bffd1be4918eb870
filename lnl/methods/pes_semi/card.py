"""The card of semi-supervised PES."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Style
from lnl.methods.pes.card import CONFIDENT

MIXED = Equation(
    "Confident samples keep their label, all others (U) learn the sharpened mean prediction over "
    "two views; both are mixed in pairs. On mixed samples of C each class counts by its weight.",
    r"\mathcal{L} = -\frac{1}{2|C|} \sum_{i \in C} \sum_k w_k\, t'_{ik} \log p_k(x'_i) + "
    r"\lambda_u \frac{1}{2|U|} \sum_{i \in U} \frac{1}{K} \left\lVert p(x'_i) - t'_i "
    r"\right\rVert^2, \qquad w_k = \min\left(\frac{\overline n}{n_k},\, 3\right)",
    "PES, section 3, with MixMatch",
)

CARDS = (
    Card(
        "pes-semi",
        title="PES (semi-supervised)",
        source="Bai et al., NeurIPS 2021",
        group=SEMI_SUPERVISED,
        summary="Stops early, starts the head anew, then keeps the labels it predicts and guesses "
        "the others.",
        parts=("early stopping", "selection", "pseudo-labels", "mixup"),
        equations=(CONFIDENT, MIXED),
        style=Style("olive", "sparse"),
    ),
)
