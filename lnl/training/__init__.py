"""The engine: a spec or a method and data in, one snapshot an epoch out."""

from lnl.training.passes import Stopped
from lnl.training.plan import Plan
from lnl.training.prepare import RunResult, make_method, prepare, train
from lnl.training.trainer import Trainer

__all__ = ["Plan", "RunResult", "Stopped", "Trainer", "make_method", "prepare", "train"]
