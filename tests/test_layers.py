"""The import contract bites, what a light import may load, and names that no file may have."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def copy(tmp_path):
    """The tree without its data, to be broken."""
    for name in ("lnl", "pages"):
        ignored = shutil.ignore_patterns("__pycache__", "*.zip", "*.js", "*.css")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(folder):
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )
    assert checked.returncode in (0, 1), checked.stderr
    return {
        line.removesuffix(" BROKEN") for line in checked.stdout.splitlines() if "BROKEN" in line
    }


def test_each_contract_bites(copy):
    assert broken_contracts(copy) == set()
    for stray in ("lnl/stray.py", "lnl/runs/stray.py", "pages/stray.py", "pages/ui/stray.py"):
        (copy / stray).write_text('"""In no layer."""\n')
    for module, imported in {
        "lnl/charts/curves.py": "torch",
        "lnl/data/split.py": "streamlit",
        "lnl/methods/ce/card.py": "lnl.losses",
        "lnl/runs/store/files.py": "umap",
        "pages/methods.py": "lnl.training",
    }.items():
        path = copy / module
        path.write_text(f"{path.read_text()}\nimport {imported}\n")
    told = broken_contracts(copy)
    assert told == {
        "lnl",
        "the life of a run",
        "pages",
        "rooms of the pages",
        "lnl stands on its own",
        "a card is plain data: charts and tables read it without torch",
        "no torch in pictures, findings, evidence, readings of the store",
        "UMAP is for the process that makes maps",
        "pages hold no tensor and no method",
    }


def test_no_catch_all_files():
    bad = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [
        path for path in ROOT.glob("**/*.py") if path.name in bad and ".venv" not in path.parts
    ] == []


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("lnl", ("torch", "streamlit", "plotly", "umap", "ray")),
        ("lnl.runs.store", ("torch", "streamlit", "umap")),
        ("lnl.charts", ("torch", "streamlit", "umap")),
        ("lnl.maps.maker", ("torch", "streamlit", "umap", "numba")),
        ("lnl.maps.making", ("torch", "streamlit", "umap", "numba")),
        ("lnl.recorded", ("torch", "streamlit", "umap")),
        ("lnl.report", ("torch", "streamlit", "umap")),
        ("lnl.lessons", ("torch", "streamlit", "umap")),
        ("lnl.evidence.method_tables", ("torch", "streamlit")),
        ("lnl.training", ("streamlit", "plotly", "umap", "pandas")),
    ],
)
def test_light_import(module, heavy):
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


def test_trains_where_the_screen_is_not_installed():
    code = """
import sys
for name in ("streamlit", "plotly", "umap", "pandas"):
    sys.modules[name] = None
import lnl
data = lnl.load_data("digits", noise="symmetric", rate=0.4, limit=128)
print(len(lnl.train(lnl.make_method("ce", data, epochs=1), data, device="cpu").records))
print("sklearn" in sys.modules)
"""
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["1", "False"]
