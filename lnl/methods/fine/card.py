"""The cards of FINE and of its two parts alone."""

from lnl.methods.card import Card, Equation, Group, Published, Style

GROUP = Group(
    "FINE",
    "Forgetting and suppressing, CVPR 2026: undo what was memorised, on top of any method.",
    place=4,
)
FORGET = Equation(
    "AFMU, active forgetting, on the samples N that the base filters out: climb the cross entropy "
    "of the given label.",
    r"\ell_{\mathrm{MU}} = \frac{1}{|N|} \sum_{i \in N} \log p_{y_i}(x_i)",
    "FINE, released code; its text divides by K",
)
SUPPRESS = Equation(
    "NSNL, noise suppression, on the same samples: push the given label down (released code), or "
    "a random other one (text).",
    r"\ell_{\mathrm{NL}} = -\frac{1}{|N|} \sum_{i \in N} \log\left(1 - p_{\tilde y_i}(x_i)\right)",
    "FINE, released code; its text divides by K",
)
FINE_LOSS = Equation(
    "Both are added to the loss of any base.",
    r"\mathcal{L} = \mathcal{L}_{\mathrm{base}} + \beta\, \ell_{\mathrm{MU}}"
    r"+ \gamma\, \ell_{\mathrm{NL}}",
    "FINE, total loss",
)

CARDS = (
    Card(
        "fine",
        title="FINE",
        source="FINE (CVPR 2026)",
        group=GROUP,
        summary="Adds to any method: forget and push down the labels of the samples it filters "
        "out.",
        parts=("active forgetting", "noise suppression"),
        equations=(FORGET, SUPPRESS, FINE_LOSS),
        style=Style("red", "nicked"),
        losses=("afmu", "nsnl"),
        published=Published(
            {
                "sed_fine": {"base": "sed"},
                "act_fine": {"base": "act"},
                "sed_afmu": {"base": "sed", "gamma": 0.0},
                "sed_nsnl": {"base": "sed", "beta": 0.0},
            },
            unset={"base": "sed", "beta": True, "gamma": True},
        ),
    ),
    Card(
        "afmu",
        title="AFMU",
        source="FINE (CVPR 2026), active forgetting alone",
        group=GROUP,
        summary="Adds to any method: forget the given labels of the samples it filters out.",
        parts=("active forgetting",),
        equations=(FORGET,),
        style=Style("wine", "dash"),
        defaults={"gamma": 0.0},
        published=Published(within=("sed_afmu",)),
    ),
    Card(
        "nsnl",
        title="NSNL",
        source="FINE (CVPR 2026), noise suppression alone",
        group=GROUP,
        summary="Adds to any method: push down the given labels of the samples it filters out.",
        parts=("noise suppression",),
        equations=(SUPPRESS,),
        style=Style("red", "dot"),
        defaults={"beta": 0.0},
        published=Published(within=("sed_nsnl",)),
    ),
)
