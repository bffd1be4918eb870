"""The card of JoCoR."""

from lnl.methods.card import SELECTION, Card, Equation, Style
from lnl.methods.co_teaching.card import KEPT

JOINT = Equation(
    "Both networks' cross entropy, and how far their predictions differ.",
    r"\ell_i = (1 - \lambda) \left(\ell^{(1)}_i + \ell^{(2)}_i\right) + \lambda \sum_k "
    r"\left(p^{(1)}_k - p^{(2)}_k\right) \left(\log p^{(1)}_k - \log p^{(2)}_k\right)",
    "JoCoR, the joint loss",
)
SELECTED = Equation(
    "Both networks learn the samples C of a batch whose joint loss is small.",
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_i, \qquad |C| = R(e)\, B",
    "JoCoR, algorithm 1",
)

CARDS = (
    Card(
        "jocor",
        title="JoCoR",
        source="Wei et al., CVPR 2020",
        group=SELECTION,
        summary="Two networks trained as one, on the samples that both find easy and agree on.",
        parts=("two networks", "selection", "consistency"),
        equations=(JOINT, SELECTED, KEPT),
        style=Style("olive", "dot"),
        networks=2,
    ),
)
