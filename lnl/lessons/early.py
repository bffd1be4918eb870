"""What is done with the time before wrong labels are memorised: selected, kept, corrected."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen, changed
from lnl.lessons.reading import memorised, points, recently, recovered
from lnl.records import RunSpec

EPOCHS = 40


def both_resist(seen: Sequence[Seen]) -> Outcome:
    """Selection and memory both keep most wrong labels out, and the test accuracy high."""
    shows = all(memorised(run.last) <= 0.5 and recently(run) >= 0.75 for run in seen)
    text = " ".join(
        f"{run.name} memorised {memorised(run.last):.0%} of the wrong labels and ends at "
        f"{recently(run):.0%} on the test images."
        for run in seen
    )
    effects = {f"memorised, {run.name}": memorised(run.last) for run in seen}
    lowest = min(map(recently, seen))
    return Outcome(shows, text, {**effects, "lower test accuracy": lowest})


TWO_WAYS = (
    Planned("Co-teaching", RunSpec(method="co-teaching", epochs=EPOCHS)),
    Planned("ELR", RunSpec(method="elr", epochs=EPOCHS)),
)
MEMORY = Lesson(
    title="Small losses, or an early memory",
    source="Co-teaching (NeurIPS 2018), ELR (NeurIPS 2020)",
    learns="Two ways to use that right labels are learned first, and what each must know.",
    seconds=27,
    question=(
        "Right labels are learned first. Co-teaching uses that by leaving out the samples of "
        "large loss; it must be told that 40 % of the labels are wrong. ELR leaves nothing out and "
        "is told nothing: it holds on to its own earlier predictions. Which keeps most wrong "
        "labels out?"
    ),
    choices=("Only Co-teaching", "Only ELR", "Both", "Neither"),
    answer=2,
    runs=TWO_WAYS,
    watch=(
        "Follow *memorised*. Co-teaching's stays low from where it drops as many samples as are "
        "wrong. ELR's rises slowly: its memory holds wrong labels back, but it rules none out."
    ),
    panels=("Fitting", "Confidence"),
    claim=both_resist,
    why=(
        "Both trust the early phase. Co-teaching turns it into a selection, and a selection needs "
        "a size: told a wrong rate, it lets errors in. ELR turns it into a target for every "
        "sample, so it needs no rate, but its own early mistakes stay in the target."
    ),
    changes=(
        Change(
            "Tell Co-teaching that 10 % are wrong",
            (
                *changed(TWO_WAYS[:1], settings={"rate_from": "set", "noise_rate": 0.1}),
                TWO_WAYS[1],
            ),
        ),
        Change(
            "ELR with a third of its strength",
            (TWO_WAYS[0], *changed(TWO_WAYS[1:], settings={"strength": 1.0})),
        ),
    ),
)


def labels_come_right(seen: Sequence[Seen]) -> Outcome:
    """Replaced labels end as the true classes, where plain training memorises the wrong ones."""
    plain, corrected = seen
    ahead = recently(corrected) - recently(plain)
    shows = memorised(plain.last) >= 0.5 and recovered(corrected.last) >= 0.7 and ahead >= 0.1
    text = (
        f"{plain.name} memorised {memorised(plain.last):.0%} of the wrong labels. "
        f"{corrected.name} gives {recovered(corrected.last):.0%} of these images their true class, "
        f"and ends {points(ahead)} {'higher' if ahead >= 0 else 'lower'} on the test images: "
        f"{recently(corrected):.0%} against {recently(plain):.0%}."
    )
    effects = {
        f"memorised, {plain.name}": memorised(plain.last),
        f"recovered, {corrected.name}": recovered(corrected.last),
        "test accuracy ahead": ahead,
    }
    return Outcome(shows, text, effects)


CORRECTED = (
    Planned("CE", RunSpec(method="ce", epochs=EPOCHS)),
    Planned("JO", RunSpec(method="jo", epochs=EPOCHS)),
)
CORRECTING = Lesson(
    title="Labels that are corrected on the way",
    source="Joint Optimization (CVPR 2018)",
    learns="What becomes of wrong labels that are replaced by the network’s own predictions.",
    seconds=18,
    question=(
        "Joint Optimization (JO) trains at a high learning rate, and after some epochs replaces "
        "every label by the mean of the network's recent predictions. Then a new network learns "
        "these labels. 40 % of the labels are wrong. What becomes of those?"
    ),
    choices=(
        "Most become right",
        "They are locked in",
        "Most become another wrong class",
    ),
    answer=0,
    runs=CORRECTED,
    watch=(
        "Follow *recovered*: mislabelled images that the network calls by their true class. Under "
        "CE it rises early and falls again; under JO it has nowhere to fall, once labels follow."
    ),
    panels=("Fitting", "Confidence"),
    claim=labels_come_right,
    why=(
        "At a high learning rate a network is slow to memorise, so its mean prediction is better "
        "than the labels. Replacing them in time makes that permanent. Two more terms are needed: "
        "without them, all labels becoming one class would be a perfect fit."
    ),
    changes=(
        Change(
            "PENCIL: labels trained by gradients",
            (CORRECTED[0], Planned("PENCIL", RunSpec(method="pencil", epochs=EPOCHS))),
        ),
        Change("70 % of the labels wrong", changed(CORRECTED, rate=0.7)),
    ),
)
