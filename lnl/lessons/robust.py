"""Features that need no label, targets that come from the network itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen, changed
from lnl.lessons.reading import at_best, memorised, points, recovered, tested
from lnl.records import RunSpec

OFF = {"bootstrap": False, "restore": False, "cluster": False}


def _rfl(name: str, parts: Sequence[str], epochs: int, **values: Any) -> Planned:
    settings = {**OFF, **dict.fromkeys(parts, True)}
    return Planned(name, RunSpec(method="rfl", epochs=epochs, settings=settings, **values))


def needs_no_label(seen: Sequence[Seen]) -> Outcome:
    """Restoring works as well with wrong labels; classifying does not."""
    right, wrong = seen
    error = [[record.losses["restoration"] for record in run.records] for run in seen]
    ratio = error[1][-1] / error[0][-1]
    lost = tested(right.last) - tested(wrong.last)
    shows = ratio <= 1.5 and error[1][-1] <= 0.7 * error[1][0] and lost >= 0.3
    text = (
        f"The error of the restored images fell from {error[0][0]:.2f} to {error[0][-1]:.2f} with "
        f"{right.name}, and from {error[1][0]:.2f} to {error[1][-1]:.2f} with {wrong.name}. The "
        f"test accuracy of the same networks: {tested(right.last):.0%} and "
        f"{tested(wrong.last):.0%}."
    )
    return Outcome(shows, text, {"restoration, ratio": ratio, "test accuracy lost": lost})


RESTORING = (
    _rfl("right labels", ["restore"], 12, noise="none", rate=0.0),
    _rfl("80 % wrong", ["restore"], 12, rate=0.8),
)
RESTORATION = Lesson(
    title="A task that needs no label",
    source="RFL (2023), Figure 2",
    learns="Which part of training label noise can disturb, and which part it cannot.",
    seconds=18,
    question=(
        "Besides classifying, this network must undo a distortion of each image: cut-out squares, "
        "shears, changed brightness. One copy learns with right labels, the other with 80 % wrong "
        "ones. How much worse will the second restore images?"
    ),
    choices=("Much worse", "A little worse", "It cannot learn it at all"),
    answer=1,
    runs=RESTORING,
    watch=(
        "Compare how the restoration error falls in both, and how far apart their test accuracies "
        "are. Images of 8×8 pixels hold little detail: expect outlines, not beauty."
    ),
    panels=("Restoration", "Losses", "Fitting"),
    claim=needs_no_label,
    why=(
        "The image itself is the target, and no label noise can touch it. Features that serve "
        "restoring are sound even where labels are not: RFL uses that to keep the network from "
        "bending its features around wrong labels."
    ),
    changes=(
        Change(
            "40 % wrong instead of 80 %",
            (RESTORING[0], _rfl("40 % wrong", ["restore"], 12, rate=0.4)),
        ),
        Change("Half as long", changed(RESTORING, epochs=6)),
    ),
)


def _third(seen: Seen) -> float:
    """Share of the mislabelled that get neither their given nor their true class."""
    return 1 - memorised(seen.last) - recovered(seen.last)


def locks_errors_in(seen: Sequence[Seen]) -> Outcome:
    """At the higher rate many more images end in a third class, and the test accuracy falls."""
    low, high = seen
    fell = tested(at_best(high)) - tested(high.last)
    shows = _third(high) >= 1.5 * _third(low) and fell >= 0.05
    shows = shows and tested(low.last) - tested(high.last) >= 0.15
    text = (
        f"With {low.name}, {_third(low):.0%} of the mislabelled images end in a third class, "
        f"neither their label nor the truth; with {high.name} {_third(high):.0%}. There the test "
        f"accuracy fell from {tested(at_best(high)):.0%} to {tested(high.last):.0%}; with "
        f"{low.name} it ends at {tested(low.last):.0%}."
    )
    effects = {
        f"third class, {low.name}": _third(low),
        f"third class, {high.name}": _third(high),
        "test accuracy lost at the higher rate": fell,
    }
    return Outcome(shows, text, effects)


BOOTSTRAPPING = (
    _rfl("40 % wrong", ["bootstrap"], 30, rate=0.4),
    _rfl("80 % wrong", ["bootstrap"], 30, rate=0.8),
)
TRAP = Lesson(
    title="The trap of believing yourself",
    source="RFL (2023), Table 4 (A)",
    learns="When it helps to train on the network’s own predictions, and when it does not.",
    seconds=16,
    question=(
        "Bootstrapping slides from the given label to the network's own guess as the target. With "
        "40 % wrong labels the guesses are mostly right. What happens with 80 %?"
    ),
    choices=(
        "It corrects the labels all the same",
        "It memorises the given labels",
        "It locks in its own errors",
    ),
    answer=2,
    runs=BOOTSTRAPPING,
    watch=(
        "For mislabelled images, follow two lines: memorised (crosses) and recovered (diamonds). "
        "The remainder are images assigned to a third class: the network's own errors, now taught "
        "as truth."
    ),
    panels=("Fitting", "Confidence"),
    claim=locks_errors_in,
    why=(
        "A target that is one's own guess has no power to correct the guess. What is wrong when "
        "trust shifts stays wrong. The paper's network falls to 16 % on CIFAR-10 this way; on "
        "digits the fall is milder, because its early guesses are better."
    ),
    changes=(
        Change(
            "60 % instead of 80 %",
            (BOOTSTRAPPING[0], _rfl("60 % wrong", ["bootstrap"], 30, rate=0.6)),
        ),
        Change("Trust shifts in steps", changed(BOOTSTRAPPING, settings={"schedule": "step"})),
    ),
)


def clusters_help(seen: Sequence[Seen]) -> Outcome:
    """With clusters the test accuracy ends higher, and fewer wrong labels are memorised."""
    alone, with_clusters = seen
    ahead = tested(with_clusters.last) - tested(alone.last)
    back = recovered(with_clusters.last) - recovered(alone.last)
    shows = ahead >= 0.05 and back >= 0.05
    text = (
        f"{alone.name}: {tested(alone.last):.0%} on the test images, {recovered(alone.last):.0%} "
        f"of the mislabelled images given their true class. {with_clusters.name}: "
        f"{tested(with_clusters.last):.0%} and {recovered(with_clusters.last):.0%}, so "
        f"{points(ahead)} {'more' if ahead >= 0 else 'less'} on the test images."
    )
    return Outcome(shows, text, {"test accuracy ahead": ahead, "recovered, more": back})


CLUSTERED = (
    _rfl("Bootstrapping", ["bootstrap"], 30, rate=0.8),
    _rfl("With clusters", ["bootstrap", "cluster"], 30, rate=0.8),
)
CLUSTERS = Lesson(
    title="Groups found without labels",
    source="RFL (2023), Figure 1 and Table 4 (C)",
    learns="What a second task without labels does for a classifier trained on noisy ones.",
    seconds=23,
    question=(
        "The same 80 % of wrong labels. Now a second head must sort the images into ten groups "
        "that survive distortion, without looking at any label. Does that help the classifier, "
        "which shares its features?"
    ),
    choices=("It helps", "It makes no difference", "It hurts"),
    answer=0,
    runs=CLUSTERED,
    watch=(
        "Compare the dotted lines, the test accuracy, in the second half, when the network already "
        "follows its own guesses."
    ),
    panels=("Fitting", "Map", "Confidence"),
    claim=clusters_help,
    why=(
        "Images of one class end near each other, whatever their labels say, so guesses within a "
        "group agree. In the paper clusters help little without restoration; on these small images "
        "they help by themselves."
    ),
    changes=(
        Change(
            "All three parts of RFL",
            (
                CLUSTERED[0],
                _rfl("RFL", ["bootstrap", "restore", "cluster"], 30, rate=0.8),
            ),
        ),
        Change("60 % of the labels wrong", changed(CLUSTERED, rate=0.6)),
    ),
)
