"""A move of the slider is for the runs that it was drawn for."""

from types import SimpleNamespace

import pytest

from pages.ui.board import replay
from pages.ui.shell.address import Address

RUN = SimpleNamespace(id="a", epochs=60, last_epoch=9)


@pytest.mark.parametrize(("runs", "epoch"), [(("a",), 4), (("b", "c"), None)])
def test_a_move_that_comes_after_other_runs_were_chosen_changes_nothing(monkeypatch, runs, epoch):
    here = Address(runs=("a",))

    def change(**changes):
        nonlocal here
        here = here.but(**changes)

    moves = []
    monkeypatch.setattr(replay.address, "now", lambda: here)
    monkeypatch.setattr(replay.address, "change", change)
    monkeypatch.setattr(replay.state, "busy", lambda run: True)
    monkeypatch.setattr(replay, "epoch_slider", lambda drawn, moved: moves.append(moved))
    assert replay.replay([RUN]) is None
    change(runs=runs)
    moves[0](4)
    assert here == Address(runs=runs, epoch=epoch)
