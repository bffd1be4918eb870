"""What the documents promise: the README's lines run, CONTRIBUTING's method works as written."""

import re
from pathlib import Path

import pytest

from lnl.methods.registry import _REGISTRY, all_methods

ROOT = Path(__file__).parents[1]


def _python(name):
    return re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


def test_library_lines_of_the_readme_run(capsys):
    (code,) = _python("README.md")
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 10
    exec(compile(code.replace("epochs=60", "epochs=3"), "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_method_of_contributing_trains_and_keeps_the_contract(blobs):
    (code,) = _python("CONTRIBUTING.md")
    assert len(code.splitlines()) < 60
    before = dict(_REGISTRY)
    try:
        exec(compile(code, "CONTRIBUTING.md", "exec"), {"__name__": "contributed"})
        from lnl.training import make_method, train

        method = make_method("elr", blobs)
        result = train(method, blobs, epochs=3, device="cpu")
        assert set(result.records[-1].losses) == {"cross_entropy", "elr"}
        assert result.records[-1].reading == "clean_scores"
        assert method.targets.sum(1).min() > 0
    finally:
        _REGISTRY.clear()
        _REGISTRY.update(before)


def test_contributing_stays_short():
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 90


@pytest.mark.parametrize("name", [entry.name for entry in all_methods()])
def test_every_method_is_in_the_readme(name):
    assert f"`{name}`" in (ROOT / "README.md").read_text()
