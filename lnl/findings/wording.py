"""Names of the code as a reader writes them."""

from __future__ import annotations

from lnl.records import DataFacts

_SPELLED = {
    name.lower(): name
    for name in ("NL", "SelNL", "SelPL", "ML", "PM", "AR", "CE", "EMA", "GMM", "KL", "AFMU", "NSNL")
}


def labels_wrong(data: DataFacts) -> str:
    """How many of the given labels are wrong, as far as it is known: "40.0% of their labels wrong".

    Of data whose own labels may be wrong too, only what was added to them.
    """
    if data.actual_noise_rate is None:
        return "true labels unknown"
    if data.noise_is_added:
        return f"{data.actual_noise_rate:.1%} wrong labels added to the file's own"
    return f"{data.actual_noise_rate:.1%} of their labels wrong"


def duration(seconds: float) -> str:
    """Such as "48 s", "12 min", "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def spelled(name: str) -> str:
    """A name of the code as a reader writes it: "nl_epochs" -> "NL epochs", "selnl" -> "SelNL"."""
    return " ".join(_SPELLED.get(word, word) for word in name.replace("_", " ").split(" "))
