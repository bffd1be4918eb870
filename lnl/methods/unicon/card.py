"""The card of UniCon."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Published, Style
from lnl.methods.dividemix.card import MIXED

DIVERGENCE = Equation(
    "How far the mean prediction of both networks is from the given label.",
    r"d_i = \mathrm{JSD}\left(\tfrac{1}{2}(p^{(1)} + p^{(2)}),\, e_{y_i}\right), \qquad "
    r"\mathrm{JSD}(p, q) = \tfrac{1}{2} \mathrm{KL}\left(p \,\middle\|\, \tfrac{p + q}{2}\right) "
    r"+ \tfrac{1}{2} \mathrm{KL}\left(q \,\middle\|\, \tfrac{p + q}{2}\right)",
    "UniCon, Eq. 1",
)
SELECTION = Equation(
    "The cut follows the mean; the share R of samples below it sets how many labels are kept: "
    "equally many of each class, those of least divergence.",
    r"d_{\mathrm{cut}} = \begin{cases} \overline d - \frac{\overline d - d_{\min}}{\tau} & "
    r"\overline d > d_\mu \\ \overline d & \text{else} \end{cases}, \qquad "
    r"R = \frac{1}{N} \left|\{i : d_i < d_{\mathrm{cut}}\}\right|, \qquad "
    r"|X_c| = \left\lfloor \frac{R\, N}{K} \right\rfloor",
    "UniCon, Eq. 2-3",
)
CONTRAST = Equation(
    "Two strong views of a sample without label have near features z, projected and of length 1, "
    "others have not.",
    r"\ell_C = -\log \frac{\exp(z_i \cdot z_j / \kappa)}{\sum_{b \ne i} \exp(z_i \cdot z_b / "
    r"\kappa)}",
    "UniCon, Eq. 6",
)

CARDS = (
    Card(
        "unicon",
        title="UniCon",
        source="Karim et al., CVPR 2022",
        group=SEMI_SUPERVISED,
        summary="Keeps equally many labels of each class, and learns features from the images "
        "without.",
        parts=("two networks", "selection", "pseudo-labels", "mixup", "contrastive learning"),
        equations=(DIVERGENCE, SELECTION, MIXED, CONTRAST),
        style=Style("red", "longdashdot"),
        networks=2,
        published=Published({"unicon": {}}),
    ),
)
