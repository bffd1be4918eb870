"""The page Samples: lists, filters, one sample, and what is hidden with the truth."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lnl.runs.running.manager import RunManager
from lnl.samples.rankings import RANKINGS
from tests.support import made_up

ROOT = Path(__file__).parents[2]
PAGE = "pages/samples.py"
KEPT = made_up.kept_data()
GIVEN, TRUE = KEPT.given_labels, KEPT.true_labels
WRONG = GIVEN != TRUE


@pytest.fixture
def kept(store):
    """Labels and images of all made-up runs."""

    def keep(truth=True):
        store.keep_data(made_up.facts().fingerprint, made_up.kept_data(truth))

    return keep


@pytest.fixture
def opened(healthy, kept):
    """The page with an address."""

    def open_page(truth=True, **query):
        kept(truth)
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        return healthy(at.switch_page(PAGE).run())

    return open_page


def grid(at, key="samples"):
    grids = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_pictures"]
    found = [json.loads(proto.json) for proto in grids]
    return next(sent for sent in found if sent["selectable"] == (key == "samples"))


def ids(at):
    return [picture["id"] for picture in grid(at)["pictures"]]


def words(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption))


def test_without_runs_it_says_where_to_start_one(app, healthy):
    at = healthy(app(PAGE))
    assert "No runs yet" in words(at)


def test_a_run_before_its_first_epoch_has_no_samples_yet(opened, make_run, monkeypatch):
    monkeypatch.setattr(RunManager, "resume", lambda self, run_id: None)
    run = make_run(epochs=0, status="stopped")
    assert "No finished epoch yet" in words(opened(runs=run))


def test_labels_that_were_never_kept_are_told_in_words(app, make_run):
    at = app(PAGE, runs=make_run())
    assert not at.exception
    assert any("cannot be read" in box.value for box in at.error)


def test_the_most_suspicious_come_first_with_class_names(opened, make_run):
    at = opened(runs=make_run())
    assert ids(at) == list(range(24)), "made-up scores rise with the number of the sample"
    first, second, third = grid(at)["pictures"][:3]
    assert first["lines"] == ["given =1+1", "true zero", "predicted zero", "confidence 0.00"]
    assert second["lines"][0] == "given *two*"
    assert third["lines"][:2] == ["given *two*", "predicted *two*"]
    assert [p["tone"] for p in (first, second, third)] == ["mislabelled", "mislabelled", "clean"]
    assert "Of the first 100, **40 are really mislabelled**; expected by chance: 40." in words(at)


def test_a_method_with_clean_scores_shows_them(opened, make_run):
    at = opened(runs=make_run("selnlpl"))
    assert grid(at)["pictures"][0]["lines"][-1] == "clean score 0.00"


def test_the_next_page_of_the_list(opened, make_run):
    at = opened(runs=make_run(), list_page="3")
    assert ids(at) == list(range(48, 72))


def test_another_ranking_begins_at_its_first_page(opened, make_run):
    at = opened(runs=make_run(), list_page="3")
    at.selectbox(key="show").set_value("kept").run()
    assert ids(at) == list(range(999, 999 - 24, -1))
    assert "list_page" not in at.query_params


def test_a_page_beyond_the_last_is_the_last(opened, make_run):
    at = opened(runs=make_run(), list_page="40")
    assert ids(at) == list(range(40 * 24 - 24, 40 * 24))
    at.selectbox(key="given").set_value(1).run()
    assert ids(at) == np.flatnonzero(GIVEN == 1)[:24].tolist()


def test_the_address_holds_ranking_and_filters(opened, make_run):
    at = opened(runs=make_run(), show="Filtered out", predicted="0", given="1")
    assert at.selectbox(key="show").value == "filtered"
    assert (at.selectbox(key="given").value, at.selectbox(key="predicted").value) == (1, 0)
    shown = ids(at)
    assert len(shown) == 24
    assert all(TRUE[n] == 0 and GIVEN[n] == 1 for n in shown)


def test_only_mislabelled_ones(opened, make_run):
    at = opened(runs=make_run())
    at.selectbox(key="only").set_value("mislabelled").run()
    assert ids(at) == np.flatnonzero(WRONG)[:24].tolist()
    assert "really mislabelled" not in words(at), "all of them are: that says nothing"


def test_a_pair_narrows_the_list_and_all_classes_widens_it(opened, make_run, healthy):
    at = opened(runs=make_run())
    at.button(key="pair_1_0").click().run()
    assert all(GIVEN[n] == 1 and TRUE[n] == 0 for n in ids(healthy(at)))
    next(b for b in at.button if b.label == "All classes").click().run()
    assert ids(healthy(at)) == list(range(24))


def test_nothing_found_says_so(opened, make_run):
    at = opened(runs=make_run(), given="1", predicted="9")
    assert "No matching samples" in words(at)


def test_one_sample_has_its_history_and_steps_through_the_list(opened, make_run, figures, healthy):
    at = opened(runs=make_run(epochs=5), sample="24")
    assert grid(at)["selected"] == 24
    assert ids(at) == list(range(24, 48)), "the list turns to the page of the sample"
    assert "**Sample 24** · 25 of 1,000 listed" in words(at)
    assert "Given label: **4**" in words(at)
    figure = figures(at)["sample-24"]["figure"]
    (confidence,) = [trace for trace in figure["data"] if trace["name"] == "confidence"]
    assert confidence["meta"] == "CE"
    next(b for b in at.button if b.label == "Previous sample").click().run()
    healthy(at)
    assert at.query_params["sample"] == "23"
    assert ids(at) == list(range(24))
    next(b for b in at.button if b.label == "All samples").click().run()
    assert "sample" not in at.query_params
    assert not figures(at)


def test_the_first_sample_has_none_before_it(opened, make_run):
    at = opened(runs=make_run(), sample="0")
    steps = {b.label: b.disabled for b in at.button}
    assert (steps["Previous sample"], steps["Next sample"]) == (True, False)


@pytest.mark.parametrize("sample", ["99999", "-1", "x", "1" * 30])
def test_a_sample_that_is_not_there_breaks_nothing(opened, make_run, sample, figures):
    at = opened(runs=make_run(), sample=sample)
    assert len(ids(at)) == 24
    assert not figures(at)


def test_an_earlier_epoch(opened, make_run):
    at = opened(runs=make_run(epochs=5), epoch="2", sample="3")
    assert "After epoch 2" in words(at)


def test_the_hidden_truth_leaves_no_trace(opened, make_run, figures):
    at = opened(runs=make_run(), hide="true", sample="0", show="Recovered", only="mislabelled")
    sent = grid(at)
    assert {picture["tone"] for picture in sent["pictures"]} == {""}
    told = " ".join(line for picture in sent["pictures"] for line in picture["lines"])
    assert "true" not in told
    assert "mislabelled" not in words(at).replace("which wrong ones", "")
    assert "True label" not in words(at)
    offered = set(at.selectbox(key="show").options)
    assert not offered & {each.title for each in RANKINGS if each.needs_truth}
    assert "(true)" not in json.dumps(figures(at)["sample-0"])
    assert [box.key for box in at.selectbox if box.key in ("true", "only")] == []


def test_data_without_true_labels_looks_like_the_hidden_truth(opened, make_run):
    at = opened(truth=False, runs=make_run(truth=False))
    assert {picture["tone"] for picture in grid(at)["pictures"]} == {""}
    assert "really mislabelled" not in words(at)


def test_beyond_the_onset_the_list_points_to_the_best_epoch_and_goes_there(opened, make_run):
    at = opened(runs=make_run(epochs=20))
    assert "since epoch 9: its suspects are most reliable at epoch 1" in words(at)
    at.button(key="look_at_best").click().run()
    assert at.query_params["epoch"] == "1"
    assert "best read" not in words(at)


@pytest.mark.parametrize(
    "query",
    [{"epoch": "8"}, {"show": "Recovered"}, {"sample": "3"}, {"lecture": "true"}],
)
def test_it_points_nowhere_before_the_onset_and_where_no_doubts_are_listed(opened, make_run, query):
    at = opened(runs=make_run(epochs=20), **query)
    assert ids(at)
    assert "best read" not in words(at)


@pytest.mark.parametrize("truth", [True, False])
def test_without_true_labels_it_points_there_by_an_estimate(opened, make_run, truth):
    hidden = {"hide": "true"} if truth else {}
    at = opened(truth, runs=make_run(epochs=20, truth=truth), **hidden)
    assert "probably memorised wrong labels since epoch 7: its suspects" in words(at)


def test_a_run_that_resists_is_read_where_it_is(opened, make_run):
    assert "best read" not in words(opened(runs=make_run("selnlpl", epochs=20)))


def test_another_run_comes_to_the_front_of_the_address(opened, make_run):
    a, b = make_run("ce"), make_run("selnlpl")
    at = opened(runs=f"{a},{b}")
    assert at.selectbox(key="runs.first").value == a
    at.selectbox(key="runs.first").set_value(b).run()
    assert at.query_params["runs"] == f"{b},{a}"
    assert grid(at)["pictures"][0]["lines"][-1] == "clean score 0.00"


@pytest.mark.parametrize("status", ["running", "failed", "interrupted", "stopped"])
def test_runs_of_every_status(opened, make_run, status):
    runs = [make_run(status=status, message="a message") for _ in range(10)]
    assert len(ids(opened(runs=",".join(runs)))) == 24


def test_an_unknown_run_is_named(app, make_run, kept):
    kept()
    at = app(PAGE, runs=f"{make_run()},gone")
    assert any("gone" in box.value for box in at.warning)
