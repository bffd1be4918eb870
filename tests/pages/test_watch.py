from types import SimpleNamespace

import pytest

from lnl import catalogue, charts
from lnl.errors import BadInput, StoreError
from lnl.records import Heartbeat, RunSpec
from lnl.runs.running.manager import RunManager
from pages.ui.board import panels
from pages.ui.board.panels import fitting
from pages.ui.shell import state
from tests.support import made_up
from tests.support.controls import control


def text(at):
    boxes = (*at.markdown, *at.caption, *at.warning)
    return "\n".join(box.value for box in boxes)


def names(figure):
    return [a["text"] for a in figure["figure"]["layout"]["annotations"] if "<b>" in a["text"]]


def test_without_runs_it_says_what_to_do(app, figures, healthy):
    at = healthy(app())
    assert "Nothing has been trained yet" in text(at)
    assert not figures(at)
    assert at.button(key="start").label == "Start"


def test_the_default_is_ce_beside_selnlpl_on_noisy_digits(app, monkeypatch, healthy):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = healthy(app())
    at.button(key="start").click().run()
    (specs,) = started
    assert [spec.method for spec in specs] == ["ce", "selnlpl"]
    assert {(spec.dataset, spec.noise, spec.rate) for spec in specs} == {
        ("digits", "symmetric", 0.4)
    }
    assert all(spec == RunSpec(method=spec.method) for spec in specs), "else the store keeps it"


def test_the_big_button_of_the_first_screen_starts_the_same(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app()
    at.button(key="start_default").click().run()
    assert started == [[RunSpec(method="ce"), RunSpec(method="selnlpl")]]


def test_a_double_click_starts_once(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app()
    at.button(key="start").click().run()
    at.button(key="start").click().run()
    assert len(started) == 1


def test_what_is_refused_is_said_in_words(app, monkeypatch):
    def refuse(self, specs):
        raise BadInput("20 batches are already queued")

    monkeypatch.setattr(RunManager, "start", refuse)
    at = app()
    at.button(key="start").click().run()
    assert any("20 batches are already queued" in box.value for box in at.error)


def test_settings_and_address_reach_the_run(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app(methods="SelNLPL", rate="20", seed="7", epochs="30", noise="Pair")
    at.number_input(key="selnlpl.digits.threshold").set_value(0.75).run()
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.method, spec.rate, spec.seed, spec.epochs, spec.noise) == (
        "selnlpl",
        0.2,
        7,
        30,
        "pair",
    )
    assert spec.settings == {"threshold": 0.75}, "only what was changed"


def test_panels_are_asked_for_in_any_case(app, make_run, figures, healthy):
    make_run()
    assert set(figures(healthy(app(panels="losses")))) == {"losses"}
    both = set(figures(healthy(app(panels=["LOSSES", "fitting"]))))
    assert both == {"losses", "training-accuracy"}


def test_a_preset_of_the_paper_can_be_chosen(app, monkeypatch):
    started = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: started.append(specs) or [])
    at = app(methods="SelNLPL")
    at.selectbox(key="preset.selnlpl").set_value("paper").run()
    assert "NL 720, SelNL 720, SelPL 720 epochs" in text(at)
    at.button(key="start").click().run()
    assert started == [[RunSpec(method="selnlpl", preset="paper")]]


def test_a_data_set_that_is_not_here_can_be_fetched(app, monkeypatch, tmp_path):
    monkeypatch.setenv("LNL_DATA", str(tmp_path / "nothing"))
    fetched = []

    def fetch(name, progress):
        progress(0.5, "half of it")
        fetched.append(name)
        raise BadInput("no address works")

    at = app(data="MNIST")
    assert any("Not downloaded" in box.value for box in at.warning)
    monkeypatch.setattr(catalogue, "download", fetch)
    at.button(key="download").click().run()
    assert fetched == ["mnist"]
    assert any("no address works" in box.value for box in at.error)


def test_the_schedule_is_told_before_the_start(app):
    at = app(methods="SelNLPL", epochs="30")
    assert "NL 10, SelNL 10, SelPL 10 epochs" in text(at)


def test_a_finished_run_is_drawn(app, make_run, figures, healthy):
    run_id = make_run(epochs=20)
    at = healthy(app())
    shown = figures(at)
    assert set(shown) == {"confidence", "training-accuracy"}
    assert "Memorising wrong labels" in text(at)
    assert "Memorising wrong labels" in shown["confidence"]["label"], "told to who cannot see it"
    assert at.multiselect(key="runs").value == [run_id]


def test_a_start_is_shown_side_by_side_with_short_names(app, make_run, figures, healthy):
    make_run("ce", group="g")
    make_run("selnlpl", group="g")
    at = healthy(app())
    assert names(figures(at)["confidence"]) == ["<b>CE</b>", "<b>SelNLPL</b>"]
    assert "digits · symmetric 40 % · seed 0" in text(at)


def test_the_address_chooses_runs_and_epoch(app, make_run, figures, healthy):
    old = make_run("selnlpl", epochs=9)
    make_run("ce", epochs=2)
    newest = figures(healthy(app(runs=old)))
    past = figures(healthy(app(runs=old, epoch="3")))
    assert names(newest["confidence"]) == ["<b>SelNLPL</b>"]
    assert newest["confidence"]["rev"] != past["confidence"]["rev"]
    marks = [s["name"] for s in past["training-accuracy"]["figure"]["layout"]["shapes"]]
    assert "epoch looked at" in marks


@pytest.mark.parametrize("epoch", ["-1", "0", "x", "9" * 400, "٣", "3.5", "99999"])
def test_a_strange_epoch_breaks_nothing(app, make_run, figures, healthy, epoch):
    make_run()
    assert figures(healthy(app(epoch=epoch)))


def test_a_run_that_is_gone_is_named(app, make_run, healthy):
    run_id = make_run()
    at = healthy(app(runs=f"{run_id},gone-*forever*"))
    assert any("gone" in box.value and "not in the store" in box.value for box in at.warning)
    chooser = at.multiselect(key="runs")
    assert chooser.value == [run_id, "gone-*forever*"]
    healthy(chooser.set_value([run_id]).run())
    assert at.query_params["runs"] == run_id
    assert not at.warning


def test_a_link_to_deleted_runs_alone_says_so_and_offers_the_others(app, make_run, healthy):
    make_run()
    at = healthy(app(runs="gone-1,gone-2"))
    assert len(at.warning) == 2
    assert not [box for box in at.markdown if "Nothing has been trained" in box.value]
    assert len(at.multiselect(key="runs").options) == 3


def test_nobody_asks_for_more_than_eight(app, make_run, healthy):
    ids = [make_run(epochs=1) for _ in range(9)]
    at = healthy(app(runs=",".join(ids)))
    assert len(at.multiselect(key="runs").value) == 8


def test_the_slider_follows_the_newest_epoch_unless_the_address_says_otherwise(
    app, make_run, slider, healthy
):
    run_id = make_run(epochs=5, status="running")
    assert slider(healthy(app())) == {
        "heard": 0,
        "epoch": 0,
        "newest": 5,
        "total": 20,
        "alive": True,
        "back": "Back to live",
        "runs": run_id,
        "byItself": False,
    }
    assert slider(healthy(app(epoch="2")))["epoch"] == 2
    assert slider(healthy(app(epoch="5")))["epoch"] == 0, "the newest epoch is the live view"
    assert slider(healthy(app(epoch="19")))["epoch"] == 0, "there is nothing to see yet"


def test_a_live_run_grows_and_then_ends(app, make_run, store, figures, slider, healthy):
    run_id = make_run(epochs=2, status="running")
    store.heartbeat(run_id, Heartbeat("train", 3, 5, 10, 0.0))
    at = healthy(app())
    before = figures(at)["confidence"]["rev"]
    assert "epoch 3 of 20" in text(at)
    store.append(run_id, made_up.snapshot(3))
    at = healthy(at.run())
    assert figures(at)["confidence"]["rev"] != before
    assert slider(at)["newest"] == 3
    store.set_status(run_id, "done")
    at = healthy(at.run())
    assert not [button for button in at.button if button.label == "Stop"]


def test_a_figure_is_made_once_for_all_viewers(app, make_run, monkeypatch, healthy):
    make_run()
    made = []
    real = charts.fitting_curves
    counted = SimpleNamespace(fitting_curves=lambda *args: made.append(1) or real(*args))
    monkeypatch.setattr(fitting, "charts", counted)
    healthy(app().run())
    healthy(app())
    assert len(made) == 1


def test_a_run_that_was_just_queued_has_empty_axes(app, store, figures, healthy):
    owner = store.own()
    store.create(RunSpec(), name="CE · digits", owner=owner.token)
    at = healthy(app())
    assert "waiting for its turn" in text(at)
    assert set(figures(at)) == {"confidence", "training-accuracy"}
    owner.release()


def test_a_failed_run_says_why_and_can_be_resumed(app, make_run, healthy, monkeypatch):
    resumed = []
    monkeypatch.setattr(RunManager, "resume", lambda self, run_id: resumed.append(run_id))
    run_id = make_run(status="failed", message="the loss is not finite in epoch 4: lower the rate")
    at = healthy(app())
    assert "the loss is not finite" in text(at)
    at.button(key=f"resume_{run_id}").click().run()
    assert resumed == [run_id]


def test_a_run_left_by_a_dead_process_is_interrupted(app, make_run, store, healthy):
    run_id = make_run(status="done")
    run = store.create(RunSpec(), name="CE · digits", owner="host.1.dead")
    store.set_status(run.id, "running")
    at = healthy(app(runs=run.id))
    assert "interrupted" in text(at)
    assert at.button(key=f"resume_{run.id}")
    assert store.run(run_id).status == "done"


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


def test_a_live_part_that_breaks_says_so_once_and_can_be_tried_again(
    app, make_run, figures, monkeypatch, caplog
):
    make_run(status="running")
    with monkeypatch.context() as broken:
        broken.setattr(panels, "board", lambda *args: 1 / 0)
        at = app()
        assert not at.exception
        assert any("ZeroDivisionError" in box.value for box in at.error)
        assert "division by zero" in caplog.text
        told = len(caplog.records)
        at.run()
        assert len(caplog.records) == told, "a log that fills each second helps nobody"
        assert not figures(at)
    at.button(key="again_board").click().run()
    assert not at.error
    assert figures(at)


def test_our_own_errors_are_told_in_their_words(app, make_run, monkeypatch):
    def damaged(*args, **kwargs):
        raise StoreError("the records of epoch 3 are damaged")

    make_run()
    monkeypatch.setattr(state, "records", damaged)
    assert any("epoch 3 are damaged" in box.value for box in app().error)


def test_the_arrays_sent_are_binary(app, make_run, figures):
    make_run(epochs=20)
    traces = figures(app())["training-accuracy"]["figure"]["data"]
    curves = [t for t in traces if t["mode"] == "lines+markers"]
    assert len(curves) == 5
    assert all(t["y"]["dtype"] == "f4" for t in curves)


def test_runs_can_be_looked_at_where_the_methods_cannot_be_loaded(
    app, make_run, figures, monkeypatch
):
    def broken():
        raise ImportError("no torch here")

    make_run()
    monkeypatch.setattr(state, "wait_for_catalogue", broken)
    at = app()
    assert not at.exception
    assert any("ImportError" in box.value for box in at.error)
    assert figures(at)


def test_a_late_answer_of_the_browser_does_not_undo_a_start(app, make_run, healthy):
    """The chooser is a new widget then: what the browser still had is that of the former."""
    old = make_run("ce")
    at = healthy(app(runs=old))
    former = at.multiselect(key="runs")
    new = make_run("selnlpl")
    at.query_params["runs"] = new  # as Start does
    healthy(at.run())
    chooser = control(at, "multiselect", "runs")
    assert (chooser.key, chooser.value) != (former.key, [old])
    healthy(chooser.set_value([new, old]).run())  # a choice by hand
    assert at.query_params["runs"] == f"{new},{old}"


def test_runs_of_one_name_stay_themselves(app, make_run, figures, healthy):
    """An option that is told by its title was the newest of that title: the page swapped runs."""
    older = [make_run("ce"), make_run("selnlpl")]
    newer = [make_run("ce", epochs=5), make_run("selnlpl", epochs=5)]
    at = healthy(app(runs=",".join(older)))
    at.segmented_control(key="hide").set_value("truth").run()
    at.toggle(key="lecture").set_value(True).run()
    assert at.query_params["runs"] == ",".join(older)
    label = figures(healthy(at))["confidence"]["label"]
    at.toggle(key="lecture").set_value(False).run()
    assert at.multiselect(key="runs").value == older
    assert len(set(at.multiselect(key="runs").options)) == len([*older, *newer])
    at.multiselect(key="runs").set_value(newer).run()
    assert at.query_params["runs"] == ",".join(newer)
    assert figures(healthy(at))["confidence"]["label"] != label


def test_the_default_view_is_in_the_address_too(app, make_run, healthy):
    ids = [make_run("ce", group="a"), make_run("selnlpl", group="a")]
    at = healthy(app())
    assert at.query_params["runs"] == ",".join(ids)
    make_run("ce", group="b")
    assert healthy(at.run()).query_params["runs"] == ",".join(ids), "tomorrow's newest is another"


def test_a_run_that_is_told_the_noise_says_so(app, make_run, healthy):
    at = healthy(app(runs=f"{make_run('ce')},{make_run('co-teaching')}"))
    told = [box.value for box in at.markdown if ":orange-badge[uses the noise rate]" in box.value]
    assert len(told) == 1
    assert told[0].startswith("**co")


def test_the_set_up_says_what_a_method_would_be_told(app, healthy):
    at = healthy(app(methods="ce,co-teaching"))
    (planned,) = [box.value for box in at.caption if "epochs" in box.value and "- CE" in box.value]
    told = [line for line in planned.splitlines() if "uses the noise rate" in line]
    assert [line.startswith("- Co") for line in told] == [True]
