from lnl.runs.running.machine import machine


def test_the_machine_is_told_without_what_is_not_installed(monkeypatch):
    monkeypatch.setattr("lnl.runs.running.machine._PACKAGES", ("torch", "no-such-package"))
    found = machine()
    assert "CPU" in found.device or "bfloat16" in found.device or "float32" in found.device
    assert set(found.versions) == {"Python", "torch"}
    assert found.system
