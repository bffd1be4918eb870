"""Validation in the set-up, and on which images accuracies are measured, wherever they stand."""

from dataclasses import replace

import numpy as np
import pytest

from lnl import catalogue
from lnl.records import RunSpec
from lnl.report import report
from lnl.runs.running.manager import RunManager
from tests.support import made_up
from tests.support.controls import control

HELD_OUT = "held-out images whose labels may be wrong too"
VALIDATED = "Validation accuracy on 12 images, against their given labels, which may be wrong too."


def text(at):
    words = "\n".join(box.value for box in (*at.markdown, *at.caption))
    return words.replace("\\", "")  # Markdown's escapes


@pytest.fixture
def started(monkeypatch):
    found = []
    monkeypatch.setattr(RunManager, "start", lambda self, specs: found.append(specs) or [])
    return found


def test_a_share_and_an_early_stop_are_chosen(app, started, healthy):
    at = healthy(app(methods="ce"))
    control(at, "number_input", "validation").set_value(10).run()
    healthy(control(at, "number_input", "patience").set_value(5).run())
    assert (at.query_params["validation"], at.query_params["patience"]) == ("10", "5")
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.validation, spec.patience) == (0.1, 5)


def test_without_validation_there_is_no_early_stop(app, started, healthy):
    at = healthy(app(methods="ce", patience="5"))
    assert "patience" not in [each.key for each in at.number_input]
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.validation, spec.patience) == (0.0, 0)


def test_data_with_validation_images_take_no_share(app, started, healthy, tmp_path):
    images, labels = np.arange(40 * 64, dtype=np.uint8).reshape(40, 8, 8), np.arange(40) % 2
    sets = {f"x_{part}": images for part in ("train", "val", "test")}
    np.savez(tmp_path / "own.npz", **sets, y_train=labels, y_val=labels, y_test=labels)
    file = str(tmp_path / "own.npz")
    at = healthy(app(methods="ce", data="own", file=file, validation="10", patience="3"))
    assert "Validated on 40 validation images of the data set" in text(at)
    at.button(key="start").click().run()
    ((spec,),) = started
    assert (spec.validation, spec.patience) == (0.0, 3)
    assert catalogue.resolve(spec).spec.patience == 3


@pytest.fixture
def run(store):
    """A run on data whose test images were held out, and that was validated."""
    info = made_up.info("ce")
    facts = made_up.facts(actual_noise_rate=None, held_out=True, num_validation=12)
    spec = RunSpec(method="ce", epochs=20)
    run_id = store.create(spec, facts, info.stages, info.device, name="CE · photos · seed 0").id
    store.keep_data(facts.fingerprint, made_up.kept_data(truth=False))
    for epoch in (1, 2):
        made = made_up.snapshot(epoch, truth=False)
        record = replace(made.record, validation_accuracy=0.5)
        store.append(run_id, replace(made, record=record))
    store.set_status(run_id, "done")
    return run_id


@pytest.mark.parametrize("page", ["pages/watch.py", "pages/compare.py", "pages/samples.py"])
def test_a_page_says_what_its_accuracies_are_of(app, healthy, run, page):
    told = text(healthy(app(page, runs=run)))
    assert HELD_OUT in told
    assert VALIDATED in told


def test_the_report_says_so(store, run):
    page = report(store, [run], lambda spec: "train")
    assert page.count(HELD_OUT) >= 4  # verdict, table, curves, data
    assert VALIDATED in page
    assert "by validation" in page


def test_the_curve_and_the_table(app, healthy, figures, run):
    at = healthy(app("pages/compare.py", runs=run))
    fitting = figures(at)["training-accuracy"]["figure"]["data"]
    assert "validation" in {trace.get("name") for trace in fitting}


def test_a_test_set_needs_no_word(app, healthy, make_run):
    told = text(healthy(app(runs=make_run())))
    assert "held-out" not in told
    assert "Validation accuracy" not in told
