"""A process's first page is drawn by a thread that leaves the slow imports to another."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST_PAGE = """
import sys, threading
from streamlit.testing.v1 import AppTest

class Watch:
    def find_spec(self, name, *_):
        if name in ("torch", "torch._dynamo"):
            print(name, threading.current_thread().name.partition("_")[0], flush=True)

sys.meta_path.insert(0, Watch())
at = AppTest.from_file("app.py", default_timeout=120).run()
assert not at.exception
assert [button.label for button in at.sidebar.button], "the form is there, too"
"""


def test_the_thread_of_the_first_page_imports_no_torch():
    out = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = dict(line.split() for line in out.stdout.splitlines())
    assert told["torch"] == "import"
    assert told.get("torch._dynamo", "import") == "import"
