"""The cards of NLNL and of its parts."""

from lnl.methods.card import Card, Cut, Equation, Group, Published, Style

GROUP = Group(
    "NLNL", "Negative Learning for Noisy Labels, ICCV 2019: teach what an image is not.", place=1
)
NEGATIVE = Equation(
    "Negative learning: this image is not a ȳ, a random class other than the given one.",
    r"\ell_{\mathrm{NL}} = -\log\left(1 - p_{\bar y}\right), \qquad "
    r"\bar y \sim \mathcal{U}\left(\{1, \dots, K\} \setminus \{y\}\right)",
    "NLNL, Eq. 2",
)
NEGATIVE_GRADIENT = Equation(
    "Its gradient: ȳ goes down, every other class goes up a little.",
    r"\frac{\partial \ell_{\mathrm{NL}}}{\partial z_k} = \begin{cases} p_{\bar y} & k = \bar y \\"
    r"-\dfrac{p_{\bar y}}{1 - p_{\bar y}}\, p_k & k \ne \bar y \end{cases}",
    "NLNL, Eq. 3",
)
MEAN_CONFIDENCE = Equation(
    "What decides about a sample: its mean confidence over the last ten epochs.",
    r"\bar p_i = \frac{1}{10} \sum_{e = E - 9}^{E} p^{(e)}_{y_i}(x_i)",
    "NLNL, released code",
)
SELECTIVE_NEGATIVE = Equation(
    "Negative learning only on samples that are believed more than chance.",
    r"\ell_{\mathrm{SelNL}} = \left[\bar p_i > \tfrac{1}{K}\right]"
    r"\left(-\log\left(1 - p_{\bar y}\right)\right)",
    "NLNL, section 3.2",
)
SELECTIVE_POSITIVE = Equation(
    "Positive learning only on samples that are believed more than γ.",
    r"\ell_{\mathrm{SelPL}} = \left[\bar p_i > \gamma\right] \left(-\log p_y\right)",
    "NLNL, section 3.3",
)
PSEUDO_LABELS = Equation(
    "A new network learns the given label of kept samples, and for the rest what a network that "
    "was trained on the kept ones predicts.",
    r"\ell = -\sum_{k=1}^{K} t_{ik} \log p_k, \qquad t_i = \begin{cases} e_{y_i}"
    r"& \bar p_i > \gamma \\ \bar p^{\,\mathrm{filtered}}(x_i) & \text{else} \end{cases}",
    "NLNL, section 3.5, Figure 5c",
)

GAMMA = Cut("threshold", "γ")
# The released code weighs each loss by how rare its given label is. Where most labels of a class
# are wrong, only that favours the right one: Table 6 of MNIST at 60 % has 79.48, near the eight
# classes of ten so learnable, five without weighing.
BESIDES = {("NLNL", "asymmetric"): {"class_weight": True}}

CARDS = (
    Card(
        "nl",
        title="NL",
        source="NLNL, section 3.1, Table 7 #4",
        group=GROUP,
        summary="Teach what an image is not: a random class other than the given one.",
        parts=("negative learning",),
        equations=(NEGATIVE, NEGATIVE_GRADIENT),
        style=Style("teal", "dot"),
        defaults={"selnl_epochs": 0, "selpl_epochs": 0},
        published=Published({"nl": {}}, besides=BESIDES),
    ),
    Card(
        "selnl",
        title="SelNL",
        source="NLNL, section 3.2, Table 7 #2",
        group=GROUP,
        summary="Negative learning, then only on samples whose confidence is above chance.",
        parts=("negative learning", "selective NL"),
        equations=(NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_NEGATIVE),
        style=Style("green", "dashdot"),
        defaults={"selpl_epochs": 0},
        losses=("nl", "selnl"),
        cut=GAMMA,
        published=Published({"nl_selnl": {}}, besides=BESIDES),
    ),
    Card(
        "selpl",
        title="SelPL",
        source="NLNL, section 3.3, Table 7 #3",
        group=GROUP,
        summary="Negative learning, then cross entropy on the samples it is confident of.",
        parts=("negative learning", "selective PL"),
        equations=(NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_POSITIVE),
        style=Style("olive", "longdash"),
        defaults={"selnl_epochs": 0},
        losses=("nl", "selpl"),
        cut=GAMMA,
        published=Published({"nl_selpl": {}}, besides=BESIDES),
    ),
    Card(
        "selnlpl",
        title="SelNLPL",
        source="NLNL, section 3.4",
        group=GROUP,
        summary="Negative learning, then on the samples above chance, then cross entropy on the "
        "sure.",
        parts=("negative learning", "selective NL", "selective PL"),
        equations=(NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_NEGATIVE, SELECTIVE_POSITIVE),
        style=Style("green", "dash"),
        losses=("nl", "selnl", "selpl"),
        cut=GAMMA,
        published=Published({"selnlpl": {}}, besides=BESIDES),
    ),
    Card(
        "nlnl",
        title="NLNL",
        source="NLNL, section 3.5",
        group=GROUP,
        summary="NL, SelNL, SelPL, then new networks on the kept samples and on soft labels.",
        parts=("negative learning", "selective NL", "selective PL", "pseudo-labels"),
        equations=(
            NEGATIVE,
            MEAN_CONFIDENCE,
            SELECTIVE_NEGATIVE,
            SELECTIVE_POSITIVE,
            PSEUDO_LABELS,
        ),
        style=Style("green", "solid"),
        defaults={"filtered_epochs": 480, "soft_epochs": 480},
        losses=("nl", "selnl", "selpl"),
        cut=GAMMA,
        published=Published({"nlnl": {}}, besides=BESIDES),
    ),
)
