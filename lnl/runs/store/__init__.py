"""The store of runs: the only road from training to the screen."""

from lnl.runs.store.run_store import RunStore

__all__ = ["RunStore"]
