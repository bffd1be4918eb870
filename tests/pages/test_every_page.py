"""Every page with every state of a store: something to read, nothing broken."""

import pytest

from lnl.methods.registry import all_methods
from pages.ui.shell import frame
from tests.support import made_up

METHODS = [entry.name for entry in all_methods()][:10]
STATES = {
    "no runs": [],
    "one run": [{}],
    "a running run": [{"status": "running"}],
    "ten runs": [{"method": method, "group": "ten"} for method in METHODS],
    "a failed run": [{"status": "failed", "message": "the loss is not finite"}],
    "a run that failed at once": [{"status": "failed", "epochs": 0, "message": "no memory"}],
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("card", frame.PAGES, ids=lambda card: card.title)
def test_no_page_breaks(app, store, make_run, healthy, card, state):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    for chosen in STATES[state]:
        make_run(**chosen)
    at = healthy(app(card.file))
    assert at.title[0].value.startswith(card.title)
    assert len(at.markdown) + len(at.caption) > 1
