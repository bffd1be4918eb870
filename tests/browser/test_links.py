"""A link names its runs: whatever is pressed, and whatever is trained after it, it shows them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from lnl.records import RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up
from tests.support.passing import IDLE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def kept(server):
    """The store of the server."""
    store = RunStore(server.cache)
    yield store
    store.close()


HIDDEN = "hidden => location.search.includes('hide=') === hidden"


def pair(store, epochs=3):
    """Two finished runs of one start, named as any other pair of them; their ids."""
    ids = []
    for method in ("ce", "selnlpl"):
        info = made_up.info(method)
        spec = RunSpec(method=method, epochs=20)
        run = store.create(
            spec, info.data, info.stages, info.device, name=info.name, group=f"of {epochs}"
        )
        for epoch in range(1, epochs + 1):
            store.append(run.id, made_up.snapshot(epoch, method))
        store.set_status(run.id, "done")
        ids.append(run.id)
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    return ids


def named(page):
    """The runs that the address names."""
    return parse_qs(urlsplit(page.url).query).get("runs", [""])[0].split(",")


def settled(page):
    expect(page.locator(".lnl-plot .main-svg").first).to_be_visible()
    page.locator(IDLE).wait_for()


@pytest.mark.parametrize("place", ["", "compare"])
def test_runs_that_share_a_name_are_never_exchanged(page, server, kept, place):
    older, newer = pair(kept, epochs=3), pair(kept, epochs=5)
    page.goto(f"{server.url}/{place}?runs={','.join(older)}")
    settled(page)
    for press in ("Hidden", "Guess", "Shown"):
        page.locator(".st-key-truth").get_by_text(press, exact=True).click()
        page.wait_for_function(HIDDEN, arg=press != "Shown")
        page.locator(IDLE).wait_for()
        assert named(page) == older
        expect(page.locator(".lnl-epoch output")).to_have_text("3")
    page.goto(f"{server.url}/{place}?runs={','.join(newer)}")
    settled(page)
    expect(page.locator(".lnl-epoch output")).to_have_text("5")


def test_what_is_shown_unasked_is_in_the_address_and_stays(page, server, kept):
    first = pair(kept)
    page.goto(server.url)
    settled(page)
    page.wait_for_function("location.search.includes('runs=')")
    address = page.url
    assert sorted(named(page)) == sorted(first)
    page.get_by_test_id("stTopNavLink").filter(has_text="Compare").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible()
    settled(page)
    page.get_by_test_id("stPopoverButton").filter(has_text="Runs").click()
    expect(page.locator(".st-key-runs [data-baseweb=tag], .st-key-runs [data-tag]")).to_have_count(
        2
    )
    pair(kept, epochs=5)
    page.goto(address)
    settled(page)
    assert sorted(named(page)) == sorted(first)
    expect(page.locator(".lnl-epoch output")).to_have_text("3")


def test_a_link_to_runs_that_are_gone_says_so_and_shows_the_rest(page, server, kept):
    gone, left = pair(kept)
    kept.trash(gone)
    kept.purge()
    page.goto(f"{server.url}/?runs={gone},{left}")
    settled(page)
    expect(page.get_by_role("alert").filter(has_text=gone)).to_be_visible()
    page.goto(f"{server.url}/?runs={gone}")
    expect(page.get_by_role("alert").filter(has_text=gone)).to_be_visible()
    expect(page.get_by_text("Nothing has been trained yet")).to_have_count(0)


def test_train_on_this_trains_what_is_shown(page, server, kept):
    page.goto(f"{server.url}/data?rate=20&epochs=3")
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_role("heading", name="Watch", exact=True)).to_be_visible()
    expect(page.locator(".lnl-epoch output")).not_to_have_text("0")
    settled(page)
    specs = [kept.run(run).spec for run in named(page)]
    assert [(spec.rate, spec.epochs) for spec in specs] == [(0.2, 3)] * 2
