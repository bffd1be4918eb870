"""The card of CA2C."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Published, Style

VOTES = Equation(
    "Each visit, the K classes that network N finds likeliest get a vote. u are a sample's shares "
    "of votes, h is the class with most of them.",
    r"n_i = n_i + \sum_{k \in \mathrm{top}_K(p^N)} e_k, \qquad "
    r"u_i = \frac{n_i}{\sum_k n_{ik}}, \qquad h_i = \mathrm{arg}\max_k n_{ik}",
    "CA2C, co-learning",
)
CANDIDATES = Equation(
    "Network P learns these candidates, weighted by how large the largest share is.",
    r"\mathcal{L}_{\mathrm{PLL}} = \frac{1}{B} \sum_i \left(\max_k u_{ik}\right) "
    r"\left[-\sum_k \left(\lambda [k = h_i] + (1 - \lambda)\, u_{ik}\right) \log p^P_k(x_i)\right]",
    "CA2C, the loss of P",
)
COMPLEMENT = Equation(
    "Network N learns what a sample is not: M_i are all classes but the K likeliest ones of P.",
    r"\mathcal{L}_{\mathrm{NL}} = -\frac{1}{B} \sum_i \sum_{k \in M_i} "
    r"\log\left(1 - p^N_k(x_i)\right)",
    "CA2C, the loss of N",
)
CONSISTENCY = Equation(
    "Each network also learns its own prediction on a strongly augmented view.",
    r"\mathcal{L} = (1 - s)\, \mathcal{L}_{\mathrm{PLL\,|\,NL}} + s\, "
    r"\ell_{\mathrm{CE}}\left(x^{\mathrm{strong}},\, \mathrm{arg}\max_k p_k(x)\right)",
    "CA2C, consistency",
)

CARDS = (
    Card(
        "ca2c",
        title="CA2C",
        source="Sheng et al., ICCV 2025",
        group=SEMI_SUPERVISED,
        summary="One network learns what a sample is not, the other learns the candidates left.",
        parts=("two networks", "candidate labels", "negative learning", "consistency"),
        equations=(VOTES, CANDIDATES, COMPLEMENT, CONSISTENCY),
        style=Style("green", "longdash"),
        networks=2,
        published=Published({"ca2c": {}}),
    ),
)
