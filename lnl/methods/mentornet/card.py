"""The cards of MentorNet."""

from lnl.methods.card import SELECTION, Card, Equation, Published, Style
from lnl.methods.co_teaching.card import KEPT

SELF_PACED = Equation(
    "The network learns the samples C of a batch whose loss is small.",
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_i, \qquad |C| = R(e)\, B",
    "MentorNet, self-paced, as papers compare with it",
)
PERCENTILE = Equation(
    "λ follows a percentile of each batch's losses.",
    r"\lambda = d \lambda + (1 - d)\, \mathrm{percentile}_p(\ell)",
    "MentorNet, released code",
)
CURRICULUM = Equation(
    "After a burn-in, samples of a loss up to λ are learned; at the end of the run, larger losses "
    "too, the less the larger they are.",
    r"v_i = \left[\ell_i \le \lambda\right], \quad \text{at the end} \quad "
    r"v_i = \mathrm{clip}\left(1 - \frac{\ell_i - \lambda}{\gamma},\, 0,\, 1\right)",
    "MentorNet, predefined curriculum",
)
WEIGHTED = Equation(
    "Weights are set to 0 at random, and the losses are averaged with the rest.",
    r"\mathcal{L} = \frac{1}{B} \sum_i v_i\, \ell_{\mathrm{CE}}(x_i, y_i)",
    "MentorNet, released code",
)

CARDS = (
    Card(
        "mentornet",
        title="MentorNet",
        source="Jiang et al., ICML 2018; self-paced",
        group=SELECTION,
        summary="One network that learns only its own samples of small loss.",
        parts=("selection",),
        equations=(SELF_PACED, KEPT),
        style=Style("olive", "dashdotdot"),
        published=Published({"mentornet": {}}),
    ),
    Card(
        "mentornet-pd",
        title="MentorNet PD",
        source="Jiang et al., ICML 2018; predefined curriculum",
        group=SELECTION,
        summary="Weighs samples by how their loss compares with a running percentile.",
        parts=("selection", "weights"),
        equations=(PERCENTILE, CURRICULUM, WEIGHTED),
        style=Style("olive", "nicked"),
    ),
)
SELF_PACED_CARD, PREDEFINED_CARD = CARDS
