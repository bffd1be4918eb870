"""Runs as the tests of the store make them."""

from tests.runs.conftest import new_run, record, snapshot

__all__ = ["new_run", "record", "snapshot"]
