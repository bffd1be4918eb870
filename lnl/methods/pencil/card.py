"""The card of PENCIL."""

from lnl.methods.card import CORRECTION, Card, Equation, Published, Style

DISTRIBUTION = Equation(
    "Each sample has a label distribution, the softmax of numbers that are trained like weights "
    "and start at a multiple of the given label.",
    r"y^d_i = \mathrm{softmax}(\tilde y_i), \qquad \tilde y_i = 10\, e_{y_i} \text{ at first}",
    "PENCIL, section 3",
)
LOSS = Equation(
    "Network and label distribution are pulled together; the second term ties the distribution to "
    "the given label, the third makes predictions decide.",
    r"\ell = \frac{1}{K} \mathrm{KL}\left(p \,\Vert\, y^d\right) "
    r"+ \alpha\, \ell_{\mathrm{CE}}(y^d, y) - \frac{\beta}{K} \sum_k p_k \log p_k",
    "PENCIL, section 3; the released code takes softmax of y^d once more in the second term",
)
UPDATE = Equation(
    "Labels follow their own gradient; without the second term, the network's prediction.",
    r"\tilde y_i = \tilde y_i - \lambda \frac{\partial \mathcal{L}}{\partial \tilde y_i}, "
    r"\qquad \frac{\partial\, \mathrm{KL}(p \,\Vert\, y^d)}{\partial \tilde y} = y^d - p",
    "PENCIL, section 3",
)

CARDS = (
    Card(
        "pencil",
        title="PENCIL",
        source="Yi & Wu, CVPR 2019",
        group=CORRECTION,
        summary="Trains the label distribution of each sample together with the network.",
        parts=("label correction",),
        equations=(DISTRIBUTION, LOSS, UPDATE),
        style=Style("brown", "twin dots"),
        published=Published({"pencil": {}}),
    ),
)
