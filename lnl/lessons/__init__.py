"""Guided experiments: a question, a run, what it showed, computed from its own records."""

from lnl.lessons.early import CORRECTING, MEMORY
from lnl.lessons.lesson import Change, Lesson, Outcome, Planned, Seen
from lnl.lessons.negative import MANY, NOT_A, STAGES
from lnl.lessons.robust import CLUSTERS, RESTORATION, TRAP
from lnl.lessons.structure import ASYMMETRIC
from lnl.lessons.two_phases import TWO_PHASES
from lnl.lessons.weighing import FORGETTING, WEIGHTS

LESSONS: tuple[Lesson, ...] = (
    TWO_PHASES,
    NOT_A,
    STAGES,
    MANY,
    WEIGHTS,
    RESTORATION,
    TRAP,
    CLUSTERS,
    FORGETTING,
    ASYMMETRIC,
    MEMORY,
    CORRECTING,
)

__all__ = ["LESSONS", "Change", "Lesson", "Outcome", "Planned", "Seen"]
