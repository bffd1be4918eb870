"""From a folder of photos to the first live chart: ``python -m benchmarks.first_chart FOLDER``.

As a user goes, in a browser: the path on the page Data, the import that it offers, *Train on this*
with the two methods chosen there, nothing else touched. Prints the seconds since the path was
given: dry run, import, first chart, end of both runs. The cache is empty at the start.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import FLAGS, find_chromium
from tests.support.servers import Server, free_port

PATIENT = 1_800_000  # milliseconds
LIVE = "document.querySelector('.lnl-plot')?.data?.some((trace) => trace.type === 'bar')"


def measure(page, url, folder):
    """Seconds since the path was given, by what has come."""
    page.set_default_timeout(PATIENT)
    expect.set_options(timeout=PATIENT)
    page.goto(f"{url}/data?data=own&file={folder}&looking=true")
    began = time.perf_counter()
    seen = {}

    def now(what):
        seen[what] = round(time.perf_counter() - began, 1)

    take = page.get_by_role("button", name=re.compile("^Import "))
    take.wait_for()
    now("dry run")
    take.click()
    expect(page.get_by_text("Training images", exact=True)).to_be_visible()
    now("imported")
    page.get_by_role("button", name="Train on this").click()
    page.wait_for_function(LIVE)
    now("first live chart")
    expect(page.locator(".st-key-run_bar")).to_have_count(0)
    now("finished comparison")
    return seen


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        server = Server(Path(made), None, free_port())
        server.start()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        print(measure(browser.new_page(), server.url, Path(sys.argv[1]).resolve()), flush=True)
        browser.close()
        server.stop()
