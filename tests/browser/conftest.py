import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START = 60  # seconds that a server may take
SEEN = """
if (location.protocol === "http:") // not on the browser's own page, where a server is away
  for (const what of ["played", "hints"]) localStorage.setItem(`lnl.${what}`, "yes");
"""
PATIENT = 120_000  # milliseconds for whatever a test waits for, on whatever machine this is

expect.set_options(timeout=PATIENT)


def find_chromium():
    named = os.environ.get("LNL_CHROMIUM")
    for name in (named,) if named else (*NAMES, *MAC):
        if found := shutil.which(name):
            return found
    pytest.fail(
        f"no browser found ({named or ', '.join(NAMES)}): install Chromium or Chrome, or name one "
        "in LNL_CHROMIUM",
        pytrace=False,
    )


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


class Server:
    """The real server on a free port, with a store of its own."""

    def __init__(self, cache):
        self.cache = cache
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with (self.cache / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--server.port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "LNL_CACHE": str(self.cache)},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start:\n{self.log()}")
            time.sleep(0.1)

    def _answers(self):
        try:
            with urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        """As Ctrl-C or a service manager does; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def log(self):
        return (self.cache / "server.log").read_text(encoding="utf-8", errors="replace")


@pytest.fixture
def server(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    running = Server(cache)
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()
    print(running.log())  # noqa: T201 - pytest shows it where the test failed


@pytest.fixture
def first_minute():
    """The page is that of a browser which has never been here."""


@pytest.fixture
def page(browser, server, request):
    """A page of a profile of its own; the test fails if its console tells of an error."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(PATIENT)
    if "first_minute" not in request.fixturenames:  # else nothing plays by itself
        context.add_init_script(SEEN)
    opened = context.new_page()
    told = []
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.on("console", lambda line: line.type == "error" and told.append(_told(line)))
    # what the page had begun to load when it was left is no fault
    opened.on("requestfailed", lambda r: "ERR_ABORTED" in r.failure or told.append(r.url))
    yield opened
    context.close()
    # Streamlit looks for its own address below each folder of a deep link
    assert not [line for line in told if "/_stcore/" not in line]


def _told(line):
    return f"{line.text} {line.location.get('url', '')}"
