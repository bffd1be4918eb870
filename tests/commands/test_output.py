"""The lines of a run for people."""

from dataclasses import replace

import pytest

from lnl.commands.output import _line
from lnl.records import Detection
from tests.support import made_up


@pytest.mark.parametrize(
    ("detection", "said"),
    [
        (Detection(0.5, 0.5, 0.5, 0.5, 0.5), "detection F1 0.500"),
        (Detection(*[float("nan")] * 5), "detection F1 –"),
        (None, ""),
    ],
)
def test_what_is_undefined_is_a_dash_and_what_is_unknown_is_left_out(detection, said):
    line = _line(replace(made_up.record(1), detection=detection), 20)
    assert "nan" not in line
    assert said in line
    assert ("detection" in line) == bool(said)
