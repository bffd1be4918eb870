"""The card of DivideMix."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Published, Style

DIVIDED = Equation(
    "Two Gaussians are fitted to the losses of the other network; the labels of the samples that "
    "likely belong to the one of lower mean are kept (X), those of all others are dropped (U).",
    r"w_i = p\left(g \mid \ell_{\mathrm{CE}}(x_i, y_i)\right), \qquad "
    r"X = \{i : w_i > \tau\}",
    "DivideMix, section 3.2",
)
TARGETS = Equation(
    "A kept label is refined by the network's own predictions over two views; a dropped one is "
    "replaced by those of both networks. Both are sharpened.",
    r"t_i = \mathrm{sharpen}\left(w_i e_{y_i} + (1 - w_i)\, \bar p(x_i)\right) \;\; (i \in X), "
    r"\qquad t_i = \mathrm{sharpen}\left(\tfrac{1}{2}\left(\bar p^{(1)}(x_i) + "
    r"\bar p^{(2)}(x_i)\right)\right) \;\; (i \in U)",
    "DivideMix, Eq. 3-5",
)
SHARPEN = Equation(
    "Sharpening at temperature T.",
    r"\mathrm{sharpen}(p)_k = \frac{p_k^{1/T}}{\sum_j p_j^{1/T}}",
    "DivideMix, Eq. 4",
)
MIXED = Equation(
    "All views are mixed in pairs, with a share of at least a half for the first: cross entropy "
    "on mixed samples of X, a squared error on those of U, and a term that keeps the mean "
    "prediction uniform.",
    r"\mathcal{L} = \mathcal{L}_X + \lambda_u \mathcal{L}_U + "
    r"\sum_k \frac{1}{K} \log \frac{1 / K}{\bar p_k}, \qquad "
    r"\mathcal{L}_U = \frac{1}{K} \left\lVert p(x') - t' \right\rVert^2",
    "DivideMix, Eq. 6-12",
)

CARDS = (
    Card(
        "dividemix",
        title="DivideMix",
        source="Li et al., ICLR 2020",
        group=SEMI_SUPERVISED,
        summary="Drops the labels of samples of large loss and guesses them; two networks divide "
        "for each other.",
        parts=("two networks", "selection", "pseudo-labels", "mixup"),
        equations=(DIVIDED, TARGETS, SHARPEN, MIXED),
        style=Style("red", "dash"),
        networks=2,
        published=Published(
            {"dividemix": {}},
            besides={
                ("PMNAR", "asymmetric"): {"unlabelled_weight": 0.0, "confidence_penalty": True}
            },
        ),
    ),
)
