"""The card of Joint Optimization."""

from lnl.methods.card import CORRECTION, Card, Equation, Published, Style

JOINT = Equation(
    "Cross entropy with a soft label t, and two terms against trivial solutions: all samples in "
    "one class, and flat predictions.",
    r"\mathcal{L} = \frac{1}{B} \sum_i \ell_{\mathrm{CE}}(x_i, t_i) "
    r"+ \alpha\, \mathcal{L}_p + \beta\, \mathcal{L}_e",
    "Joint Optimization, section 3",
)
PRIOR = Equation(
    "The batch's mean prediction is held near the uniform distribution.",
    r"\mathcal{L}_p = \sum_k \frac{1}{K} \log \frac{1 / K}{\bar p_k}, \qquad "
    r"\bar p = \frac{1}{B} \sum_i p(x_i)",
    "Joint Optimization, section 3",
)
ENTROPY = Equation(
    "Each prediction is pushed towards one class.",
    r"\mathcal{L}_e = -\frac{1}{B} \sum_i \sum_k p_k(x_i) \log p_k(x_i)",
    "Joint Optimization, section 3",
)
LABELS = Equation(
    "After each epoch, labels become the network's mean prediction over the last E epochs.",
    r"t_i = \frac{1}{E} \sum_{e' = e - E + 1}^{e} p^{(e')}(x_i)",
    "Joint Optimization, section 3",
)

CARDS = (
    Card(
        "jo",
        title="Joint Optimization",
        source="Tanaka et al., CVPR 2018",
        group=CORRECTION,
        summary="Replaces labels by the network's own mean predictions, then trains a new network "
        "on them.",
        parts=("label correction", "regularisation"),
        equations=(JOINT, PRIOR, ENTROPY, LABELS),
        style=Style("brown", "twin dashes"),
        published=Published({"joint_optimization": {}}),
    ),
)
