"""Wrong labels that follow a rule."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen
from lnl.lessons.reading import auroc, memorised, points, recently
from lnl.records import RunSpec


def rule_is_harder(seen: Sequence[Seen]) -> Outcome:
    """The same rate, but errors that follow a rule: found worse, and the test accuracy lower."""
    random, ruled = seen
    lost = recently(random) - recently(ruled)
    hidden = auroc(random.last) - auroc(ruled.last)
    shows = lost >= 0.1 and hidden >= 0.05
    text = (
        f"{random.name}: {recently(random):.0%} on the test images. {ruled.name}: "
        f"{recently(ruled):.0%}, {points(lost)} {'less' if lost >= 0 else 'more'}. Picked at "
        f"random, a mislabelled image looks worse than a clean one in {auroc(random.last):.0%} of "
        f"cases there, in {auroc(ruled.last):.0%} here. Memorised: {memorised(random.last):.0%} "
        f"and {memorised(ruled.last):.0%}."
    )
    return Outcome(shows, text, {"test accuracy lost": lost, "AUROC lost": hidden})


RATE = 0.45


def _runs(method: str, epochs: int) -> tuple[Planned, ...]:
    return (
        Planned("Any class", RunSpec(method=method, epochs=epochs, rate=RATE)),
        Planned("Next class", RunSpec(method=method, epochs=epochs, rate=RATE, noise="pair")),
    )


ASYMMETRIC = Lesson(
    title="Errors that follow a rule",
    source="NLNL, Tables 4 and 6",
    learns="Why the kind of label noise matters, not only its rate.",
    seconds=27,
    question=(
        "Two runs of SelNLPL, both with 45 % wrong labels. In one, a wrong label is any other "
        "class; in the other, always the next class: 3s are labelled 4, 4s are labelled 5. Which "
        "is harder?"
    ),
    choices=("Any class", "Always the next class", "Both are equally hard"),
    answer=1,
    runs=_runs("selnlpl", 60),
    watch=(
        "With errors of any class the two piles separate. With errors that follow a rule, watch "
        "how much of the hatched pile ends on the right: wrong labels taken for right ones."
    ),
    panels=("Confidence", "Fitting"),
    claim=rule_is_harder,
    why=(
        "Scattered over nine classes, 45 % of errors give each wrong class about 5 % of the "
        "images: the true class stands out. All on one class, it is 55 % against 45 %: the error "
        "itself becomes a pattern, and patterns are learned first."
    ),
    changes=(
        Change("CE instead of SelNLPL", _runs("ce", 30)),
        Change("CE+AR instead of SelNLPL", _runs("ce-ar", 30)),
    ),
)
