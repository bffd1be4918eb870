"""The card of AUM."""

from lnl.methods.card import DETECTORS, Card, Equation, Style

MARGIN = Equation(
    "The margin of the given label over the largest other logit, averaged over all epochs of a "
    "run; wrong labels are pulled down by all who look alike.",
    r"\mathrm{AUM}_i = \frac{1}{T} \sum_{t=1}^{T} \left(z^{(t)}_{y_i}(x_i) - "
    r"\max_{k \ne y_i} z^{(t)}_k(x_i)\right)",
    "AUM, Eqs. 1 and 2",
)
THRESHOLD = Equation(
    "Some samples get a class that does not exist: what is no better than 99 % of those is taken "
    "for mislabelled.",
    r"\text{drop } i : \mathrm{AUM}_i < \alpha, \qquad \alpha = Q_{0.99}\left(\{\mathrm{AUM}_j : "
    r"y_j = K + 1\}\right)",
    "AUM, section 4.1",
)

CARDS = (
    Card(
        "aum",
        title="AUM",
        source="Pleiss et al., NeurIPS 2020",
        group=DETECTORS,
        summary="Drops samples whose given label wins by no more than a made-up class does.",
        parts=("selection", "threshold samples"),
        equations=(MARGIN, THRESHOLD),
        style=Style("wine", "nicked"),
    ),
)
