"""The card of peer loss."""

from lnl.methods.card import ROBUST_LOSSES, Card, Equation, Style

PEER = Equation(
    "The loss, less α times that of images paired with labels at random: whoever only knows how "
    "frequent each label is earns nothing. ρ is a permutation.",
    r"\mathcal{L} = \frac{1}{B} \sum_i \ell(x_i, y_i) - \frac{\alpha}{B} \sum_i "
    r"\ell(x_i, y_{\rho(i)})",
    "Peer loss, α-weighted",
)
BOUNDED = Equation(
    "Cross entropy with a small number in the logarithm, so that what is subtracted has a bound.",
    r"\ell(x, y) = -\log\left(p_y(x) + 10^{-5}\right)",
    "Peer loss, released code",
)

CARDS = (
    Card(
        "peer",
        title="Peer loss",
        source="Liu & Guo, ICML 2020",
        group=ROBUST_LOSSES,
        summary="Subtracts the loss on labels dealt out at random; the noise rate is not needed.",
        parts=("positive learning", "robust loss"),
        equations=(PEER, BOUNDED),
        style=Style("grey", "twin dots"),
    ),
)
