"""Names of the code as a reader writes them."""

from __future__ import annotations

_SPELLED = {
    name.lower(): name
    for name in ("NL", "SelNL", "SelPL", "ML", "PM", "AR", "CE", "EMA", "GMM", "KL", "AFMU", "NSNL")
}


def spelled(name: str) -> str:
    """A name of the code as a reader writes it: "nl_epochs" -> "NL epochs", "selnl" -> "SelNL"."""
    return " ".join(_SPELLED.get(word, word) for word in name.replace("_", " ").split(" "))
