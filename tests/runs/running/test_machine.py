import platform
from types import SimpleNamespace

import torch

from lnl.runs.running.machine import machine


def test_the_machine_is_told_without_what_is_not_installed(monkeypatch):
    monkeypatch.setattr("lnl.runs.running.machine._PACKAGES", ("torch", "no-such-package"))
    monkeypatch.setattr(
        "lnl.training.placement.place", lambda: SimpleNamespace(title="a card, bfloat16")
    )
    found = machine()
    assert found.device == "a card, bfloat16"
    assert found.versions["Python"] == platform.python_version()
    assert found.versions.keys() == {"Python", "torch"}
    assert torch.__version__.startswith(found.versions["torch"].split("+")[0])
    assert found.system == f"{platform.system()} {platform.release()}"
