"""The card of ACT."""

from lnl.methods.card import SELECTION, Card, Equation, Published, Style

MEMORISATION_GAP = Equation(
    "How far network 2, which learns every label, is ahead of network 1 on the given labels.",
    r"M = \frac{\mathrm{acc}_2 - \mathrm{acc}_1}{\mathrm{acc}_1}",
    "ACT, released code",
)
ACT_SELECTION = Equation(
    "Clean is what both predict, and, while M < τ, what network 2 alone predicts.",
    r"C = \{i : \hat y^{(2)}_i = y_i \;\wedge\; (\hat y^{(1)}_i = y_i \,\vee\, M < \tau)\}",
    "ACT, released code",
)
ACT_LOSS = Equation(
    "Network 1: clean samples by how often they were chosen before (ω), and strongly augmented "
    "ones with corrected labels ỹ. Network 2: cross entropy on everything.",
    r"\mathcal{L}_1 = \frac{0.8}{|C|} \sum_{i \in C} \omega_i\, \ell_{\mathrm{CE}}(x_i, y_i)"
    r"+ \frac{0.2}{B} \sum_i \ell_{\mathrm{CE}}(\mathrm{Aug}(x_i), \tilde y_i)",
    "ACT, released code",
)

CARDS = (
    Card(
        "act",
        title="ACT",
        source="ACT (Sheng et al., ACM MM 2024)",
        group=SELECTION,
        summary="A robust and a memorising network: what both predict is clean, the gap says when.",
        parts=("selection", "mining", "re-weighting", "relabelling"),
        equations=(MEMORISATION_GAP, ACT_SELECTION, ACT_LOSS),
        style=Style("olive", "longdashdot"),
        networks=2,
        published=Published({"act": {}}),
    ),
)
