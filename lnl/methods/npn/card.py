"""The card of NPN."""

from lnl.methods.card import CORRECTION, Card, Equation, Style

VOTES = Equation(
    "At each visit, the classes of the network's top K get a vote for the sample; n counts them "
    "over the whole run.",
    r"n_i = n_i + \sum_{k \in \mathrm{top}_K p(x_i)} e_k",
    "NPN, released code",
)
PARTIAL = Equation(
    "Cross entropy with the class of most votes, or with each class's share of them.",
    r"\ell_{\mathrm{PLL}} = \ell_{\mathrm{CE}}\left(x, \mathrm{arg}\max_k n_k\right)"
    r"\quad \text{or} \quad \ell_{\mathrm{CE}}\left(x, n / \sum_k n_k\right)",
    "NPN, partial-label learning",
)
NEGATIVE = Equation(
    "All classes other than the given label and the predicted class are negative labels.",
    r"\ell_{\mathrm{NL}} = -\sum_{k \ne y,\, \hat y} \log (1 - p_k)",
    "NPN, negative learning",
)
CONSISTENT = Equation(
    "A strongly augmented view is taught the class predicted for the weak one.",
    r"\mathcal{L} = \ell_{\mathrm{PLL}} + \alpha\, \ell_{\mathrm{NL}} "
    r"+ \beta\, \ell_{\mathrm{CE}}(x_{\mathrm{strong}}, \hat y)",
    "NPN, overall loss",
)

CARDS = (
    Card(
        "npn",
        title="NPN",
        source="Sheng et al., AAAI 2024",
        group=CORRECTION,
        summary="Decides between given label and prediction by votes over the run; all other "
        "classes are negative labels.",
        parts=("label correction", "negative learning", "consistency"),
        equations=(VOTES, PARTIAL, NEGATIVE, CONSISTENT),
        style=Style("brown", "longnicked"),
    ),
)
