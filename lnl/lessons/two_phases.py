"""What standard training does to wrong labels."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.findings.summary import phases
from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen, changed
from lnl.lessons.reading import at_best, memorised, points, tested
from lnl.records import RunSpec


def rises_then_falls(seen: Sequence[Seen]) -> Outcome:
    """First the classes, then the wrong labels; the second costs test accuracy."""
    run = seen[0]
    best, last = at_best(run), run.last
    fell = tested(best) - tested(last)
    clean = run.data.clean_rate or 1.0
    passed = phases(list(run.records), clean, run.data.num_classes).passes_clean_rate_at
    given = last.train_accuracy_given or 0.0
    shows = memorised(best) <= 0.25 and memorised(last) >= 0.5 and fell >= 0.1 and given > clean
    crossing = (
        f"At epoch {passed} its training accuracy passed the clean rate of {clean:.0%}: "
        "only memorising can do that."
        if passed
        else f"Its training accuracy never passed the clean rate of {clean:.0%}."
    )
    text = (
        f"The test accuracy was best at epoch {best.epoch}: {tested(best):.0%}, with "
        f"{memorised(best):.0%} of the wrong labels fitted. {crossing} At the end it repeats "
        f"{memorised(last):.0%} of the wrong labels, and the test accuracy is {tested(last):.0%}, "
        f"{points(fell)} below its best."
    )
    effects = {
        "memorised at the best epoch": memorised(best),
        "memorised at the end": memorised(last),
        "test accuracy lost": fell,
    }
    return Outcome(shows, text, effects)


CE = (Planned("CE", RunSpec(method="ce", epochs=60)),)
TWO_PHASES = Lesson(
    title="Right labels first, wrong labels later",
    source="FINE (CVPR 2026), section 1",
    learns=(
        "In which order a network learns right and wrong labels, and how to see when memorising "
        "begins."
    ),
    seconds=20,
    question=(
        "Four of ten training labels are wrong. A network is trained on all of them as if they "
        "were right. What happens to its accuracy on test images, whose labels are right?"
    ),
    choices=(
        "It rises and stays high",
        "It rises, then falls again",
        "It stays low from the start",
    ),
    answer=1,
    runs=CE,
    watch=(
        "The thick line is what training sees: accuracy on the given labels. The dotted line is "
        "the test accuracy. Look for the epoch at which the two diverge."
    ),
    panels=("Fitting", "Confidence"),
    claim=rises_then_falls,
    why=(
        "What most labels agree on is learned first: the classes. Single wrong labels follow no "
        "rule, so they take longer, but a large network can memorise them. From then on a "
        "higher training accuracy is no good sign."
    ),
    changes=(
        Change("Only 20 % of the labels wrong", changed(CE, rate=0.2)),
        Change("No wrong labels at all", changed(CE, noise="none", rate=0.0)),
    ),
)
