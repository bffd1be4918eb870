"""The card of RFL."""

from lnl.methods.card import Card, Equation, Group, Published, Style

GROUP = Group(
    "RFL", "Robust Feature Learning, 2023: select nothing, keep the features sound.", place=3
)
BOOTSTRAP = Equation(
    "A, bootstrapping: α falls from 1 to 0, and with it the trust in the given label.",
    r"\ell_{\mathrm{cls}} = -\alpha \log p_y - (1 - \alpha) \log p_{\hat y}, \qquad "
    r"\hat y = \arg\max_k p_k",
    "RFL, Eq. 12 and 13",
)
RESTORATION = Equation(
    "B, restoration: a decoder D undoes the augmentation T.",
    r"\ell_{\mathrm{rec}} = \left\lVert D\left(f(T(x))\right) - x \right\rVert^2",
    "RFL, Eq. 3",
)
CLUSTERING = Equation(
    "C, clustering: image and augmented image share a cluster (R), all clusters are used, each "
    "image is sure of its own (I).",
    r"\ell_{\mathrm{clu}} = \underbrace{-\sum_k q_k \log q'_k}_{R} - \lambda"
    r"\underbrace{\left(H(\bar q) - \overline{H(q)}\right)}_{I}",
    "RFL, Eq. 8 to 11",
)
RFL_LOSS = Equation(
    "The whole loss.",
    r"\mathcal{L} = \ell_{\mathrm{cls}} + \ell_{\mathrm{rec}} + \ell_{\mathrm{clu}}",
    "RFL, Eq. 14",
)

CARDS = (
    Card(
        "rfl",
        title="RFL",
        source="RFL, section 3",
        group=GROUP,
        summary="Undo the augmentation, cluster the features, trust the network more and more.",
        parts=("bootstrapping", "restoration", "clustering"),
        equations=(BOOTSTRAP, RESTORATION, CLUSTERING, RFL_LOSS),
        style=Style("wine", "dashdot"),
        published=Published(
            {
                "rfl": {},
                "rfl_a": {"restore": False, "cluster": False},
                "rfl_b": {"bootstrap": False, "cluster": False},
                "rfl_c": {"bootstrap": False, "restore": False},
                "rfl_ab": {"cluster": False},
                "rfl_ac": {"restore": False},
            },
            unset={"bootstrap": True, "restore": True, "cluster": True},
        ),
    ),
)
