"""Trusting each label as far as the network believes it, and unlearning those it does not."""

from __future__ import annotations

from collections.abc import Sequence

from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen, changed
from lnl.lessons.reading import mean_confidence, memorised, recovered, tested
from lnl.records import RunSpec


def weighs_down(seen: Sequence[Seen]) -> Outcome:
    """With weights far fewer wrong labels are memorised, and the test accuracy ends higher."""
    plain, weighed = seen
    ratio = memorised(weighed.last) / max(memorised(plain.last), 1e-9)
    ahead = tested(weighed.last) - tested(plain.last)
    believed = [mean_confidence(run.last, "mislabelled") for run in seen]
    shows = memorised(plain.last) >= 0.4 and ratio <= 0.6 and ahead >= 0.05
    text = (
        f"{plain.name} repeats {memorised(plain.last):.0%} of the wrong labels, {weighed.name} "
        f"{memorised(weighed.last):.0%}. The mean confidence in a wrong label ends at "
        f"{believed[0]:.2f} and {believed[1]:.2f}, the test accuracy at "
        f"{tested(plain.last):.0%} and {tested(weighed.last):.0%}."
    )
    effects = {
        f"memorised, {plain.name}": memorised(plain.last),
        f"memorised, {weighed.name}": memorised(weighed.last),
        "test accuracy ahead": ahead,
    }
    return Outcome(shows, text, effects)


WEIGHED = (
    Planned("CE", RunSpec(method="ce", epochs=30)),
    Planned("CE+AR", RunSpec(method="ce-ar", epochs=30)),
)
WEIGHTS = Lesson(
    title="Turning the pull of the loss around",
    source="PMNAR, Figures 1 and 5",
    learns=(
        "How the gradient of CE treats wrong labels, and what weighting it by confidence changes."
    ),
    seconds=16,
    question=(
        "The loss of CE pulls hardest at images whose label the network does **not** believe, and "
        "many of those labels are wrong. Reweighting (AR) multiplies each image's loss by that "
        "belief instead. What will happen to the wrong labels?"
    ),
    choices=(
        "They are memorised just the same",
        "Far fewer are memorised",
        "None is memorised",
    ),
    answer=1,
    runs=WEIGHED,
    watch=(
        "For the first epochs both are the same: a warm-up without weights. Then compare the "
        "hatched piles. Under CE+AR most of it should be held on the left."
    ),
    panels=("Confidence", "Fitting"),
    claim=weighs_down,
    why=(
        "With weight p the pull is p·(1 - p): nothing for labels that are disbelieved, nothing for "
        "those already learned. What leaks through are the wrong labels that the network half "
        "believed when the warm-up ended."
    ),
    changes=(
        Change(
            "Add what an image is not (PM+AR)",
            (WEIGHED[0], Planned("PM+AR", RunSpec(method="pm-ar", epochs=30))),
        ),
        Change("60 % of the labels wrong", changed(WEIGHED, rate=0.6)),
    ),
)


def unlearns(seen: Sequence[Seen]) -> Outcome:
    """FINE memorises fewer wrong labels than the same training without it, and recovers more."""
    base, fine = seen
    fewer = memorised(base.last) - memorised(fine.last)
    more = recovered(fine.last) - recovered(base.last)
    shows = fewer >= 0.1 and more >= 0.05
    verdict = " It slows memorising down; on this base it does not end it." if shows else ""
    text = (
        f"{base.name}: {memorised(base.last):.0%} of the wrong labels memorised, "
        f"{recovered(base.last):.0%} of those images predicted as their true class. {fine.name}: "
        f"{memorised(fine.last):.0%} and {recovered(fine.last):.0%}. Test accuracy "
        f"{tested(base.last):.0%} and {tested(fine.last):.0%}.{verdict}"
    )
    effects = {
        "memorised, less": fewer,
        "recovered, more": more,
        "test accuracy ahead": tested(fine.last) - tested(base.last),
    }
    return Outcome(shows, text, effects)


def _fine(name: str, beta: float, gamma: float, base: str = "ce") -> Planned:
    settings = {"base": base, "beta": beta, "gamma": gamma, "warm_up_epochs": 5}
    return Planned(name, RunSpec(method="fine", epochs=30, settings=settings))


FORGETTING = Lesson(
    title="Forgetting and suppressing",
    source="FINE (CVPR 2026), ablation",
    learns="What FINE’s two terms do to labels that are memorised already.",
    seconds=17,
    question=(
        "Leaving suspicious images out does not undo what was already memorised. FINE makes the "
        "network forget their labels (weight β) and pushes their probability down (weight γ). "
        "For comparison: the same training with β = γ = 0. What will FINE do?"
    ),
    choices=(
        "Nothing that can be seen",
        "Memorising becomes slower",
        "Nothing is memorised any more",
    ),
    answer=1,
    runs=(_fine("β = γ = 0", 0.0, 0.0), _fine("FINE", 0.002, 1.0)),
    watch=(
        "The two are the same until epoch 5. Then follow the dashed line with crosses, the "
        "memorised share, and the one with diamonds: images given back their true class."
    ),
    panels=("Fitting", "Confidence"),
    claim=unlearns,
    why=(
        "Both terms act only on images that the split by loss distrusts. γ is 1 here, ten times "
        "the paper's: its base selects better and trains far longer. With the paper's 0.1 the "
        "effect comes and goes with the seed on this small data."
    ),
    changes=(
        Change(
            "Forgetting alone (γ = 0)", (_fine("β = γ = 0", 0.0, 0.0), _fine("β alone", 0.02, 0.0))
        ),
        Change(
            "The paper's weights, γ = 0.1",
            (_fine("β = γ = 0", 0.0, 0.0), _fine("FINE", 0.002, 0.1)),
        ),
    ),
)
