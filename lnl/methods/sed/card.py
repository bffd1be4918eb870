"""The card of SED."""

from lnl.methods.card import SELECTION, Card, Equation, Published, Style

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

CARDS = (
    Card(
        "sed",
        title="SED",
        source="SED (Sheng et al., ECCV 2024)",
        group=SELECTION,
        summary="Class-balanced selection, and a teacher's labels weighted by its sureness.",
        parts=("selection", "re-weighting", "teacher", "consistency"),
        equations=(CLASS_THRESHOLD, SURENESS_WEIGHT, SED_LOSS),
        style=Style("teal", "longdash"),
        published=Published({"sed": {}}),
    ),
)
