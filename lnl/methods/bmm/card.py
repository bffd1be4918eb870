"""The card of BMM."""

from lnl.methods.card import SELECTION, Card, Equation, Style

MIXTURE = Equation(
    "Two beta distributions are fitted to the losses of all samples, scaled to [0, 1].",
    r"p(\ell) = \sum_{k=1}^{2} \lambda_k\, \frac{\ell^{\alpha_k - 1} (1 - \ell)^{\beta_k - 1}}"
    r"{B(\alpha_k, \beta_k)}",
    "M-correction, Eqs. 2 and 3",
)
SMALL_LOSS = Equation(
    "Those that the component of lower mean claims are trained on.",
    r"w_i = p\left(k_{\mathrm{low}} \mid \ell_i\right), \qquad "
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_{\mathrm{CE}}(x_i, y_i), \quad "
    r"C = \{i : w_i > 0.5\}",
    "M-correction, Eq. 8",
)

CARDS = (
    Card(
        "bmm",
        title="Small loss (BMM)",
        source="M-correction (Arazo et al., ICML 2019), section 3.1: its mixture alone",
        group=SELECTION,
        summary="Trains on the samples whose loss a mixture of two beta distributions calls small.",
        parts=("selection",),
        equations=(MIXTURE, SMALL_LOSS),
        style=Style("grey", "twin dashes"),
    ),
)
