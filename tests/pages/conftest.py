import json
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from lnl import recorded
from lnl.measuring import expected
from lnl.records import RunSpec
from lnl.runs.store import RunStore
from pages.ui.shell import address
from tests.support import made_up

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def _packages_are_scanned_once():
    """Else each session of AppTest reads what all installed packages say of themselves."""
    scan = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, scan.__name__, cache(scan))
        yield


@pytest.fixture(autouse=True)
def _fresh():
    """AppTest sessions of one process share resources: each test gets its own."""
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """What a test says in the address counts, also what was there a moment ago."""
    monkeypatch.setattr(address, "ECHO", 0.0)


@pytest.fixture(autouse=True)
def _nothing_is_tried(monkeypatch):
    """No thread of a trial outlives its test: how long a run will take is not known."""
    unknown: Future[float | None] = Future()
    unknown.set_result(None)
    monkeypatch.setattr(expected, "expecting", lambda spec: unknown)


@pytest.fixture(autouse=True)
def _no_recorded_runs(_own_cache):
    """An empty store here is one whose user has deleted the runs that came with the app."""
    opened = RunStore()
    recorded.withhold(opened)
    opened.close()


@pytest.fixture
def first_start(store):
    """The store of somebody who has never opened the app; the folder's only trace is removed."""
    for mark in store.folder.glob("recorded*"):
        mark.unlink()


@pytest.fixture
def make_run(store):
    """Puts a made-up run into the store; one that is alive is owned by a living process."""
    owners = []

    def make(method="ce", epochs=3, status="done", group="", message="", truth=True):
        info = made_up.info(method)
        facts = info.data if truth else made_up.facts(actual_noise_rate=None)
        owner = ""
        if status in ("queued", "running", "paused"):
            owners.append(store.own())
            owner = owners[-1].token
        run = store.create(
            RunSpec(method=method, epochs=20),
            facts,
            info.stages,
            info.device,
            name=f"{info.name} · digits · symmetric 40 % · seed 0",
            group=group,
            owner=owner,
        )
        for epoch in range(1, epochs + 1):
            store.append(run.id, made_up.snapshot(epoch, method, truth))
        if status != "queued":
            store.set_status(run.id, status, message)
        return run.id

    yield make
    for owner in owners:
        owner.release()


@pytest.fixture
def app():
    """Opens a page with an address, as a browser would."""

    def open_page(page="pages/watch.py", **query):
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page != "pages/watch.py":
            at.switch_page(page)
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return open_page


@pytest.fixture
def figures():
    """The figures on a page, by the name that they are saved under."""

    def read(at):
        shown = [e.proto for e in at.get("bidi_component")]
        payloads = [json.loads(p.bytes) for p in shown if p.component_name == "lnl_figure"]
        return {payload["name"]: payload for payload in payloads}

    return read


@pytest.fixture
def healthy():
    """Asserts that nothing broke: live parts tell errors in boxes of their own."""

    def check(at):
        assert not at.exception
        assert not [box.value for box in at.error]
        return at

    return check


@pytest.fixture
def slider():
    """What the epoch slider of a page was given."""

    def read(at):
        (shown,) = [
            e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_epoch"
        ]
        return json.loads(shown.json)

    return read


@pytest.fixture
def runs_page(app, healthy):
    return lambda: healthy(app("pages/runs.py"))
