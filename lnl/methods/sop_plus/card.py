"""The card of SOP+."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Style
from lnl.methods.sop.card import NOISE, PREDICTED, SQUARED

CONSISTENCY = Equation(
    "What the network says of a weakly augmented view is the target for a strongly augmented one.",
    r"\ell_C = \mathrm{KL}\left(p(x^{\mathrm{weak}}) \,\middle\|\, p(x^{\mathrm{strong}})\right)",
    "SOP, section 4 (SOP+)",
)
BALANCE = Equation(
    "The batch's mean prediction, with the noise it absorbs, is kept near uniform.",
    r"\ell_B = -\sum_k \frac{1}{K} \log \overline{q}_k, \qquad "
    r"\mathcal{L} = \ell_{\mathrm{CE}} + \ell_{\mathrm{MSE}} + \lambda_C\, \ell_C + "
    r"\lambda_B\, \ell_B",
    "SOP, section 4 (SOP+)",
)

CARDS = (
    Card(
        "sop-plus",
        title="SOP+",
        source="Liu et al., ICML 2022",
        group=SEMI_SUPERVISED,
        summary="SOP that also learns from its own prediction on another view, classes balanced.",
        parts=("noise model per sample", "consistency", "class balance"),
        equations=(NOISE, PREDICTED, SQUARED, CONSISTENCY, BALANCE),
        style=Style("indigo", "twin dots"),
    ),
)
