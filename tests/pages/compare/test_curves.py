"""What is drawn side by side: of the epoch looked at, while runs train, in a lecture."""

import pytest

from lnl.records import EpochRecord, EpochSnapshot, RunSpec
from tests.support import made_up
from tests.support.compare_page import PAGE, drawn, text


def test_without_runs_it_says_where_to_start(app, healthy, figures):
    at = healthy(app(PAGE))
    assert "Nothing to compare yet" in text(at)
    assert not figures(at)


def test_the_epoch_of_the_address_drives_all(compare, seed, figures):
    ids = seed(epochs=5), seed("selnlpl", epochs=5)
    past, now = figures(compare(*ids, epoch="2")), figures(compare(*ids))
    for name in ("curves", "confidence", "training-accuracy"):
        assert past[name]["rev"] != now[name]["rev"]
    marks = [s["name"] for s in past["curves"]["figure"]["layout"]["shapes"]]
    assert marks == ["epoch looked at"] * 3


def test_the_numbers_of_the_address_are_drawn(compare, seed, figures):
    at = compare(seed(), metrics="recovered")
    assert drawn(figures, at) == [("CE", "recovered")]
    assert drawn(figures, compare(seed(), metrics="nonsense"))


def test_a_running_run_grows(compare, make_run, store, figures, healthy):
    run_id, other = make_run(epochs=2, status="running"), make_run("selnlpl", epochs=5)
    at = compare(run_id, other)
    assert "training" in text(at)
    before = figures(at)["curves"]["rev"]
    store.append(run_id, made_up.snapshot(3))
    at = healthy(at.run())
    assert figures(at)["curves"]["rev"] != before
    store.set_status(run_id, "done")
    healthy(at.run())


def test_a_run_that_was_just_queued_and_one_that_failed(compare, make_run, store, figures):
    owner = store.own()
    queued = store.create(RunSpec(), name="SelNLPL · digits · seed 0", owner=owner.token).id
    failed = make_run(status="failed", message="the loss is not finite")
    at = compare(queued, failed)
    assert "waiting for its turn" in text(at)
    waiting = compare(queued)
    assert "true labels" not in text(waiting).lower(), "nothing is known of them yet, and told"
    assert figures(waiting)["curves"]["figure"]["layout"]["xaxis"]["dtick"] == 1
    assert "the loss is not finite" in text(at)
    assert figures(at)
    owner.release()


def test_a_smoothed_curve_has_the_measured_one_behind_it(compare, seed, figures):
    at = compare(seed(), smoothing="0.5", metrics="test accuracy")
    assert [series for _, series in drawn(figures, at)] == [
        "test accuracy, measured",
        "test accuracy",
    ]
    assert at.slider(key="smoothing").value == 0.5
    at.slider(key="smoothing").set_value(0.0).run()
    assert "smoothing" not in at.query_params
    assert len(drawn(figures, at)) == 1


def test_the_lecture_has_figures_and_results_alone(compare, seed, figures):
    at = compare(seed(), seed("selnlpl"))
    at.toggle(key="lecture").set_value(True).run()
    assert "curves" in figures(at)
    heads = [box.value for box in at.subheader]
    assert "Results" in heads
    assert "Where the settings differ" not in heads
    size = figures(at)["curves"]["figure"]["layout"]["font"]["size"]
    assert size == 22


def test_the_report_is_made_when_somebody_asks_for_it(compare, seed, monkeypatch):
    monkeypatch.setattr("lnl.report.report", lambda *args: pytest.fail("made unasked"))
    at = compare(seed(), epoch="2")
    assert [b.label for b in at.get("download_button")] == ["Report", "CSV"]


def test_an_epoch_without_an_evaluation(compare, seed, store, figures):
    run_id = seed(epochs=1)
    bare = EpochRecord(2, "train", 1.0, 0.0, 1.0, {}, {"cross_entropy": 1.0}, evaluated=False)
    store.append(run_id, EpochSnapshot(bare))
    assert drawn(figures, compare(run_id, epoch="2"))


def test_the_samples_of_a_run_that_is_gone(compare, make_run):
    run_id = make_run()
    at = compare(run_id, "gone")
    assert any("not in the store" in box.value for box in at.warning)
