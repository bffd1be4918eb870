"""The card of confident learning."""

from lnl.methods.card import DETECTORS, Card, Equation, Style

JOINT = Equation(
    "Count, for each given label, the samples that are confidently of each class: above the mean "
    "self-confidence of that class. All p come from networks that never saw the sample.",
    r"C_{ab} = \left|\{i : y_i = a,\ b = \arg\max_{k\,:\,p_k(x_i) \ge t_k} p_k(x_i)\}\right|, "
    r"\qquad t_k = \frac{1}{n_k} \sum_{i\,:\,y_i = k} p_k(x_i)",
    "Confident learning, Eqs. 1 and 2",
)
PRUNE = Equation(
    "Scaled to the number of samples with each label, the counts say how many to drop: of those "
    "labelled a that look most like b.",
    r"\text{drop the } \hat J_{ab} \text{ samples of } y_i = a \text{ with the largest } "
    r"p_b(x_i) - p_a(x_i), \qquad \hat J_{ab} = n_a \frac{C_{ab}}{\sum_k C_{ak}}",
    "Confident learning, section 3.2 and Eq. 3",
)

CARDS = (
    Card(
        "cl",
        title="CL",
        source="Northcutt et al., JAIR 2021",
        group=DETECTORS,
        summary="Counts wrong labels on folds that were not trained on, and drops as many.",
        parts=("selection", "cross-validation"),
        equations=(JOINT, PRUNE),
        style=Style("wine", "sparse"),
    ),
)
