"""The set-up form: how many runs a Start trains, and what it says of them."""

from concurrent.futures import Future

import numpy as np
import pytest

from lnl import catalogue
from lnl.measuring import expected
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from tests.support import made_up
from tests.support.controls import control


def text(at):
    return "\n".join(box.value for box in at.caption)


@pytest.fixture
def started(monkeypatch):
    found = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: found.append(specs) or [])
    return found


def test_one_start_trains_several_seeds(app, started, healthy):
    at = healthy(app(methods="ce,FINE", seed="5", seed_count="3"))
    assert "6 runs**: each method with seeds 5 to 7." in text(at)
    assert "FINE over SED" in text(at)
    at.button(key="start").click().run()
    ((*specs,),) = started
    assert [(spec.method, spec.seed) for spec in specs] == [
        (method, seed) for seed in (5, 6, 7) for method in ("ce", "fine")
    ]
    assert {spec.noise_seed for spec in specs} == {0}, "the same wrong labels"


def test_of_more_runs_than_fit_the_first_are_shown(app, monkeypatch, make_run, healthy):
    monkeypatch.setattr(
        RunManager, "start", lambda self, specs: [make_run(s.method, 1, group="g") for s in specs]
    )
    at = healthy(app(methods="CE,NL", seed_count="5"))
    assert "10 runs**: each method with seeds 0 to 4. The first 8 are shown" in text(at)
    at.button(key="start").click().run()
    assert len(at.query_params["runs"].split(",")) == 8


def test_too_many_runs_are_refused_before_the_start(app, store, healthy):
    at = app(methods="CE,NL", seed_count="13")
    (told,) = [box.value for box in at.error]
    assert "at most 24 runs per start, got 26" in told
    at.button(key="start").click().run()
    assert not store.runs()
    healthy(at.number_input(key="seed_count").set_value(12).run())


@pytest.mark.parametrize("asked", ["0", "-3", "x", "1e9", "101"])
def test_a_strange_number_of_seeds_breaks_nothing(app, started, asked):
    at = app(seed_count=asked)
    assert not at.exception
    at.button(key="start").click().run()
    assert all(len(specs) <= 200 for specs in started)


def test_a_single_seed_needs_no_word(app, healthy):
    assert "runs**: each" not in text(healthy(app()))


def test_network_batch_size_and_device_can_be_chosen(app, started, healthy):
    at = healthy(app(methods="ce"))
    told = catalogue.resolve(RunSpec())
    assert f"Small CNN, batch size 64, {told.placement.title}" in text(at).replace("\\", "")
    control(at, "selectbox", "architecture").set_value("resnet14").run()
    control(at, "number_input", "batch_size").set_value(32).run()
    healthy(control(at, "selectbox", "device").set_value("cpu").run())
    assert at.query_params["architecture"] == "resnet14"
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.network, spec.batch_size, spec.device) == ("resnet14", 32, "cpu")


def test_left_alone_they_are_what_suits_the_data(app, started):
    app(methods="ce,selnlpl").button(key="start").click().run()
    (specs,) = started
    assert specs == [RunSpec(method="ce"), RunSpec(method="selnlpl")]


@pytest.mark.parametrize(
    "query", [{"architecture": "resnet50"}, {"device": "cuda:7"}, {"batch_size": "-1"}]
)
def test_what_these_data_or_this_machine_cannot_have_is_not_taken(app, started, healthy, query):
    at = healthy(app(methods="ce", **query))
    assert not set(query) & set(at.query_params)
    at.button(key="start").click().run()
    assert started == [[RunSpec()]]


def test_what_a_method_takes_by_itself_is_told_of_each(app, healthy):
    at = app(methods="ce,pmnar")
    at.selectbox(key="preset.pmnar").set_value("cifar10").run()
    told = text(healthy(at))
    assert "Small CNN" in told
    assert "PreAct ResNet" in told


def test_the_settings_of_a_base_are_edited_in_the_form(app, started, healthy):
    at = healthy(app(methods="fine"))
    assert "command line" not in text(at)
    healthy(at.number_input(key="fine.digits.sed..quantile").set_value(0.7).run())
    at.button(key="start").click().run()
    ((spec,),) = started
    assert spec.settings == {"base_settings": {"quantile": 0.7}}
    assert catalogue.resolve(spec).spec.settings["base_settings"]["quantile"] == 0.7


def test_another_base_has_settings_of_its_own(app, started, healthy):
    at = app(methods="fine")
    healthy(at.selectbox(key="fine.digits.base").set_value("act").run())
    keys = [widget.key for widget in at.number_input]
    assert "fine.digits.act..memory" in keys
    assert "fine.digits.sed..quantile" not in keys
    healthy(at.number_input(key="fine.digits.act..memory").set_value(0.5).run())
    at.button(key="start").click().run()
    ((spec,),) = started
    assert spec.settings == {"base": "act", "base_settings": {"memory": 0.5}}


def test_settings_that_a_preset_brings_for_its_base_stay_and_go_with_it(app, started, healthy):
    at = app(methods="fine")
    healthy(at.selectbox(key="preset.fine").set_value("released-cifar100n").run())
    key = "fine.digits.released-cifar100n"
    healthy(at.number_input(key=f"{key}.sed..quantile").set_value(0.7).run())
    at.button(key="start").click().run()
    kept = catalogue.resolve(started[-1][0]).spec.settings["base_settings"]
    assert (kept["quantile"], kept["threshold_momentum"]) == (0.7, 0.999)
    healthy(at.selectbox(key=f"{key}.base").set_value("ce").run())
    at.button(key="start").click().run()
    assert catalogue.resolve(started[-1][0]).spec.settings["base"] == "ce"


@pytest.fixture
def keep(store):
    """Puts a finished run of this spec into the store."""

    def make(spec):
        resolved = catalogue.resolve(spec).spec
        info = made_up.info(spec.method)
        run = store.create(resolved, info.data, info.stages, info.device)
        for epoch in (1, 2):
            store.append(run.id, made_up.snapshot(epoch, spec.method))
        store.set_status(run.id, "done")
        return run.id

    return make


@pytest.mark.parametrize("page", ["pages/watch.py", "pages/data.py"])
def test_what_is_stored_already_is_said_before_the_start_and_opens(app, keep, healthy, page):
    first = keep(RunSpec(method="ce"))
    keep(RunSpec(method="nl"))
    at = healthy(app(page, methods="ce,selnlpl"))
    assert "1 of these 2 runs is stored already" in text(at)
    healthy(at.button(key="open_stored").click().run())
    assert at.title[0].value == "Watch"
    assert at.query_params["runs"] == first


def test_other_settings_are_not_stored_already(app, keep, healthy):
    keep(RunSpec(method="ce", seed=1))
    at = healthy(app(methods="ce"))
    assert not [button for button in at.button if button.key == "open_stored"]
    healthy(control(at, "number_input", "seed").set_value(1).run())
    assert at.button(key="open_stored").label == "Open the stored run"
    healthy(at.number_input(key="ce.digits.momentum").set_value(0.8).run())
    assert not [button for button in at.button if button.key == "open_stored"]


def test_a_model_of_timm_is_found_by_its_name(app, started, healthy):
    at = app(methods="ce")
    assert not [box for box in at.selectbox if box.label == "Model"]
    control(at, "selectbox", "architecture").set_value("timm:").run()
    control(at, "selectbox", "model").set_value("test_resnet").run()
    assert at.query_params["model"] == "test_resnet"
    healthy(at).button(key="start").click().run()
    (((spec,),)) = started
    assert spec.network == "timm:test_resnet"


def test_a_model_whose_weights_are_not_here_says_where_to_put_them(app, monkeypatch, tmp_path):
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    at = app(methods="ce", architecture="frozen:timm:", model="test_vit")
    (told,) = [box.value for box in at.error]
    assert "as test_vit.safetensors, into" in told.replace("\\", "")


def test_without_timm_its_models_are_not_offered(app, monkeypatch):
    monkeypatch.setattr("lnl.networks.timm_models.find_spec", lambda name: None)
    box = control(app(methods="ce"), "selectbox", "architecture")
    assert not [option for option in box.options if "timm" in option]


def test_the_time_of_a_first_run_is_estimated_beside_the_page(app, monkeypatch, healthy, tmp_path):
    trial = Future()
    monkeypatch.setattr(expected, "expecting", lambda spec: trial)
    labels = np.arange(40) % 4
    images = np.zeros((40, 8, 8), np.uint8)
    np.savez(tmp_path / "own.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    own = {"data": "own", "file": str(tmp_path / "own.npz")}
    at = healthy(app(methods="ce,GMM", seed_count="3", **own))
    assert "Trying a few steps" in text(at), "nobody waits for it"
    trial.set_result(20.0)
    assert "About 2 min on this machine, estimated from a few steps." in text(healthy(at.run()))


def test_nothing_is_tried_on_data_that_come_with_the_app(app, monkeypatch, healthy):
    monkeypatch.setattr(expected, "expecting", lambda spec: pytest.fail("nothing is to be tried"))
    assert "on this machine" not in text(healthy(app(methods="ce,dividemix")))


def test_earlier_runs_tell_the_time_where_there_are_some(app, store, monkeypatch, healthy):
    monkeypatch.setattr(expected, "expecting", lambda spec: pytest.fail("nothing is to be tried"))
    run = store.create(catalogue.resolve(RunSpec()).spec, made_up.facts())
    store.append(run.id, made_up.snapshot(1, "ce"))
    at = healthy(app(methods="ce"))
    assert "based on earlier runs" in text(at)
