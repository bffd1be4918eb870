"""The key equations of the methods, as their cards show them; each with its place in the paper.

p is the softmax of the network, K the number of classes, y the given label and ȳ a complementary
one, i a training sample, [·] 1 where true and 0 elsewhere. Code that departs from an equation says
so in the method's file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Equation:
    """One formula: what it is in words, LaTeX, and where it stands."""

    words: str
    latex: str
    source: str


CROSS_ENTROPY = Equation(
    "Positive learning: this image is a y.",
    r"\ell_{\mathrm{CE}} = -\log p_y, \qquad "
    r"\frac{\partial \ell_{\mathrm{CE}}}{\partial p_y} = -\frac{1}{p_y}",
    "NLNL, Eq. 1; PMNAR, Eq. 1 and 2",
)

# --- NLNL -----------------------------------------------------------------------------------------

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

# --- PMNAR ----------------------------------------------------------------------------------------

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

# --- RFL ------------------------------------------------------------------------------------------

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

# --- SED, ACT, small loss -------------------------------------------------------------------------

CLASS_THRESHOLD = Equation(
    "A sample is clean if its given label is likelier than a threshold that follows how sure the "
    "network is (T), lower for classes that are learned less well (E).",
    r"\mathrm{clean}_i = \left[p_{y_i}(x_i) \ge T\, \frac{E_{y_i}}{\max_c E_c}\right]",
    "SED, class-balanced selection",
)
SURENESS_WEIGHT = Equation(
    "A corrected label counts by how sure the teacher is of it (m), among samples of that class.",
    r"\lambda_i = \exp\left(-\frac{n_\sigma^2 \min(m_i - \mu_c, 0)^2}{2\, v_c}\right)",
    "SED, re-weighting",
)
SED_LOSS = Equation(
    "Cross entropy on the clean samples; on all, strongly augmented, that with the teacher's "
    "label ỹ.",
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_{\mathrm{CE}}(x_i, y_i)"
    r"+ \frac{\alpha}{B} \sum_i \lambda_i\, \ell_{\mathrm{CE}}(\mathrm{Aug}(x_i), \tilde y_i)",
    "SED, released code",
)
MEMORISATION_GAP = Equation(
    "How far network 2, which learns every label, is ahead of network 1 on the given labels.",
    r"M = \frac{\mathrm{acc}_2 - \mathrm{acc}_1}{\mathrm{acc}_1}",
    "ACT, released code",
)
ACT_SELECTION = Equation(
    "Clean is what both predict, and, while M < τ, what network 2 alone predicts.",
    r"C = \{i : \hat y^{(2)}_i = y_i \;\wedge\; (\hat y^{(1)}_i = y_i \,\vee\, M < \tau)\}",
    "ACT, released code",
)
ACT_LOSS = Equation(
    "Network 1: clean samples by how often they were chosen before (ω), and strongly augmented "
    "ones with corrected labels ỹ. Network 2: cross entropy on everything.",
    r"\mathcal{L}_1 = \frac{0.8}{|C|} \sum_{i \in C} \omega_i\, \ell_{\mathrm{CE}}(x_i, y_i)"
    r"+ \frac{0.2}{B} \sum_i \ell_{\mathrm{CE}}(\mathrm{Aug}(x_i), \tilde y_i)",
    "ACT, released code",
)
SMALL_LOSS = Equation(
    "Two Gaussians are fitted to the losses of all samples; g is the one of lower mean.",
    r"w_i = p\left(g \mid \ell_{\mathrm{CE}}(x_i, y_i)\right), \qquad "
    r"\mathcal{L} = \frac{1}{|C|} \sum_{i \in C} \ell_{\mathrm{CE}}(x_i, y_i), \quad "
    r"C = \{i : w_i > 0.5\}",
    "DivideMix, section 3.2",
)

# --- FINE -----------------------------------------------------------------------------------------

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

NL = (NEGATIVE, NEGATIVE_GRADIENT)
SELNL = (NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_NEGATIVE)
SELPL = (NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_POSITIVE)
SELNLPL = (NEGATIVE, MEAN_CONFIDENCE, SELECTIVE_NEGATIVE, SELECTIVE_POSITIVE)
NLNL = (*SELNLPL, PSEUDO_LABELS)
PMNAR = (POSITIVE_MULTI_NEGATIVE, CROSS_WEIGHTS, CONSISTENCY, PMNAR_LOSS)
RFL = (BOOTSTRAP, RESTORATION, CLUSTERING, RFL_LOSS)
SED = (CLASS_THRESHOLD, SURENESS_WEIGHT, SED_LOSS)
ACT = (MEMORISATION_GAP, ACT_SELECTION, ACT_LOSS)
FINE = (FORGET, SUPPRESS, FINE_LOSS)
