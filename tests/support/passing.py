"""Time that passes in a browser without anybody waiting for it.

``page.clock.install()`` before the page is opened; its timers then run as always, and ``passes``
runs those of some seconds, as fast as they are answered.
"""

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


def passes(page, seconds):
    """All timers of so many seconds go off, and what they asked of the server is answered.

    Returns the seconds that have passed in the browser, those of the answers too.
    """
    since = page.evaluate("Date.now()")
    page.locator(IDLE).wait_for()
    for _ in range(seconds):
        page.clock.run_for(1000)
        page.locator(IDLE).wait_for()
    return (page.evaluate("Date.now()") - since) / 1000
