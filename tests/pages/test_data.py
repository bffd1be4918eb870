"""The page Data & noise: what is previewed is what would be trained."""

import json
from pathlib import Path

import numpy as np
import pytest

from lnl import catalogue
from lnl.data import load_data
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from pages.ui.forms import matrices
from tests.support.controls import control, settled

PAGE = "pages/data.py"


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.warning))


def metrics(at):
    return {metric.label: metric.value for metric in at.metric}


def pictures(at):
    (grid,) = [
        e.proto for e in at.get("bidi_component") if e.proto.component_name == "lnl_pictures"
    ]
    return json.loads(grid.json or grid.bytes)


def test_it_opens_on_noisy_digits(app, figures, healthy):
    at = healthy(app(PAGE))
    assert metrics(at) == {
        "Training images": "1,437",
        "Requested noise rate": "40%",
        "Wrong labels": "40.0%",
    }
    assert set(figures(at)) == {
        "transition-matrix",
        "wrong-labels-by-class",
        "images-by-class",
    }
    shown = json.dumps(pictures(at))
    assert shown.count("given ") >= 24
    assert shown.count("mislabelled") >= 24


def test_the_address_holds_everything(app, healthy, figures):
    query = {"data": "shapes", "noise": "asymmetric", "rate": "20", "noise_seed": "7"}
    at = healthy(app(PAGE, **query, noise_options="map:next"))
    seen = catalogue.preview(
        RunSpec("shapes", "asymmetric", 0.2, noise_seed=7, noise_options={"map": "next"})
    )
    assert metrics(at)["Wrong labels"] == f"{seen.actual_rate:.1%}"
    label = figures(at)["transition-matrix"]["label"]
    assert "20% off its diagonal" in label
    assert at.number_input(key="noise_seed").value == 7


@pytest.mark.parametrize(
    "query",
    [
        {"data": "nope", "noise": "zzz", "rate": "-3", "noise_seed": "x"},
        {"rate": "1e9", "noise_seed": "-1"},
        {"noise": "human"},
        {"noise": "superclass"},
        {"noise": "<script>"},
    ],
)
def test_bad_values_of_the_address_are_ignored(app, healthy, query):
    assert metrics(healthy(app(PAGE, **query)))["Wrong labels"] == "40.0%"


@pytest.mark.parametrize("matrix", ["1,2", "a;b", "50,50;nan,1"])
def test_a_bad_matrix_in_the_address_is_said(app, healthy, matrix):
    at = healthy(app(PAGE, noise="matrix", matrix=matrix))
    assert any("matrix in the address" in box.value for box in at.warning)
    assert metrics(at)["Wrong labels"] == "40.0%"


def test_a_matrix_of_the_address_is_drawn(app, healthy):
    rows = np.eye(10)
    rows[3, 3], rows[3, 5] = 0.5, 0.5
    at = healthy(app(PAGE, noise="matrix", matrix=matrices.to_text(rows)))
    seen = catalogue.preview(RunSpec(noise="matrix", noise_options={"matrix": rows.tolist()}))
    assert metrics(at)["Wrong labels"] == f"{seen.actual_rate:.1%}"
    assert 0.03 < seen.actual_rate < 0.07


def test_any_matrix_can_be_made_one_s_own(app, healthy):
    at = app(PAGE, noise="pair", rate="20")
    edit = next(button for button in at.button if button.label == "Edit this matrix")
    at = healthy(edit.click().run())
    assert control(at, "selectbox", "noise").value == "matrix"
    kept = matrices.from_text(at.query_params["matrix"], 10)
    assert kept[0, :2] == pytest.approx([0.8, 0.2])
    assert metrics(at)["Wrong labels"] == "20.0%"


@pytest.fixture
def started(monkeypatch, make_run):
    """The specs of each start; its runs are made up and done."""
    found = []

    def start(self, specs):
        found.append(specs)
        return [make_run(spec.method, group="new") for spec in specs]

    monkeypatch.setattr(RunManager, "start", start)
    return found


def test_train_on_this_trains_on_just_these_labels_and_opens_the_runs(app, healthy, started):
    rows = np.eye(10)
    rows[0, 0], rows[0, 6] = 0.7, 0.3
    at = app(PAGE, noise="matrix", matrix=matrices.to_text(rows), noise_seed="5")
    at = healthy(at.button(key="train_on").click().run())
    (specs,) = started
    assert [spec.method for spec in specs] == ["ce", "selnlpl"]
    for spec in specs:
        assert (spec.dataset, spec.noise, spec.noise_seed) == ("digits", "matrix", 5)
        assert np.array(spec.noise_options["matrix"]) == pytest.approx(rows)
    assert at.title[0].value == "Watch"
    runs = at.query_params["runs"].split(",")
    assert [run.split("-")[0] for run in runs] == ["ce", "selnlpl"]
    assert at.query_params["noise"] == "matrix", "the set-up stays as it was"


def test_it_trains_the_methods_seeds_and_settings_of_the_set_up(app, healthy, started):
    at = app(PAGE, methods="selnlpl", seed="3", seed_count="2", epochs="7")
    healthy(at.number_input(key="selnlpl.digits.threshold").set_value(0.25).run())
    healthy(at.button(key="train_on").click().run())
    (specs,) = started
    assert [(spec.method, spec.seed, spec.epochs) for spec in specs] == [
        ("selnlpl", 3, 7),
        ("selnlpl", 4, 7),
    ]
    assert {spec.settings["threshold"] for spec in specs} == {0.25}


def test_a_refused_start_is_said_and_leads_nowhere(app, monkeypatch):
    def refuse(self, specs):
        raise BadInput("no, not now")

    monkeypatch.setattr(RunManager, "start", refuse)
    at = app(PAGE)
    at.button(key="train_on").click().run()
    assert [box.value for box in at.error] == ["no, not now"]
    assert at.title[0].value == "Data & noise"


def test_without_a_method_there_is_nothing_to_train(app, healthy):
    at = healthy(app(PAGE))
    healthy(at.multiselect(key="methods").set_value([]).run())
    assert at.button(key="train_on").disabled


def test_data_that_are_not_here_say_what_to_put_where(app, healthy, monkeypatch, tmp_path):
    monkeypatch.setenv("LNL_DATA", str(tmp_path / "nothing"))
    at = healthy(app(PAGE, data="mnist"))
    told = text(at).replace("\\", "")
    assert "MNIST/raw/train-images-idx3-ubyte" in told
    assert str(tmp_path / "nothing") in told
    assert at.button(key="download").label == "Download MNIST"
    assert not at.metric


def own_file(path, names=("cat", "**dog**", "=frog")):
    random = np.random.default_rng(0)
    arrays = {
        "x_train": random.integers(0, 255, (60, 8, 8), dtype=np.uint8),
        "y_train": np.arange(60) % 3,
        "x_test": random.integers(0, 255, (12, 8, 8), dtype=np.uint8),
        "y_test": np.arange(12) % 3,
    }
    np.savez(path, **arrays, class_names=np.array(names))
    return str(path)


def test_one_s_own_file_is_shown_without_a_truth(app, healthy, figures, tmp_path):
    at = healthy(app(PAGE, data="own", file=own_file(tmp_path / "mine.npz")))
    assert metrics(at) == {"Training images": "60", "Wrong labels": "unknown"}
    assert "true labels are unknown" in text(at)
    assert set(figures(at)) == {"images-by-class"}
    assert "given cat" in json.dumps(pictures(at))


def test_how_one_s_own_file_was_read_stands_under_its_sizes(app, healthy, tmp_path):
    path = own_file(tmp_path / "mine.npz")
    arrays = dict(np.load(path))
    np.savez(path, **arrays, weights=np.ones(60))
    at = healthy(app(PAGE, data="own", file=path))
    captions = [caption.value for caption in at.sidebar.caption]
    sizes = next(i for i, caption in enumerate(captions) if "60 training images" in caption)
    assert "weights" in captions[sizes + 1]


def test_of_a_thousand_classes_what_can_be_read_is_sent(app, healthy, figures, tmp_path):
    classes = np.arange(1000)
    images = np.zeros((2000, 8, 8), np.uint8)
    path = tmp_path / "many.npz"
    np.savez(
        path, x_train=images, y_train=np.tile(classes, 2), x_test=images[:1000], y_test=classes
    )
    at = healthy(app(PAGE, data="own", file=str(path), noise="symmetric"))
    assert {"transition-blocks", "images-by-class"} <= set(figures(at))
    assert "The largest confusions" in [box.value for box in at.subheader]
    assert len(at.dataframe[0].value) == 50
    assert "matrix" not in at.selectbox(key="noise").options
    sent = sum(e.proto.ByteSize() for e in at.main if getattr(e, "proto", None) is not None)
    assert sent < 1_000_000


def test_noise_on_one_s_own_labels_takes_them_for_true(app, healthy, tmp_path):
    file = own_file(tmp_path / "mine.npz")
    at = healthy(app(PAGE, data="own", file=file, noise="symmetric", rate="50"))
    assert metrics(at)["Added wrong labels"] == "50.0%"


def test_labels_of_a_file_are_the_given_ones(app, healthy, tmp_path):
    given = load_data("digits").true_labels.numpy().copy()
    given[:144] = (given[:144] + 1) % 10
    path = tmp_path / "noisy.json"
    path.write_text(json.dumps(given.tolist()))
    at = app(PAGE, noise="file")
    assert not at.exception
    assert "needs its option labels" in at.error[0].value
    control(at, "text_input", "noise_options.labels").set_value(str(path)).run()
    assert metrics(healthy(at))["Wrong labels"] == "10.0%"
    assert at.query_params["noise_options"] == f"labels:{path}"


def test_the_noise_on_digits_does_not_follow_to_one_s_own_file(app, healthy, tmp_path):
    at = healthy(app(PAGE))
    assert at.selectbox(key="noise").value == "symmetric"
    at.selectbox(key="data").select("own").run()
    at.text_input(key="file").set_value(own_file(tmp_path / "mine.npz"))
    settled(at.run()).button(key="own_import").click()
    assert metrics(settled(at.run()))["Wrong labels"] == "unknown"
    healthy(control(at, "selectbox", "noise").select("symmetric").run())
    assert metrics(at)["Added wrong labels"] == "40.0%", "a choice on the file itself counts"
    healthy(at.selectbox(key="data").select("digits").run())
    assert control(at, "selectbox", "noise").value == "symmetric"


def test_one_s_own_file_can_be_uploaded(app, store, healthy, tmp_path):
    content = Path(own_file(tmp_path / "mine.npz")).read_bytes()
    at = healthy(app(PAGE, data="own"))
    at.file_uploader[0].set_value(("mine.npz", content, "application/zip"))
    settled(at.run())
    assert not at.metric, "looked at first"
    assert "20 train · 4 test" in text(at)
    assert at.button(key="own_import").label == "Use these images"
    settled(at.button(key="own_import").click().run())
    assert metrics(at) == {"Training images": "60", "Wrong labels": "unknown"}
    kept = at.query_params["file"]
    assert Path(kept).is_relative_to(store.folder)
    assert "**mine\\.npz**, the app's own copy" in text(at)
    assert kept not in text(at)
    at.button(key="own_path").click().run()
    assert control(at, "text_input", "file").value == ""


def test_an_upload_that_holds_no_data_says_so(app, healthy):
    at = healthy(app(PAGE, data="own"))
    at.file_uploader[0].set_value(("mine.npz", b"no zip", "application/zip"))
    settled(at.run())
    assert len(at.error) == 1
    assert "cannot be read as an" in at.error[0].value


@pytest.mark.parametrize("file", ["/nowhere/x.npz", "relative.csv", "~root/\0.npz"])
def test_a_file_that_cannot_be_read_is_said(app, file):
    at = app(PAGE, data="own", file=file)
    assert not at.exception
    assert len(at.error) == 1
    assert not at.metric


def test_without_a_file_it_says_what_own_images_are(app, healthy):
    at = healthy(app(PAGE, data="own"))
    assert "a folder for each class" in text(at)
    assert "x_train" in at.file_uploader[0].help


def test_open_set_images_belong_to_no_class(app, healthy):
    at = healthy(app(PAGE, noise="open-set"))
    assert "Open-set" in metrics(at)
    assert "true open-set" in json.dumps(pictures(at))


def test_without_noise_nothing_is_wrong(app, healthy, figures):
    at = healthy(app(PAGE, noise="none"))
    assert metrics(at)["Wrong labels"] == "0.0%"
    assert "mislabelled" not in json.dumps(pictures(at)).replace('"mislabelled": "#', "")
    assert "wrong-labels-by-class" not in figures(at)


def test_a_card_chooses_its_data(app, healthy):
    at = healthy(app(PAGE).button(key="choose_shapes").click().run())
    assert metrics(at)["Training images"] == "4,000"
    assert at.query_params["data"] == "shapes"
