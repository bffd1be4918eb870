"""The cards of PMNAR and of its parts."""

from lnl.methods.card import Card, Equation, Group, Published, Style
from lnl.methods.ce.card import CROSS_ENTROPY

GROUP = Group(
    "PMNAR",
    "Positive and Multi-Negative Learning with Adaptive Reweighting: weigh each sample "
    "by how far it is believed.",
    place=2,
)
MULTI_NEGATIVE = Equation(
    "Multi-negative learning: none of the classes S, which are all that are neither given nor ever "
    "predicted for this sample.",
    r"\ell_{\mathrm{ML}} = -\sum_{k \in S_i} \log\left(1 - p_k\right)",
    "PMNAR, Eq. 6",
)
POSITIVE_MULTI_NEGATIVE = Equation(
    "Positive and multi-negative learning at once; S are the classes that are neither given nor "
    "ever predicted for this sample.",
    r"\ell_{\mathrm{PM}} = -\log p_y - \sum_{k \in S_i} \log\left(1 - p_k\right)",
    "PMNAR, Eq. 7",
)
REWEIGHTING = Equation(
    "Adaptive reweighting: the loss counts by how far the label is believed beyond the least "
    "believed one.",
    r"w_i = p_{y_i}(x_i) - \min_j p_{y_j}(x_j), \qquad "
    r"w_i \frac{\partial \ell_{\mathrm{CE}}}{\partial \theta} ="
    r"-\left(1 - \frac{p_{\min}}{p_y}\right) \nabla_\theta\, p_y",
    "PMNAR, Eq. 4",
)
CROSS_WEIGHTS = Equation(
    "Two networks: each weighs the samples of the other.",
    r"w^{(1)}_i = p^{(2)}_{y_i}(x_i) - \min_j p^{(2)}_{y_j}(x_j)",
    "PMNAR, Algorithm 1",
)
CONSISTENCY = Equation(
    "The strongly augmented image shall look as the two networks together see the image.",
    r"\ell_{\mathrm{Reg}} = D_{\mathrm{KL}}\left(\tfrac{1}{2}\left(p^{(1)} + p^{(2)}\right)"
    r"\,\middle\|\; p(\mathrm{Aug}(x))\right)",
    "PMNAR, Eq. 9",
)
PMNAR_LOSS = Equation(
    "The whole loss.",
    r"\ell = w_i\, \ell_{\mathrm{PM}} + \beta\, \ell_{\mathrm{Reg}}",
    "PMNAR, Eq. 10",
)

CARDS = (
    Card(
        "ml",
        title="ML",
        source="PMNAR, Eq. 6",
        group=GROUP,
        summary="Negative learning on all classes that are neither given nor ever predicted.",
        parts=("multi-negative learning",),
        equations=(MULTI_NEGATIVE,),
        style=Style("red", "solid"),
        defaults={"positive": False, "reweighting": False},
        published=Published({"ml": {}}),
    ),
    Card(
        "pm",
        title="PM",
        source="PMNAR, Eq. 7",
        group=GROUP,
        summary="Cross entropy on the given label, negative learning on the others never "
        "predicted.",
        parts=("positive learning", "multi-negative learning"),
        equations=(POSITIVE_MULTI_NEGATIVE,),
        style=Style("brown", "dash"),
        defaults={"reweighting": False},
        losses=("ml", "pm"),
        published=Published({"pm": {}}),
    ),
    Card(
        "ce-ar",
        title="CE+AR",
        source="PMNAR, section 3.2, Figure 1",
        group=GROUP,
        summary="Cross entropy, each sample weighted by its own confidence.",
        parts=("positive learning", "reweighting"),
        equations=(CROSS_ENTROPY, REWEIGHTING),
        style=Style("wine", "solid"),
        defaults={"negative": False},
    ),
    Card(
        "pm-ar",
        title="PM+AR",
        source="PMNAR, Table 5",
        group=GROUP,
        summary="Positive and multi-negative learning, each sample weighted by its own confidence.",
        parts=("positive learning", "multi-negative learning", "reweighting"),
        equations=(POSITIVE_MULTI_NEGATIVE, REWEIGHTING),
        style=Style("red", "longdash"),
        losses=("pm", "pm-ar"),
        published=Published({"pm_ar": {}}),
    ),
    Card(
        "pmnar",
        title="PMNAR",
        source="PMNAR, Algorithm 1",
        group=GROUP,
        summary="Two networks weigh each other's samples; classes never predicted are negatives.",
        parts=("positive learning", "multi-negative learning", "reweighting", "consistency"),
        equations=(POSITIVE_MULTI_NEGATIVE, CROSS_WEIGHTS, CONSISTENCY, PMNAR_LOSS),
        style=Style("brown", "dot"),
        networks=2,
        defaults={"two_networks": True, "consistency": True},
        losses=("pm", "pm-ar"),
        published=Published(
            {"pmnar": {}, "pmnar_no_consistency": {"consistency": 0.0}}, unset={"consistency": True}
        ),
    ),
)
