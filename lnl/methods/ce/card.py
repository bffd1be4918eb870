"""The card of CE."""

from lnl.methods.card import BASELINES, Card, Equation, Published, Style

CROSS_ENTROPY = Equation(
    "Positive learning: this image is a y.",
    r"\ell_{\mathrm{CE}} = -\log p_y, \qquad "
    r"\frac{\partial \ell_{\mathrm{CE}}}{\partial p_y} = -\frac{1}{p_y}",
    "NLNL, Eq. 1; PMNAR, Eq. 1 and 2",
)

CARDS = (
    Card(
        "ce",
        title="CE",
        source="standard training",
        group=BASELINES,
        summary="Trust every given label: learn first what most of them agree on, then memorise "
        "the rest.",
        parts=("positive learning",),
        equations=(CROSS_ENTROPY,),
        style=Style("indigo", "solid"),
        published=Published({"ce": {}}),
    ),
)
