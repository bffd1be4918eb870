"""The card of ProMix."""

from lnl.methods.card import SEMI_SUPERVISED, Card, Equation, Style

BASE = Equation(
    "A network starts each epoch from the given labels of small loss, equally many of each class. "
    "ρ goes to its end with r, which rises to 1.",
    r"|S_c| = \min\left(\left\lceil \rho N / K \right\rceil, n_c\right), \qquad "
    r"\rho = \rho_0 + (\rho_1 - \rho_0)\, r(e)",
    "ProMix, section 3.1 (CSS)",
)
MATCHED = Equation(
    "In a batch it adds those whose given label it predicts with high confidence. Late in the "
    "run, up to a share of the batch, also the prediction that both networks are confident of.",
    r"D_l = S \cup \{i : p_{y_i} > \tau\}",
    "ProMix, section 3.1 (MHCS)",
)
DEBIASED = Equation(
    "Logits are shifted by the running class prior π of what is learned, up in the loss and down "
    "for pseudo-labels; a second head has a prior of its own.",
    r"\tilde z = z + \delta \log \pi, \qquad \pi = m \pi + (1 - m)\, "
    r"\overline p_{D_l}",
    "ProMix, section 3.2",
)
LOSS = Equation(
    "Cross entropy on the weak view; with r also on the strong one, on mixed images (mixup) and "
    "on images pieced together by a mask (FMix).",
    r"\mathcal{L} = \ell(x^{\mathrm{weak}}) + r \left[\ell(x^{\mathrm{strong}}) + "
    r"\ell_{\mathrm{mixup}} + \ell_{\mathrm{FMix}}\right]",
    "ProMix, section 3.1",
)
PSEUDO = Equation(
    "The second head learns the same, and pseudo-labels q of the samples that are left, so that "
    "their errors do not reach the first.",
    r"\mathcal{L}' = \mathcal{L} + \beta \left[\ell(x^{\mathrm{weak}}, q) + r\, "
    r"\ell(x^{\mathrm{strong}}, q)\right], \qquad q = \mathrm{sharpen}\left(\sigma(z - \delta "
    r"\log \pi'),\, T\right)",
    "ProMix, section 3.2",
)

CARDS = (
    Card(
        "promix",
        title="ProMix",
        source="Xiao et al., IJCAI 2023",
        group=SEMI_SUPERVISED,
        summary="Grows a class-balanced set of clean samples as far as predictions allow.",
        parts=("two networks", "selection", "pseudo-labels", "mixup", "debiasing"),
        equations=(BASE, MATCHED, DEBIASED, LOSS, PSEUDO),
        style=Style("red", "twin dashes"),
        networks=2,
    ),
)
