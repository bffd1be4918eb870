"""The cards of Co-teaching and Co-teaching+."""

from lnl.methods.card import SELECTION, Card, Equation, Published, Style

KEPT = Equation(
    "The share of a batch that is kept falls from 1 to 1 - τ over the first epochs; "
    "τ is the noise rate.",
    r"R(e) = 1 - \tau\, \min\left(\frac{e}{e_k}, 1\right)",
    "Co-teaching, the keep rate R(T)",
)
EXCHANGE = Equation(
    "Each network learns the samples of small loss that the other one chose.",
    r"\mathcal{L}_1 = \frac{1}{|C_2|} \sum_{i \in C_2} \ell^{(1)}_i, \qquad "
    r"\mathcal{L}_2 = \frac{1}{|C_1|} \sum_{i \in C_1} \ell^{(2)}_i",
    "Co-teaching, algorithm 1",
)
DISAGREEMENT = Equation(
    "They choose among the samples of the batch on which the two predictions differ.",
    r"C_1, C_2 \text{ of } D = \left\{i : \hat y^{(1)}_i \ne \hat y^{(2)}_i\right\}",
    "Co-teaching+, algorithm 1",
)

CARDS = (
    Card(
        "co-teaching",
        title="Co-teaching",
        source="Han et al., NeurIPS 2018",
        group=SELECTION,
        summary="Two networks, each learning the samples of small loss that the other one chose.",
        parts=("two networks", "selection"),
        equations=(KEPT, EXCHANGE),
        style=Style("olive", "solid"),
        networks=2,
    ),
    Card(
        "co-teaching-plus",
        title="Co-teaching+",
        source="Yu et al., ICML 2019",
        group=SELECTION,
        summary="Co-teaching on the samples that the two networks disagree about.",
        parts=("two networks", "selection"),
        equations=(KEPT, EXCHANGE, DISAGREEMENT),
        style=Style("olive", "dash"),
        networks=2,
        defaults={"disagreement": True},
        published=Published({"coteaching_plus": {}}),
    ),
)
