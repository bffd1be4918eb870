"""The panels Confidence, Fitting, Detection, Confusion and Losses, with the truth and without."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lnl.records import RunSpec
from lnl.runs.store.kept_data import DataToKeep
from pages.ui.components import figure
from tests.support import made_up

COUNT = made_up.CLEAN + made_up.MISLABELLED


@pytest.fixture
def labels(store):
    """Keeps the labels of the made-up data: the true class k is given as k + 1 in 400 samples."""
    true = np.arange(COUNT) % 10
    given = np.where(np.arange(COUNT) < made_up.MISLABELLED, (true + 1) % 10, true)

    def keep(known=True):
        data = DataToKeep(
            given_labels=given,
            true_labels=true if known else None,
            groups=(given != true).astype(np.int8) if known else np.full(COUNT, 3, np.int8),
            class_names=tuple("0123456789"),
            probe=np.arange(10),
            images=np.zeros((COUNT, 1, 8, 8), np.uint8),
        )
        store.keep_data("f" * 16, data)
        return given, true

    return keep


def series(figure):
    return [trace["name"] for trace in figure["figure"]["data"]]


def words(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption))


NAMES = {
    "over the epochs": "detection-over-the-epochs",
    "precision and recall": "detection-precision-and-recall",
    "F1 by threshold": "detection-F1-by-threshold",
    "noise rate": "detection-noise-rate",
    "overlap": "detection-overlap",
}


@pytest.mark.parametrize(("shown", "name"), NAMES.items())
def test_each_figure_of_detection(app, make_run, figures, healthy, shown, name):
    make_run("selnlpl", epochs=3)
    at = healthy(app(panels="Detection", detection=shown))
    (figure,) = figures(at).items()
    assert figure[0] == name
    assert "empty" not in series(figure[1])


@pytest.mark.parametrize("shown", NAMES)
def test_hidden_truth_leaves_the_estimate_alone(app, make_run, figures, healthy, shown):
    make_run("selnlpl", epochs=3)
    at = healthy(app(panels="Detection", detection=shown, hide="true"))
    (figure,) = figures(at).items()
    assert figure[0] == "detection-noise-rate"
    assert series(figure[1]) == ["estimated noise rate"]


def test_given_against_true_beside_given_against_predicted(app, make_run, labels, figures, healthy):
    given, true = labels()
    make_run("ce", group="a")
    make_run("selnlpl", group="a")
    at = healthy(app(panels="Confusion"))
    figure = figures(at)["confusion"]
    assert series(figure) == ["given against true"] + ["given against predicted"] * 2
    counts = np.asarray(figure["figure"]["data"][0]["text"]).astype(int)
    assert np.trace(counts) == (given == true).sum()
    assert counts.sum() == COUNT


def test_hidden_truth_hides_the_true_labels(app, make_run, labels, figures, healthy):
    labels()
    make_run("ce")
    at = healthy(app(panels="Confusion", hide="true"))
    assert series(figures(at)["confusion"]) == ["given against predicted"]


def test_unknown_true_labels_are_not_drawn(app, make_run, labels, figures, healthy):
    labels(known=False)
    make_run("ce", truth=False)
    at = healthy(app(panels="Confusion"))
    assert series(figures(at)["confusion"]) == ["given against predicted"]


@pytest.fixture
def click(monkeypatch):
    """The next drawing of the confusion tells of a click on a cell."""

    def on(panel, row, column):
        draw = figure.draw

        def clicked(drawing, key):
            draw(drawing, key)
            monkeypatch.setattr(figure, "draw", draw)
            cells = json.loads(drawing.payload)["figure"]["layout"]["meta"]["cells"]
            return {**cells[panel], "row": row, "column": column}

        monkeypatch.setattr(figure, "draw", clicked)

    return on


@pytest.mark.parametrize(
    ("panel", "address", "hide"),
    [
        ("x", {"given": "3", "true": "2"}, False),
        ("x2", {"given": "3", "predicted": "2"}, False),
        ("x", {"given": "3", "predicted": "2"}, True),
    ],
)
def test_a_click_on_a_cell_lists_its_samples(
    app, make_run, labels, figures, healthy, click, panel, address, hide
):
    labels()
    runs = [make_run("ce", epochs=3), make_run("selnlpl", epochs=3)]
    at = healthy(app(runs=",".join(runs), panels="Confusion", epoch="2", hide=str(hide).lower()))
    cells = figures(at)["confusion"]["figure"]["data"][int(panel[1:] or 1) - 1]
    click(panel, 3, 2)
    at = healthy(at.run())
    assert at.title[0].value == "Samples"
    shown = {name: at.query_params.get(name) for name in ("runs", "epoch", *address)}
    assert shown == {"runs": ",".join(runs), "epoch": "2", **address}
    assert f"{int(cells['text'][3][2])} samples." in words(at)
    healthy(next(b for b in at.button if b.label == "All classes").click().run())
    assert f"{COUNT:,} samples." in words(at)
    assert not set(address) & set(at.query_params)


def test_a_cell_of_another_run_brings_it_to_the_front(app, make_run, labels, healthy, click):
    labels()
    first, second = make_run("ce"), make_run("selnlpl")
    at = healthy(app(runs=f"{first},{second}", panels="Confusion"))
    click("x3", 4, 4)
    at = healthy(at.run())
    assert at.query_params["runs"] == f"{second},{first}"
    assert at.query_params["epoch"] == "3"


def test_before_the_first_epoch_confusion_says_so(app, store, figures, healthy):
    owner = store.own()
    store.create(RunSpec(), name="CE · digits", owner=owner.token)
    at = healthy(app(panels="Confusion"))
    assert "Nothing is kept of this epoch's samples" in words(at)
    owner.release()


def test_missing_labels_leave_the_other_panels_alone(app, make_run, figures, healthy):
    make_run()
    at = healthy(app(panels=["Confusion", "Fitting"]))
    assert set(figures(at)) == {"training-accuracy"}
    assert "cannot be read" in words(at)


def test_eight_heat_maps_fit(app, make_run, labels, figures, healthy):
    labels()
    for _ in range(8):
        make_run("ce", epochs=1, group="a")
    at = healthy(app(panels="Confusion"))
    assert len(series(figures(at)["confusion"])) == 8
    assert "1 of the runs are left out" in words(at)


def test_the_mislabelled_can_be_looked_at_alone(app, make_run, figures, healthy):
    make_run(epochs=3)
    at = healthy(app(panels="Fitting", fitting="the mislabelled"))
    assert series(figures(at)["mislabelled"]) == ["memorised", "recovered", "third class"]
    hidden = healthy(app(panels="Fitting", fitting="the mislabelled", hide="true"))
    assert set(figures(hidden)) == {"training-accuracy"}


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("loss terms", "losses"),
        ("learning rate", "learning-rate"),
        ("time per epoch", "time-per-epoch"),
        ("images per second", "images-per-second"),
    ],
)
def test_losses_learning_rate_time_and_throughput(app, make_run, figures, healthy, shown, name):
    make_run(epochs=3)
    at = healthy(app(panels="Losses", losses=shown))
    (figure,) = figures(at).items()
    assert figure[0] == name
    assert "empty" not in series(figure[1])


def test_each_network_of_two_can_be_looked_at(app, make_run, store, figures, healthy):
    make_run("ce", group="a")
    run_id = make_run("pmnar", epochs=0, group="a")
    record = made_up.record(1, "pmnar")
    first = {"clean": made_up.pile(made_up.CLEAN, 0.9, 0.01)}
    sources = {"mean": record.confidence["mean"], "network_1": first, "network_2": first}
    snapshot = made_up.snapshot(1, "pmnar")
    store.append(run_id, replace(snapshot, record=replace(record, confidence=sources)))
    at = healthy(app(panels="Confidence", network="network 1"))
    assert at.segmented_control(key="network").options == ["mean of both", "network 1", "network 2"]
    drawn = [t for t in figures(at)["confidence"]["figure"]["data"] if t["xaxis"] == "x2"]
    assert [t["name"] for t in drawn] == ["clean"], "network 1 alone was given clean samples alone"


def test_one_network_has_no_such_choice(app, make_run, healthy):
    make_run("ce")
    at = healthy(app())
    assert "network" not in [control.key for control in at.segmented_control]


def test_a_run_that_only_gets_worse_carries_a_hint(app, make_run, healthy):
    make_run(epochs=12, status="running")
    at = healthy(app())
    assert "Stop here? The best test accuracy so far, 83.4%, was at epoch 1." in words(at)
    assert "Stop here?" not in words(healthy(app(epoch="5"))), "that epoch is not now"


def test_histories_are_read_once(app, make_run, store, healthy, monkeypatch):
    run_id = make_run(epochs=3, status="running")
    healthy(app(panels="Detection", detection="overlap"))
    store.append(run_id, made_up.snapshot(4))
    asked = []
    real = type(store).records

    def counted(self, run_id, *, histograms=False, since=0):
        if histograms:
            asked.append(since)
        return real(self, run_id, histograms=histograms, since=since)

    monkeypatch.setattr(type(store), "records", counted)
    healthy(app(panels="Detection", detection="overlap"))
    assert asked == [3]
