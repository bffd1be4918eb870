"""The cards of the corrections by a transition matrix."""

from lnl.methods.card import CORRECTION, Card, Equation, Published, Style

MATRIX = Equation(
    "The transition matrix: how often the true class i is given the label j.",
    r"T_{ij} = p(y = j \mid i)",
    "Patrini et al., section 2",
)
FORWARD = Equation(
    "Forward: the predicted true class goes through the noise before the label is compared.",
    r"\ell = -\log \sum_i p_i\, T_{iy}",
    "Patrini et al., forward correction",
)
BACKWARD = Equation(
    "Backward: the losses of all labels, mixed so that their mean over the noise is the clean one.",
    r"\ell = -\sum_j \left(T^{-1}\right)_{yj} \log p_j",
    "Patrini et al., backward correction",
)
ESTIMATE = Equation(
    "Each row is what a first network, trained on the noisy labels, predicts for the sample that "
    "it is surest of.",
    r"\hat T_{ij} = p_j\left(\bar x^i\right), \qquad \bar x^i = \mathrm{arg}\max_x p_i(x)",
    "Patrini et al., section 4.3",
)
PAPER = "Patrini et al., CVPR 2017"

TOLD = (
    Card(
        "forward",
        title="Forward",
        source=f"{PAPER}, forward correction with the true matrix",
        group=CORRECTION,
        summary="Predicts the true class, and passes it through the known noise before the loss.",
        parts=("transition matrix",),
        equations=(MATRIX, FORWARD),
        style=Style("indigo", "dot"),
        published=Published({"forward": {}, "forward_t": {}}),
    ),
    Card(
        "backward",
        title="Backward",
        source=f"{PAPER}, backward correction with the true matrix",
        group=CORRECTION,
        summary="Mixes the losses of all labels by the inverse of the known noise: unbiased, "
        "but of high variance.",
        parts=("transition matrix",),
        equations=(MATRIX, BACKWARD),
        style=Style("indigo", "dashdot"),
        defaults={"direction": "backward"},
        published=Published({"backward": {}}),
    ),
)
ESTIMATED = (
    Card(
        "forward-estimated",
        title="Forward, estimated",
        source=f"{PAPER}, forward correction with an estimated matrix",
        group=CORRECTION,
        summary="Forward, with a matrix that a first network's surest predictions give.",
        parts=("transition matrix", "two stages"),
        equations=(MATRIX, FORWARD, ESTIMATE),
        style=Style("indigo", "longdash"),
        losses=("forward",),
        published=Published({"forward_t_hat": {}}),
    ),
    Card(
        "backward-estimated",
        title="Backward, estimated",
        source=f"{PAPER}, backward correction with an estimated matrix",
        group=CORRECTION,
        summary="Backward, with a matrix that a first network's surest predictions give.",
        parts=("transition matrix", "two stages"),
        equations=(MATRIX, BACKWARD, ESTIMATE),
        style=Style("indigo", "longdashdot"),
        defaults={"direction": "backward"},
        losses=("backward",),
    ),
)
CARDS = TOLD + ESTIMATED
