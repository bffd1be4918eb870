"""The card of D2L."""

from lnl.methods.card import CORRECTION, Card, Equation, Published, Style

LID = Equation(
    "Local intrinsic dimensionality of a sample's features, from the distances to its k nearest "
    "neighbours in a batch; D2L follows its mean over random training images.",
    r"\mathrm{LID} = -\left(\frac{1}{k} \sum_{j=1}^{k} \log \frac{r_j}{r_k}\right)^{-1}",
    "D2L, section 3",
)
TURN = Equation(
    "It falls while the network learns. Where it rises clearly above its last w values, memorising "
    "begins, and the weights go back by one epoch.",
    r"\mathrm{LID}_e - \mu_w > 2 \sigma_w",
    "D2L, section 4",
)
BLENDED = Equation(
    "From then on targets are blended with the predicted class, the more the higher LID is.",
    r"t = \alpha_e\, e_y + (1 - \alpha_e)\, e_{\hat y}, \qquad "
    r"\alpha_e = \exp\left(-\frac{e}{E} \frac{\mathrm{LID}_e}"
    r"{\min_{j \le e} \mathrm{LID}_j}\right)",
    "D2L, section 4",
)

CARDS = (
    Card(
        "d2l",
        title="D2L",
        source="Ma et al., ICML 2018",
        group=CORRECTION,
        summary="Trusts its predictions once the dimensionality of its features begins to rise.",
        parts=("label correction", "early stopping"),
        equations=(LID, TURN, BLENDED),
        style=Style("brown", "sparse"),
        published=Published({"d2l": {}}),
    ),
)
