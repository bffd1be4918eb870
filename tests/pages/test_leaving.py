"""Going to another page while something ticks: not before the browser says that it is quiet."""

from types import SimpleNamespace

import pytest

from pages.ui.shell import navigation


@pytest.fixture
def browser(monkeypatch):
    """Says what it is told to say, and remembers what it was asked about."""
    found = SimpleNamespace(quiet=False, asked=[])

    def answer(key, data, on_quiet_change):
        found.asked.append(data["act"])
        return SimpleNamespace(quiet=found.quiet)

    monkeypatch.setattr(navigation, "_quiet", answer)
    return found


def test_while_a_run_trains_the_browser_is_waited_for(app, make_run, healthy, browser):
    run = make_run(status="running")
    at = healthy(app("pages/runs.py"))
    at = healthy(at.button(key=f"open_{run}").click().run())
    assert not at.title, "neither page"
    assert "runs" not in at.query_params
    browser.quiet = True
    at = healthy(at.run())
    assert at.title[0].value == "Watch"
    assert at.query_params["runs"] == run
    assert len(set(browser.asked)) == 1, "one act, one answer"
    asked = len(browser.asked)
    healthy(at.run())
    assert len(browser.asked) == asked


def test_where_nothing_ticks_nothing_is_waited_for(app, make_run, healthy, browser):
    run = make_run()
    at = healthy(app("pages/runs.py"))
    at = healthy(at.button(key=f"open_{run}").click().run())
    assert at.title[0].value == "Watch"
    assert browser.asked == []
