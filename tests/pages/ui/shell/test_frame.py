import ast
from pathlib import Path

from streamlit.testing.v1 import AppTest

from pages.ui.shell import frame

ROOT = Path(__file__).parents[4]


def test_every_page_is_in_the_navigation_and_guards_itself():
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "pages").glob("[!_]*.py")}
    assert files == {card.file for card in frame.PAGES}
    for file in files:
        body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        calls = [ast.unparse(part) for part in body if isinstance(part, ast.Expr)]
        assert calls[1] == "frame.ensure()", f"{file}: only its docstring may come before"


def test_a_page_that_streamlit_runs_alone_gets_its_frame(make_run, healthy):
    make_run(status="running")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page("pages/runs.py").run()  # AppTest runs it alone first, as a fresh server does
    healthy(at)
    assert at.title[0].value == "Runs"
    assert at.button(key="bar_Stop"), "the run bar belongs to the frame"
