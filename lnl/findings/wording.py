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


def training_images(data: DataFacts) -> str:
    """How many there are, and how many of them are recorded: "1,437 training images"."""
    part = f", records of a fixed {data.recorded:,} of them" if data.recorded else ""
    what = "rows" if data.columns else "images"
    return f"{data.num_train:,} training {what}{part}"


def of_a_part(data: DataFacts) -> str:
    """That ranked and corrected labels are not of all samples; "" where they are."""
    if not data.recorded:
        return ""
    return (
        f"Records are of a fixed {data.recorded:,} of the {data.num_train:,} training samples: "
        "labels of the others are neither ranked nor corrected. To see those, train on a part of "
        "the images."
    )


def duration(seconds: float) -> str:
    """Such as "48 s", "12 min", "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def spelled(name: str) -> str:
    """A name of the code as a reader writes it: "nl_epochs" -> "NL epochs", "selnl" -> "SelNL"."""
    return " ".join(_SPELLED.get(word, word) for word in name.replace("_", " ").split(" "))
