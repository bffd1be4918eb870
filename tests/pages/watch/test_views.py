"""How a run is drawn: panels, options, the truth hidden or unknown, a lecture."""

from tests.support.watch_page import names, text


def test_panels_are_asked_for_in_any_case(app, make_run, figures, healthy):
    make_run()
    assert set(figures(healthy(app(panels="losses")))) == {"losses"}
    both = set(figures(healthy(app(panels=["LOSSES", "fitting"]))))
    assert both == {"losses", "training-accuracy"}


def test_without_true_labels_no_group_is_claimed(app, make_run, figures, healthy):
    make_run(truth=False)
    at = healthy(app())
    traces = [t["name"] for t in figures(at)["confidence"]["figure"]["data"]]
    assert traces == ["all samples (true labels unknown)"]
    assert "True labels are unknown" in text(at)


def test_options_of_the_histogram(app, make_run, figures, healthy):
    make_run("selnlpl")
    at = healthy(app(of="clean scores", bars="count", log="true"))
    figure = figures(at)["clean-scores"]["figure"]
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert [s["name"] for s in figure["layout"]["shapes"]] == ["threshold 0.10"]


def test_losses_are_drawn_on_demand(app, make_run, figures, healthy):
    make_run()
    at = healthy(app(panels="Losses"))
    assert set(figures(at)) == {"losses"}


def test_the_truth_can_be_hidden(app, make_run, figures, healthy):
    make_run()
    at = healthy(app(hide="true"))
    series = {trace["name"] for trace in figures(at)["confidence"]["figure"]["data"]}
    assert series == {"all samples (true labels unknown)"}
    assert "True labels are unknown" in text(at)
    shown = healthy(at.segmented_control(key="hide").set_value("").run())
    assert "mislabelled" in {t["name"] for t in figures(shown)["confidence"]["figure"]["data"]}


def test_a_lecture_hall_sees_larger_figures_and_no_advice(app, make_run, figures, healthy):
    make_run()
    plain, big = healthy(app()), healthy(app(lecture="true"))
    before = figures(plain)["confidence"]["figure"]["layout"]
    after = figures(big)["confidence"]["figure"]["layout"]
    assert after["font"]["size"] >= 22 > before["font"]["size"]
    assert after["height"] > before["height"]
    assert "Each training sample counts once" not in text(big)


def test_names_from_outside_are_text(app, make_run, store, figures, healthy):
    run_id = make_run()
    store.rename(run_id, "<a href='http://x'>a</a> **b** [c](http://d) $e$")
    at = healthy(app())
    assert "<a" not in str(names(figures(at)["confidence"]))
    assert "[c](http" not in text(at)


def test_the_arrays_sent_are_binary(app, make_run, figures):
    make_run(epochs=20)
    traces = figures(app())["training-accuracy"]["figure"]["data"]
    curves = [t for t in traces if t["mode"] == "lines+markers"]
    assert len(curves) == 5
    assert all(t["y"]["dtype"] == "f4" for t in curves)


def test_a_run_that_is_told_the_noise_says_so(app, make_run, healthy):
    at = healthy(app(runs=f"{make_run('ce')},{make_run('co-teaching')}"))
    told = [box.value for box in at.markdown if ":orange-badge[uses the noise rate]" in box.value]
    assert len(told) == 1
    assert told[0].startswith("**co")
