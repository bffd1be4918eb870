"""The card of JNPL."""

from lnl.methods.card import CORRECTION, Card, Cut, Equation, Published, Style

NEGATIVE = Equation(
    "Negative learning on a random other class ȳ, weighted so that its gradient fades where ȳ is "
    "believed: such a sample would undo what was learned. The weight w has no gradient.",
    r"\ell_{\mathrm{NL+}} = -w \log (1 - p_{\bar y}), \quad w = 1 - p_{\bar y}; \qquad "
    r"\frac{\partial \ell_{\mathrm{NL+}}}{\partial z_{\bar y}} = p_{\bar y} (1 - p_{\bar y})",
    "JNPL, the loss NL+",
)
POSITIVE = Equation(
    "Positive learning on the predicted class, for samples S all of whose other classes are below "
    "chance, each kept with probability p_ŷ.",
    r"\ell_{\mathrm{PL+}} = -v \log p_{\hat y}, \quad "
    r"v = \prod_{n=0}^{N} \left(1 + p_{\hat y}^{2^n}\right); \qquad "
    r"\frac{\partial \ell_{\mathrm{PL+}}}{\partial z_{\hat y}} = -\left(1 - p_{\hat y}^{2^{N+1}}"
    r"\right)",
    "JNPL, the loss PL+",
)
JOINT = Equation(
    "Both at once.",
    r"\mathcal{L} = \frac{1}{B} \left[\sum_i \ell_{\mathrm{NL+}}(x_i) + \lambda \sum_{i \in S} "
    r"\ell_{\mathrm{PL+}}(x_i)\right]",
    "JNPL, the joint loss",
)

CARDS = (
    Card(
        "jnpl",
        title="JNPL",
        source="Kim et al., CVPR 2021",
        group=CORRECTION,
        summary="NLNL in one stage: negative and positive learning at once, then pseudo-labels.",
        parts=("negative learning", "pseudo-labels"),
        equations=(NEGATIVE, POSITIVE, JOINT),
        style=Style("green", "longdashdot"),
        losses=("nl", "jnpl"),
        cut=Cut("threshold", "γ"),
        published=Published({"jnpl": {}}),
    ),
)
