"""What the documents promise: the README's lines run, CONTRIBUTING's method works as written."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _python(name):
    return re.findall(r"```python\n(.*?)```", (ROOT / name).read_text(), re.DOTALL)


def test_library_lines_of_the_readme_run(capsys):
    (code,) = _python("README.md")
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= 10
    exec(compile(code.replace("epochs=60", "epochs=3"), "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 4


ADDED = """
import sys
import lnl.methods
lnl.methods.__path__.append(sys.argv[1])  # as if the home lay there

import lnl
from lnl import catalogue, charts
from lnl.records import RunSpec

data = lnl.load_data("digits", noise="symmetric", rate=0.4, limit=256)
method = lnl.make_method("active-bias", data, epochs=3)
result = lnl.train(method, data, device="cpu")
assert set(result.records[-1].losses) == {"cross_entropy"}
assert method.history[:, 0].eq(3).all()
assert catalogue.method("active-bias").group == "Baselines"
assert "def training_step" in catalogue.code("active-bias")[0].text
assert catalogue.pieces_of("active-bias") == ("ce",)
assert catalogue.resolve(RunSpec(method="fine", settings={"base": "active-bias"})).method_title
assert charts.method_style("active-bias").dash == "solid"
"""


def test_method_of_contributing_is_a_home_and_trains(tmp_path):
    files = _python("CONTRIBUTING.md")
    assert sum(len(code.splitlines()) for code in files) < 60
    (tmp_path / "active_bias").mkdir()
    (tmp_path / "active_bias" / "__init__.py").touch()
    for code in files:
        place = Path(code.splitlines()[0].removeprefix("# lnl/methods/"))
        (tmp_path / place).write_text(code)
    subprocess.run([sys.executable, "-c", ADDED, tmp_path], cwd=ROOT, check=True)


def test_contributing_stays_short():
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 90
