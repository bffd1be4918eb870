"""Learning what an image is not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen, changed
from lnl.lessons.reading import (
    at_best,
    mean_confidence,
    memorised,
    recently,
    stage_ends,
    tested,
)
from lnl.records import RunSpec


def resists(seen: Sequence[Seen]) -> Outcome:
    """The first run memorises, the second does not and ends above it."""
    first, second = seen
    ahead = tested(second.last) - tested(first.last)
    shows = memorised(first.last) >= 0.5 and memorised(second.last) <= 0.15 and ahead >= 0.1
    text = (
        f"{first.name} repeats {memorised(first.last):.0%} of the wrong labels in the end, "
        f"{second.name} {memorised(second.last):.0%}. {first.name} had {tested(at_best(first)):.0%}"
        f" on the test images once and ends at {tested(first.last):.0%}; {second.name} ends at "
        f"{tested(second.last):.0%}."
    )
    effects = {
        f"memorised, {first.name}": memorised(first.last),
        f"memorised, {second.name}": memorised(second.last),
        "test accuracy ahead": ahead,
    }
    return Outcome(shows, text, effects)


PAIR = (
    Planned("CE", RunSpec(method="ce", epochs=40)),
    Planned("NL", RunSpec(method="nl", epochs=40)),
)
NOT_A = Lesson(
    title="“This is a 3” or “this is not a 7”",
    source="NLNL (ICCV 2019), Figures 2 and 3",
    learns="What changes when a network learns what an image is not instead of what it is.",
    seconds=24,
    question=(
        "CE teaches “this is a 3”, which is wrong for 40 % of the images. NL picks any other class "
        "and teaches “this is not a 7”, which is hardly ever wrong. Which of them memorises wrong "
        "labels?"
    ),
    choices=("Both", "CE only", "NL only"),
    answer=1,
    runs=PAIR,
    watch=(
        "Each pile is a group of training images: hatched, those with a wrong label. Under CE the "
        "hatched pile moves to the right: wrong labels are believed. Where does it stay under NL?"
    ),
    panels=("Confidence", "Fitting"),
    claim=resists,
    why=(
        "A random class is wrong for nearly every image, whatever its label says. So “not a 7” is "
        "true even where the label is false, and there is little to memorise. The price is "
        "speed: each step says less."
    ),
    changes=(
        Change("60 % of the labels wrong", changed(PAIR, rate=0.6)),
        Change("Wrong labels always the next class", changed(PAIR, noise="pair")),
    ),
)


def parts_the_piles(seen: Sequence[Seen]) -> Outcome:
    """From stage to stage the clean pile moves right and the test accuracy rises."""
    run = seen[0]
    ends = stage_ends(run.records)
    first, last = ends[0], ends[-1]
    gained = tested(last) - tested(first)
    surer = mean_confidence(last, "clean") - mean_confidence(first, "clean")
    steady = all(tested(b) >= tested(a) - 0.02 for a, b in pairwise(ends))
    left = mean_confidence(last, "mislabelled")
    shows = steady and gained >= 0.03 and surer >= 0.2 and left <= 0.1
    clean = ", ".join(f"{mean_confidence(r, 'clean'):.2f}" for r in ends)
    tests = ", ".join(f"{tested(r):.0%}" for r in ends)
    text = (
        f"At the ends of the stages the mean confidence of clean images was {clean}; that of "
        f"mislabelled ones is {left:.2f} in the end. Test accuracy at the same epochs: {tests}."
    )
    effects = {
        "confidence of clean, gained": surer,
        "confidence of mislabelled, end": left,
        "test accuracy gained": gained,
    }
    return Outcome(shows, text, effects)


STAGED = (Planned("SelNLPL", RunSpec(method="selnlpl", epochs=60)),)
STAGES = Lesson(
    title="Three stages that separate the piles",
    source="NLNL (ICCV 2019), Figures 3, 4 and 7",
    learns="How negative learning, selection and ordinary learning work together in SelNLPL.",
    seconds=17,
    question=(
        "SelNLPL trains in three stages: negative learning on all images (NL), then only on those "
        "above chance (SelNL), then ordinary learning on those it is sure of (SelPL). How sure is "
        "it of **clean** labels at the end?"
    ),
    choices=(
        "As sure as after the first stage",
        "Far surer, and of wrong labels too",
        "Far surer, but not of wrong labels",
    ),
    answer=2,
    runs=STAGED,
    watch=(
        "Grey bands are the stages. Watch the solid pile at each border: NL leaves it spread "
        "out, SelNL and SelPL push it to the right. The hatched pile should not follow."
    ),
    panels=("Confidence", "Fitting"),
    claim=parts_the_piles,
    why=(
        "NL makes wrong labels the least believed, so a cut at chance drops most of them. SelNL "
        "sharpens what is left, and at last even ordinary learning is safe: nearly all images that "
        "the network is sure of carry the right label."
    ),
    changes=(
        Change("60 % of the labels wrong", changed(STAGED, rate=0.6)),
        Change(
            "Without the stage in between",
            (Planned("SelPL", RunSpec(method="selpl", epochs=60)),),
        ),
    ),
)


def more_labels_faster(seen: Sequence[Seen]) -> Outcome:
    """Several complementary labels per step learn faster, without memorising."""
    one, many = seen
    lately = [recently(run) for run in seen]
    ahead = lately[1] - lately[0]
    shows = ahead >= 0.08 and memorised(many.last) <= 0.15
    text = (
        f"Over the last five of {one.last.epoch} epochs the test accuracy was {lately[0]:.0%} with "
        f"{one.name}, {lately[1]:.0%} with {many.name}. Of the wrong labels, "
        f"{memorised(one.last):.0%} and {memorised(many.last):.0%} are memorised."
    )
    effects = {
        "test accuracy ahead": ahead,
        "memorised, one": memorised(one.last),
        "memorised, many": memorised(many.last),
    }
    return Outcome(shows, text, effects)


def _nl(labels: int) -> Planned:
    spec = RunSpec(method="nl", epochs=20, settings={"complementary_labels": labels})
    return Planned(f"{labels} per step", spec)


MANY = Lesson(
    title="Ruling out one class, or five",
    source="NLNL on CIFAR-100; PMNAR, Equation 6",
    learns="What the number of complementary labels per step does to speed and memorising.",
    seconds=12,
    question=(
        "Negative learning rules out one random class per image and step. What if it rules "
        "out five at once? Each step says more, but it also comes closer to saying “it is "
        "exactly the given class”."
    ),
    choices=(
        "Faster, and it memorises as CE does",
        "Faster, and it still memorises little",
        "No faster",
    ),
    answer=1,
    runs=(_nl(1), _nl(5)),
    watch=(
        "Compare the dotted lines, the test accuracy, at the same epoch. Then the dashed ones with "
        "crosses: the share of wrong labels that is memorised."
    ),
    panels=("Fitting", "Confidence"),
    claim=more_labels_faster,
    why=(
        "Five classes per step say five times as much. A wrong label still hurts only where the "
        "true class is among those ruled out. Papers with 100 classes use 110 labels per step "
        "for that reason: a single one would take forever."
    ),
    changes=(
        Change("Nine against one", (_nl(1), _nl(9))),
        Change("60 % of the labels wrong", changed((_nl(1), _nl(5)), rate=0.6)),
    ),
)
