import os
import shutil
import sys
from functools import partial

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.support.servers import Copies, Server, free_port

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
def chromium():
    path = find_chromium()
    with sync_playwright() as playwright:
        yield partial(_launched, playwright.chromium, path)


def _launched(chromium, path, profile=None):
    how = {"executable_path": path, "args": FLAGS}
    return chromium.launch_persistent_context(profile, **how) if profile else chromium.launch(**how)


@pytest.fixture(scope="session")
def browser(chromium):
    """For what needs a profile of its own."""
    opened = chromium()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def profile(chromium, tmp_path_factory):
    """What it has loaded and compiled of the app serves the next tests too."""
    opened = chromium(tmp_path_factory.mktemp("profile"))
    opened.set_default_timeout(PATIENT)
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


@pytest.fixture(scope="session")
def port():
    """One address for all servers, so that the browser knows what it has of the app."""
    return free_port()


@pytest.fixture
def server(tmp_path, request, port):
    """A server with a store of its own."""
    cache = tmp_path / "cache"
    cache.mkdir()
    fresh = {"fresh_process", "first_minute"} & set(request.fixturenames)
    copied = sys.platform == "linux" and not fresh  # elsewhere what was imported bears no fork
    running = Server(cache, request.getfixturevalue("copies") if copied else None, port)
    running.start()
    yield running
    if running.runs():
        running.stop()
    print(running.log())  # noqa: T201 - pytest shows it where the test failed


@pytest.fixture
def first_minute():
    """The page is that of a browser which has never been here, the server has just been started."""


@pytest.fixture
def page(profile, server, request):
    """A page of a browser that was never here; the test fails if its console tells of an error."""
    opened = profile.new_page()
    opened.set_viewport_size({"width": 1440, "height": 1000})
    devtools = profile.new_cdp_session(opened)
    stored = {"origin": server.url, "storageTypes": "cookies,local_storage,indexeddb"}
    devtools.send("Storage.clearDataForOrigin", stored)
    if "first_minute" not in request.fixturenames:  # else nothing plays by itself
        opened.add_init_script(SEEN)
    told = []
    opened.on("pageerror", lambda error: told.append(str(error)))
    opened.on("console", lambda line: line.type == "error" and told.append(_told(line)))
    # what the page had begun to load when it was left is no fault
    opened.on("requestfailed", lambda r: "ERR_ABORTED" in r.failure or told.append(r.url))
    yield opened
    for each in profile.pages[1:]:  # the first is empty, and keeps the browser open
        each.close()
    profile.clear_permissions()
    # Streamlit looks for its own address below each folder of a deep link
    assert not [line for line in told if "/_stcore/" not in line]


def _told(line):
    return f"{line.text} {line.location.get('url', '')}"
