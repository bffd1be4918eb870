"""The panel Transition of the live board."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support import made_up

PAGE = "pages/watch.py"


@pytest.fixture
def estimating(store, make_run):
    """Three epochs, from the second on with a matrix that keeps every label."""

    def make(truth=True):
        store.keep_data(made_up.facts().fingerprint, made_up.kept_data(truth))
        run_id = make_run("forward-estimated", epochs=0, truth=truth)
        for epoch in range(1, 4):
            matrix = None if epoch == 1 else np.eye(10, dtype=np.float32)
            joint = None if matrix is None else matrix / 10
            made = made_up.snapshot(epoch, "forward-estimated", truth)
            store.append(run_id, replace(made, transition=matrix, joint=joint))
        return run_id

    return make


@pytest.fixture
def words(app, healthy):
    def shown(**query):
        at = healthy(app(PAGE, panels="Transition", **query))
        return at, "\n".join(box.value for box in (*at.markdown, *at.caption, *at.info))

    return shown


def panels(figures, at):
    return [trace["name"] for trace in figures(at)["transition-estimated"]["figure"]["data"]]


def test_the_estimate_stands_beside_the_truth(estimating, words, figures):
    at, text = words(runs=estimating())
    true, estimated, joint = panels(figures, at)
    assert true == "true"
    assert estimated.startswith("estimated: ")
    assert joint.startswith("confident joint: ")
    assert (
        "an entry is off by 8.0% on average, the share of right labels of a class by 40.0%" in text
    )


@pytest.mark.parametrize(("known", "query"), [(True, {"hide": "truth"}), (False, {})])
def test_hidden_or_unknown_truth_leaves_the_estimate(estimating, words, figures, known, query):
    at, text = words(runs=estimating(known), **query)
    shown = [name.partition(":")[0] for name in panels(figures, at)]
    assert shown == ["estimated", "confident joint"]
    assert "the true matrix is unknown" in text
    assert "confident joint: 0.0% of the labels look wrong; the true matrix is unknown" in text


def test_before_the_first_estimate_it_says_so(estimating, words, figures):
    at, text = words(runs=estimating(), epoch="1")
    assert "has no estimate yet at this epoch" in text
    assert "transition-estimated" not in figures(at)


def test_any_run_has_its_confident_joint(store, make_run, words, figures):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    run_id = make_run(epochs=0)
    store.append(run_id, replace(made_up.snapshot(1), joint=np.eye(10, dtype=np.float32) / 10))
    at, _ = words(runs=run_id)
    assert [name.partition(":")[0] for name in panels(figures, at)] == ["true", "confident joint"]


def test_a_run_at_chance_says_that_its_joint_means_nothing(store, make_run, words):
    store.keep_data(made_up.facts().fingerprint, made_up.kept_data())
    run_id = make_run(epochs=0)
    made = made_up.snapshot(1)
    record = replace(made.record, test_accuracy=0.1)
    joint = np.full((10, 10), 0.01, np.float32)
    store.append(run_id, replace(made, record=record, joint=joint))
    _, text = words(runs=run_id)
    assert "its noise estimate mean nothing" in text
    assert "confident joint: 90.0% of the labels look wrong" in text


def test_runs_that_estimate_none_are_told(make_run, words, figures):
    at, text = words(runs=make_run())
    assert "None of these runs has an estimate" in text
    assert "transition-estimated" not in figures(at)
