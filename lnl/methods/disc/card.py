"""The card of DISC."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Style

THRESHOLD = Equation(
    "Each sample has a threshold per view v: the running average of its largest probability.",
    r"\tau^v_i = m\, \tau^v_i + (1 - m) \max_k p^v_k(x_i)",
    "DISC, section 3.2",
)
SETS = Equation(
    "A label likelier than the threshold in both views is clean, in one of them hard; another "
    "class corrects it where the mean over both views is surer still.",
    r"m^v_i = \left[p^v_{y_i} > \tau^v_i\right]: \quad C = m^w \wedge m^s, \quad "
    r"H = m^w \oplus m^s, \quad F = \left[\max_k \overline p_k > "
    r"\min\left(\overline\tau_i + \sigma,\, 0.99\right)\right] \wedge \neg m^w \wedge \neg m^s",
    "DISC, section 3.3",
)
LOSS = Equation(
    "Cross entropy on clean samples, the robust generalised one on hard samples, and mixup among "
    "all three sets with their labels, the corrected ones included.",
    r"\mathcal{L} = \frac{1}{B} \sum_{v} \left[\sum_{i \in C} \ell_{\mathrm{CE}} + \lambda_h "
    r"\sum_{i \in H} \frac{1 - p_{y_i}^q}{q}\right] + "
    r"\sum_v \ell_{\mathrm{mix}}^v(C \cup H \cup F)",
    "DISC, section 3.4",
)

CARDS = (
    Card(
        "disc",
        title="DISC",
        source="Li et al., CVPR 2023",
        group=SEMI_SUPERVISED,
        summary="Gives every sample a threshold of its own, from how sure the network was of it "
        "so far.",
        parts=("selection", "correction", "mixup"),
        equations=(THRESHOLD, SETS, LOSS),
        style=Style("olive", "twin dots"),
    ),
)
