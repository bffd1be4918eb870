import os
import shutil
import sys

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.support.servers import Copies, Server

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


@pytest.fixture(scope="session")
def copies():
    """What most servers are copies of: the imports are done once a worker."""
    opened = Copies()
    yield opened
    opened.close()


@pytest.fixture
def fresh_process():
    """The server is started by the command that users give, and does its own imports."""


@pytest.fixture
def server(tmp_path, request):
    """A server with a store of its own."""
    cache = tmp_path / "cache"
    cache.mkdir()
    fresh = {"fresh_process", "first_minute"} & set(request.fixturenames)
    copied = sys.platform == "linux" and not fresh  # elsewhere what was imported bears no fork
    running = Server(cache, request.getfixturevalue("copies") if copied else None)
    running.start()
    yield running
    if running.runs():
        running.stop()
    print(running.log())  # noqa: T201 - pytest shows it where the test failed


@pytest.fixture
def first_minute():
    """The page is that of a browser which has never been here, the server has just been started."""


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
