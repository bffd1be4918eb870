"""On what a run's accuracies are measured, where that must be said: the one place for the words."""

from __future__ import annotations

from collections.abc import Iterable

from lnl.records import DataFacts


def words_for_test_set(data: DataFacts) -> str:
    """The test images in a few words.

    Images that were held out of a user's own data have labels of the same origin: unless true ones
    are known, they may be wrong too.
    """
    if not data.held_out:
        return "test set"
    unsure = data.actual_noise_rate is None or data.noise_is_added
    held_out = "held-out rows" if data.columns else "held-out images"
    return f"{held_out} whose labels may be wrong too" if unsure else held_out


def measured_on(several: Iterable[DataFacts]) -> tuple[str, ...]:
    """What must be known of the accuracies of runs on these data, in sentences; (): nothing.

    With the title of the data where it is not said of all of them.
    """
    told: dict[str, list[str]] = {}
    count = 0
    for data in {data.fingerprint: data for data in several if data.fingerprint}.values():
        count += 1
        for sentence in _sentences(data):
            told.setdefault(sentence, []).append(data.title)
    return tuple(
        sentence if len(titles) == count else f"{', '.join(dict.fromkeys(titles))}: {sentence}"
        for sentence, titles in told.items()
    )


def _sentences(data: DataFacts) -> Iterable[str]:
    if data.held_out:
        images = f"{data.num_test:,} {words_for_test_set(data)}"
        yield f"Test accuracy on {images}: there is no test set."
    if data.num_validation:
        what = "rows" if data.columns else "images"
        labels = (
            "true labels" if data.validation_is_true else "given labels, which may be wrong too"
        )
        yield f"Validation accuracy on {data.num_validation:,} {what}, against their {labels}."
