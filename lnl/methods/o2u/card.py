"""The card of O2U-Net."""

from lnl.methods.card import SELECTION, Card, Equation, Style

CYCLE = Equation(
    "The learning rate falls from r₁ to r₂ within c epochs, and starts again: the network keeps "
    "falling out of and back into its memory.",
    r"\eta(e) = (1 - s)\, r_1 + s\, r_2, \qquad s = \frac{1 + (e - 1) \,\mathrm{mod}\, c}{c}",
    "O2U-Net, cyclical training",
)
SCORE = Equation(
    "Losses are added up over these epochs, each less the mean of all samples.",
    r"S_i = \sum_e \left(\ell_i(e) - \frac{1}{N} \sum_j \ell_j(e)\right)",
    "O2U-Net, ranking of the losses",
)
CLEANED = Equation(
    "A new network learns all samples but the share τ of largest S; τ is the noise rate.",
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_i, \qquad |C| = \lfloor (1 - \tau) N \rfloor",
    "O2U-Net, training on clean data",
)

CARDS = (
    Card(
        "o2u",
        title="O2U-Net",
        source="Huang et al., ICCV 2019",
        group=SELECTION,
        summary="Swings between over- and underfitting to see whose loss stays large; drops those.",
        parts=("selection",),
        equations=(CYCLE, SCORE, CLEANED),
        style=Style("olive", "longnicked"),
    ),
)
