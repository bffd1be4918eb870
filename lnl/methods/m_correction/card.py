"""The card of M-correction."""

from lnl.methods.card import CORRECTION, Card, Equation, Published, Style

MIXTURE = Equation(
    "Two beta distributions are fitted to the scaled losses of all samples; B is the probability "
    "that a loss comes from the one of higher mean.",
    r"B_i = p\left(\text{large} \mid \ell_{\mathrm{CE}}(x_i, y_i)\right)",
    "M-correction, section 3.1",
)
TARGET = Equation(
    "Each label is blended with the class predicted for the image unmixed, the more the likelier "
    "it is wrong.",
    r"t_i = (1 - B_i)\, e_{y_i} + B_i\, e_{\hat y_i}",
    "M-correction, section 3.2",
)
MIXED = Equation(
    "Images and targets are mixed in pairs, with a term that keeps the batch's mean prediction "
    "near the uniform distribution.",
    r"\mathcal{L} = \ell_{\mathrm{CE}}\left(\lambda x + (1 - \lambda) x',\ "
    r"\lambda t + (1 - \lambda) t'\right) "
    r"+ \eta \sum_k \frac{1}{K} \log \frac{1 / K}{\bar p_k}, \qquad "
    r"\lambda \sim \mathrm{Beta}(32, 32)",
    "M-correction, section 3.3",
)

CARDS = (
    Card(
        "m-correction",
        title="M-correction",
        source="Arazo et al., ICML 2019",
        group=CORRECTION,
        summary="Blends labels of large loss with the network's prediction, on mixed images.",
        parts=("label correction", "regularisation"),
        equations=(MIXTURE, TARGET, MIXED),
        style=Style("brown", "dashdotdot"),
        published=Published({"m_correction": {}}),
    ),
)
