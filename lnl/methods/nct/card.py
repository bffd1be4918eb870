"""The card of NCT."""

from lnl.methods.card import REGULARISATION, Card, Equation, Published, Style

LOSS = Equation(
    "Each network learns labels and the other network's softened prediction, which has no "
    "gradient; reliance on the other grows.",
    r"\mathcal{L}_1 = (1 - a)\, \ell_{\mathrm{CE}}\left(x, \tilde y^{(1)}\right) "
    r"+ a\, T^2\, \mathrm{KL}\left(p^{(2)}_T \,\Vert\, p^{(1)}_T\right), \qquad "
    r"p_T = \mathrm{softmax}(z / T)",
    "NCT, overall loss",
)
RELIANCE = Equation(
    "It rises over the first L epochs.",
    r"a_e = 0.9 \exp\left(-5 \left(1 - \min(e / L, 1)\right)^2\right)",
    "NCT, dynamic balancing",
)
TARGETS = Equation(
    "For each network anew, a growing share r of the labels in a batch is replaced by random "
    "classes, so that labels are hard to memorise.",
    r"r_e = r_{\min} + (r_{\max} - r_{\min}) \frac{\log(e - w)}{\log(E - w)}",
    "NCT, target variability",
)

CARDS = (
    Card(
        "nct",
        title="NCT",
        source="Sarfraz et al., WACV 2021",
        group=REGULARISATION,
        summary="Two networks that teach each other, while ever more of their labels are random.",
        parts=("two networks", "consistency", "regularisation"),
        equations=(LOSS, RELIANCE, TARGETS),
        style=Style("indigo", "sparse"),
        networks=2,
        published=Published({"nct": {}}),
    ),
)
