"""Who may import whom, what a light import may load, and names that no file may have."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A part imports only from parts to its right; parts in one tuple never import each other.
LAYERS = [
    ("pages",),
    ("lnl.cli",),
    ("lnl.recorded", "lnl.lessons", "lnl.report"),
    ("lnl.maps",),
    ("lnl.charts", "lnl.runs", "lnl.catalogue"),
    ("lnl.training",),
    ("lnl.methods", "lnl.data", "lnl.diagnostics"),
    ("lnl.losses", "lnl.networks"),
    ("lnl.shapes",),
    ("lnl.comparison",),
    ("lnl.reproduction",),
    ("lnl.published",),
    ("lnl.summary",),
    ("lnl.records", "lnl.errors", "lnl.tables"),
]
NEVER = {
    "lnl": ("streamlit",),
    "lnl.charts": ("torch", "lnl.runs", "streamlit"),
    "lnl.maps": ("torch", "lnl.charts", "lnl.catalogue", "lnl.training", "streamlit"),
    "lnl.records": ("torch",),
    "pages": ("torch", "lnl.methods", "lnl.training", "lnl.losses", "lnl.networks", "lnl.data"),
}


def _within(module: str, part: str) -> bool:
    return module == part or module.startswith(part + ".")


def _forbidden(module: str) -> list[str]:
    names = [name for part, names in NEVER.items() if _within(module, part) for name in names]
    for level, parts in enumerate(LAYERS):
        own = [part for part in parts if _within(module, part)]
        if own:
            names += [part for part in parts if part not in own]
            names += [part for upper in LAYERS[:level] for part in upper]
    return names


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _modules() -> list[Path]:
    folders = [ROOT / "lnl", ROOT / "pages"]
    return [ROOT / "app.py", *(path for folder in folders for path in folder.rglob("*.py"))]


def _name(path: Path) -> str:
    dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return "pages.app" if dotted == "app" else dotted.removesuffix(".__init__")


def violations(module: str, imported: set[str]) -> list[str]:
    forbidden = _forbidden(module)
    return sorted({i for i in imported for f in forbidden if _within(i, f)})


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_no_forbidden_arrow(path):
    assert violations(_name(path), _imports(path)) == []


def test_the_guard_bites():
    assert violations("lnl.methods.nlnl", {"lnl.runs.store"}) == ["lnl.runs.store"]
    assert violations("lnl.methods.nlnl", {"lnl.data"}) == ["lnl.data"]
    assert violations("lnl.charts.curves", {"torch.nn"}) == ["torch.nn"]
    assert violations("pages.watch", {"lnl.training"}) == ["lnl.training"]
    assert violations("lnl.training.trainer", {"lnl.methods.base", "torch"}) == []


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
        ("lnl.reproduction", ("torch", "streamlit")),
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
print(len(lnl.train(lnl.make_method("ce", data), data, epochs=1, device="cpu").records))
"""
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "1"
