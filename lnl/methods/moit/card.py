"""The cards of MOIT and MOIT+."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Published, Style

CONTRAST = Equation(
    "Images are mixed in pairs; the projected feature z of a mixed one has a supervised "
    "contrastive loss for the label of each of the two, in the share l that it has. P(y) are the "
    "others whose larger part has the label y. The same against a memory of past features.",
    r"\ell_i = l\, s_i(y_i) + (1 - l)\, s_i(y_j), \qquad s_i(y) = -\frac{1}{|P(y)|} "
    r"\sum_{p \in P(y)} \log \frac{\exp(z_i \cdot z_p / \kappa)}"
    r"{\sum_{b \ne i} \exp(z_i \cdot z_b / \kappa)}",
    "MOIT, Eq. 3-5",
)
NEIGHBOURS = Equation(
    "The k nearest samples vote for a sample's class, first with their given labels, then with "
    "what these votes said. Trusted are equally many of each class, n* the median over the "
    "classes of how many votes agree with the given label.",
    r"d_i = -\log p_{y_i}^{\mathrm{knn}}, \qquad a_i = 1 \text{ for the } n^* "
    r"\text{ least } d_i \text{ of each class}",
    "MOIT, section 3.2",
)
CLASSIFIED = Equation(
    "Later in the run a label that is not trusted gives way to the prediction q on the image as "
    "it is.",
    r"\ell_i = a_i \left[l\, \ell(y_i) + (1 - l)\, \ell(y_j)\right] + l\, (1 - a_i)\, \ell(q_i) "
    r"+ (1 - l) (1 - a_j)\, \ell(q_j)",
    "MOIT, Eq. 9",
)
TUNED = Equation(
    "MOIT+ then starts the head anew and trains on trusted samples alone, mixed, with a share of "
    "the loss on what the network itself predicts.",
    r"\ell_i = (1 - w) \left[l\, \ell(y_i) + (1 - l)\, \ell(y_j)\right] + w \left[l\, "
    r"\ell(\hat y_i) + (1 - l)\, \ell(\hat y_j)\right]",
    "MOIT+, section 3.4",
)

CARDS = (
    Card(
        "moit",
        title="MOIT",
        source="Ortego et al., CVPR 2021",
        group=SEMI_SUPERVISED,
        summary="Learns features and classes from mixed images; neighbours vote whose label is "
        "trusted.",
        parts=("contrastive learning", "selection", "pseudo-labels", "mixup"),
        equations=(CONTRAST, NEIGHBOURS, CLASSIFIED),
        style=Style("green", "dot"),
        published=Published({"moit": {}}),
    ),
    Card(
        "moit-plus",
        title="MOIT+",
        source="Ortego et al., CVPR 2021",
        group=SEMI_SUPERVISED,
        summary="MOIT, then a new head that is trained on trusted samples alone.",
        parts=("contrastive learning", "selection", "pseudo-labels", "mixup", "fine-tuning"),
        equations=(CONTRAST, NEIGHBOURS, CLASSIFIED, TUNED),
        style=Style("green", "longnicked"),
        defaults={"tuning_epochs": 70},
    ),
)
