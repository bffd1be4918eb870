"""Runs that are selected by their boxes on the page Runs, and what is done with them."""

import io
import zipfile

import pytest

from lnl.records import RunSpec
from lnl.runs.exchange.bundles import import_runs
from lnl.runs.store import RunStore
from pages.ui.runs import selection_dialogs
from pages.ui.shell.address import MOST_COMPARED, MOST_RUNS, MOST_SELECTED, Address
from tests.support import made_up
from tests.support.controls import control
from tests.support.runs_page import menu, text


def box(at, label):
    (found,) = [each for each in at.checkbox if each.label == label]
    return found


def tick(at, *run_ids):
    for run_id in run_ids:
        at = control(at, "checkbox", f"selected.run.{run_id}").check().run()
    return at


@pytest.fixture
def three(make_run, store):
    """Three runs, the first two of one start."""
    ids = [make_run("ce", group="g"), make_run("selnlpl", group="g"), make_run("ce")]
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    return ids


def test_nothing_is_offered_until_something_is_selected(runs_page, three):
    at = runs_page()
    assert "3 runs" in text(at)
    assert not [b for b in at.button if (b.key or "").startswith("selected_")]


@pytest.mark.parametrize("page", ["Watch", "Compare", "Samples"])
def test_selected_runs_open_side_by_side(runs_page, three, healthy, page):
    at = tick(runs_page(), three[2], three[0])
    assert "**2 selected**" in text(at)
    healthy(at.button(key=f"selected_{page}").click().run())
    assert at.title[0].value == page
    assert at.query_params["runs"] == f"{three[2]},{three[0]}"


def test_a_start_and_a_page_are_selected_with_one_box(runs_page, three, healthy):
    at = runs_page()
    healthy(box(at, "Select all started together").check().run())
    assert "**2 selected**" in text(at)
    assert [each.value for each in at.checkbox] == [False, False, True, True, True]
    healthy(box(at, "Select all on this page").check().run())
    assert all(each.value for each in at.checkbox)
    assert "**3 selected**" in text(at)
    healthy(box(at, "Select all started together").uncheck().run())
    assert "**1 selected**" in text(at)
    healthy(at.button(key="selected_none").click().run())
    assert not any(each.value for each in at.checkbox)
    assert "selected" not in at.query_params


def test_the_selection_outlasts_a_page_and_a_filter(app, store, healthy):
    ids = [store.create(RunSpec(seed=n), name=f"run {n}").id for n in range(15)]
    for run_id in ids:
        store.set_status(run_id, "stopped")
    at = tick(healthy(app("pages/runs.py")), ids[14])
    at.query_params["page"] = "2"
    tick(healthy(at.run()), ids[0])
    assert "**2 selected**, 1 not on this page" in text(at)
    at = healthy(app("pages/runs.py", find="nowhere", selected=f"{ids[0]},{ids[3]}"))
    assert "**2 selected**, 2 not on this page" in text(at)


def test_deleting_several_can_be_undone(runs_page, three, store, healthy):
    at = tick(runs_page(), three[0], three[2])
    healthy(at.button(key="selected_delete").click().run())
    assert [run.id for run in store.runs()] == [three[1]]
    assert "Deleted **2 runs**" in text(at)
    assert "selected**" not in text(at)
    healthy(next(button for button in at.button if button.label == "Undo").click().run())
    assert {run.id for run in store.runs()} == set(three)
    assert "Deleted" not in text(at)
    assert "3 runs" in text(at), "they are not selected again"
    for run_id in (three[0], three[2]):
        returned = control(at, "checkbox", f"selected.run.{run_id}")
        assert returned.key.endswith("_1"), "the browser may bring the former box's value along"


def test_a_selected_run_that_is_deleted_is_selected_no_more(runs_page, three, healthy):
    at = tick(runs_page(), three[0], three[2])
    healthy(menu(at, three[0], "delete"))
    assert "**1 selected**" in text(at)
    assert at.query_params["selected"] == three[2]


def test_tags_of_several(runs_page, three, store, healthy):
    for run_id in three:
        store.annotate(run_id, "kept", ["old", run_id[:2]])
    at = tick(runs_page(), three[0], three[1])
    healthy(at.button(key="selected_tags").click().run())
    at.multiselect(key="tags_remove").set_value(["old"])
    at.multiselect(key="tags_add").set_value(["se"])
    healthy(at.button(key="save").click().run())
    assert [store.run(run_id).tags for run_id in three] == [("ce", "se"), ("se",), ("ce", "old")]
    assert {store.run(run_id).note for run_id in three} == {"kept"}
    assert "save" not in [button.key for button in at.button], "the dialog is closed"


def test_several_leave_as_one_file(runs_page, three, make_run, store, healthy, tmp_path):
    empty = make_run(epochs=0, status="stopped")
    at = tick(runs_page(), three[0], three[2], empty)
    healthy(at.button(key="selected_export").click().run())
    assert "1 without a finished epoch will be omitted" in text(at)
    assert [b.key for b in at.get("download_button")] == ["download_slim", "download_all"]
    content = selection_dialogs._packed([store.run(three[0]), store.run(three[2])], "slim")
    names = {f"{three[0]}.zip", f"{three[2]}.zip"}
    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) == names
    (tmp_path / "runs.zip").write_bytes(content)
    other = RunStore(tmp_path / "other")
    assert len(import_runs(other, tmp_path / "runs.zip")) == 2
    other.close()


def test_what_a_browser_cannot_take_is_not_offered(runs_page, three, healthy, monkeypatch):
    monkeypatch.setattr(selection_dialogs, "MOST_BYTES", 1)
    at = tick(runs_page(), three[0])
    healthy(at.button(key="selected_export").click().run())
    assert [b.key for b in at.get("download_button")] == ["download_slim"]
    assert "Too large for a browser" in text(at)


def ended(store, count):
    """Runs of one start that were stopped before they began."""
    ids = [store.create(RunSpec(seed=n), group="g").id for n in range(count)]
    for run_id in ids:
        store.set_status(run_id, "stopped")
    return ids


@pytest.mark.parametrize(
    ("page", "most", "label", "opened"),
    [
        ("Watch", MOST_RUNS, f"Compare all {MOST_RUNS + 1}", MOST_RUNS + 1),
        (
            "Compare",
            MOST_COMPARED,
            f"Compare {MOST_COMPARED} of {MOST_COMPARED + 1}",
            MOST_COMPARED,
        ),
    ],
)
def test_what_is_too_much_for_a_page_goes_where_there_is_room(
    app, store, healthy, page, most, label, opened
):
    ids = ended(store, most + 1)
    at = healthy(app("pages/runs.py", selected=",".join(ids)))
    assert f"{page} takes up to {most}" in text(at)
    assert at.button(key=f"selected_{page}").disabled
    assert at.button(key="selected_Compare").disabled == (page == "Compare")
    assert not at.button(key="selected_tags").disabled
    everything = at.button(key="open_g")
    assert everything.label == label
    healthy(everything.click().run())
    assert at.title[0].value == "Compare"
    assert at.query_params["runs"] == ",".join(ids[:opened])


def test_watch_shows_the_first_of_too_many(app, store, healthy):
    ids = ended(store, MOST_RUNS + 1)
    at = healthy(app("pages/watch.py", runs=",".join(ids)))
    assert at.multiselect(key="runs").value == ids[:MOST_RUNS]
    assert f"Showing the first {MOST_RUNS} of {MOST_RUNS + 1} runs" in text(at)


def test_the_address_takes_so_many_and_no_more():
    ids = [f"run-{number}" for number in range(MOST_SELECTED + 20)]
    address = Address()
    for start in range(0, len(ids), 10):
        address = address.put(f"selected.start.{','.join(ids[start : start + 10])}", True)
    assert address.selected == tuple(ids[:MOST_SELECTED])
    assert address.get("selected.run.run-99")
    assert not address.get("selected.run.run-100")
    assert address.put("selected.run.run-5", False).selected[5] == "run-6"


def test_a_chooser_offers_the_newest_and_the_chosen(app, make_run, store, healthy):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    old = make_run()
    few = healthy(app("pages/watch.py", runs=old))
    assert "Older runs" not in [link.label for link in few.get("page_link")]
    for number in range(55):
        store.set_status(store.create(RunSpec(seed=number)).id, "stopped")
    for page in ("pages/watch.py", "pages/compare.py"):
        at = healthy(app(page, runs=old))
        (chooser,) = [box for box in at.multiselect if box.label == "Runs shown side by side"]
        assert len(chooser.options) == 51
        assert chooser.value == [old]
        (link,) = [link for link in at.get("page_link") if link.label == "Older runs"]
        assert link.proto.query_string == f"selected={old}"
    at = healthy(app("pages/samples.py", runs=old))
    (chooser,) = [box for box in at.selectbox if box.label == "Run"]
    assert (len(chooser.options), chooser.value) == (51, old)


def test_a_chooser_searches_all_runs_as_the_list_does(app, make_run, store, healthy):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    old = make_run("selnlpl")
    store.annotate(old, "the one with a note", ["exam"])
    for number in range(55):
        store.set_status(store.create(RunSpec(seed=number)).id, "stopped")
    shown = store.newest(1)[0].id
    at = healthy(app("pages/watch.py", runs=shown))
    (chooser,) = [box for box in at.multiselect if box.label == "Runs shown side by side"]
    assert len(chooser.options) == 50
    assert not [option for option in chooser.options if "SelNLPL" in option]
    healthy(at.text_input(key="search_runs").set_value("EXAM note").run())
    (chooser,) = [box for box in at.multiselect if box.label == "Runs shown side by side"]
    assert len(chooser.options) == 2, "the one that is found, and the one that is shown"
    healthy(chooser.set_value([shown, old]).run())
    assert at.query_params["runs"] == f"{shown},{old}"
