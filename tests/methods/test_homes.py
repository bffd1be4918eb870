"""A method stands in one place: its card without torch, its name nowhere else."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from lnl.defaults import BASELINE, FIRST_LOSSES, FIRST_METHODS
from lnl.methods.cards import cards, homes
from lnl.methods.registry import all_methods

ROOT = Path(__file__).parents[2]
MAY_NAME_METHODS = {
    "lnl/defaults.py": "the defaults of the first screen",
    "lnl/lessons": "a lesson is about certain methods",
    "lnl/recorded": "the comparison that ships",
    **{home.replace(".", "/"): "a home" for home in homes()},
}
WORDS = {
    ("pages/ui/components/reveal.py", "act"): "the scroll that is asked for, an act of one's own",
    ("pages/ui/shell/navigation.py", "act"): "as in reveal.py",
    ("lnl/data/sources/shapes.py", "disc"): "a shape, the name of a class",
}


def named(path):
    """The registered names that are whole literals in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in literals if isinstance(text, str) and text in cards()}


def strays():
    paths = [*ROOT.glob("lnl/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"]
    places = {path: path.relative_to(ROOT).as_posix() for path in paths}
    return {
        (place, name)
        for path, place in places.items()
        if not any(f"{place}/".startswith(f"{allowed}/") for allowed in MAY_NAME_METHODS)
        for name in named(path)
    }


def test_no_code_names_a_method_but_its_home():
    assert strays() == WORDS.keys()


def test_a_name_is_found_wherever_it_hides(tmp_path):
    path = tmp_path / "stray.py"
    path.write_text(
        '"""ce"""\nCUTS = {"selnl": 1}\nif x == f"{y}" or "nl-1" in ["gmm"]:\n    pass\n'
    )
    assert named(path) == {"ce", "selnl", "gmm"}


@pytest.mark.parametrize("home", homes())
def test_a_home_is_one_word_for_folder_test_and_methods(home):
    word = home.rpartition(".")[2]
    own = import_module(f"{home}.card").CARDS
    assert any(f"{card.name}-".startswith(f"{word.replace('_', '-')}-") for card in own)
    assert (ROOT / f"tests/methods/test_{word}.py").exists() or word == BASELINE
    assert not (ROOT / home.replace(".", "/") / "__init__.py").read_text().count("import")


def test_every_card_is_registered_once_and_in_its_order():
    assert [entry.name for entry in all_methods()] == list(cards())
    assert sum(len(import_module(f"{home}.card").CARDS) for home in homes()) == len(cards())
    for entry in all_methods():
        assert entry.card is cards()[entry.name]
        assert entry.card.defaults.keys() <= entry.cls.Settings.model_fields.keys()
        assert entry.card.cut is None or entry.card.cut.setting in entry.cls.Settings.model_fields
        assert entry.card.title
        assert entry.card.summary.endswith(".")


def test_the_order_is_that_of_the_cards_whatever_was_imported_first():
    code = """
import lnl.methods.sed.method
from lnl.methods.cards import cards
from lnl.methods.registry import all_methods
assert [entry.name for entry in all_methods()] == list(cards())
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_first_screen_names_what_there_is():
    assert {BASELINE, *FIRST_METHODS, *FIRST_LOSSES} <= cards().keys()


def test_cards_are_read_without_torch():
    code = "import sys; from lnl.methods.cards import cards; print(len(cards()), *sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    count, *modules = out.stdout.split()
    assert int(count) == len(cards())
    assert {"torch", "numpy", "pydantic"}.isdisjoint(modules)
