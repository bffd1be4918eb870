"""Noise that does not fit the data is refused before a run is stored, on page and command line."""

import json

import numpy as np
import pytest

from lnl.cli import main
from lnl.errors import BadInput
from lnl.records import RunSpec
from lnl.runs.running.manager import RunManager
from lnl.training.resolve import resolve


@pytest.fixture
def spec(tmp_path):
    """A data set whose test images are all of the last class, with some noise."""
    images = np.random.RandomState(0).randint(0, 256, (40, 8, 8)).astype(np.uint8)
    labels = np.arange(40) % 4
    last = labels == 3
    path = tmp_path / "own.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images[last], y_test=labels[last])

    def make(noise, **options):
        return RunSpec(dataset=str(path), noise=noise, noise_options=options, epochs=1, threads=1)

    return make


def short(tmp_path):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps([0, 1, 2]))
    return str(path)


@pytest.mark.parametrize(
    ("noise", "message"),
    [
        ("open-set", "no test image would be left: all belong to the last 1 of 4 classes"),
        ("file", "labels.json has 3 labels for 40 training images"),
    ],
)
def test_it_is_one_line_and_nothing_is_stored(spec, store, tmp_path, capsys, noise, message):
    options = {"labels": short(tmp_path)} if noise == "file" else {}
    chosen = spec(noise, **options)
    manager = RunManager(store)
    try:
        with pytest.raises(BadInput, match=message):
            manager.start([chosen])
    finally:
        manager.close()
    words = ["--noise-set", *(f"{name}={value}" for name, value in options.items())]
    assert (
        main(["train", "--dataset", chosen.dataset, "--noise", noise, *words * bool(options)]) == 2
    )
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert store.runs() == []
    resolve(chosen, data_must_be_there=False)  # a form does not load all data at each click


def test_labels_from_a_file_are_named_by_their_own_option(
    spec, store, tmp_path, capsys, monkeypatch
):
    right = (np.arange(40) % 4).tolist()
    (tmp_path / "mine.json").write_text(json.dumps([(right[0] + 1) % 4, *right[1:]]))
    monkeypatch.chdir(tmp_path)
    words = ["train", "--dataset", "own.npz", "--labels", " 'mine.json' ", "--epochs", "1"]
    assert main([*words, "--threads", "1"]) == 0
    (run,) = store.runs()
    assert run.data.actual_noise_rate == pytest.approx(1 / 40)
    assert not run.data.noise_is_added
    assert run.spec.noise_options["labels"] == str(tmp_path / "mine.json")
    assert "labels from a file" in run.name
    capsys.readouterr()
    assert main([*words, "--rate", "0.2"]) == 2
    assert "--labels says all about the noise" in capsys.readouterr().err


def test_a_path_is_a_path_however_pasted(spec, store, tmp_path):
    path = spec("none").dataset
    upper = tmp_path / "COPY.NPZ"
    upper.write_bytes((tmp_path / "own.npz").read_bytes())
    for text in (f"'{path}' ", f"file://{path}", str(upper)):
        assert main(["train", "--dataset", text, "--epochs", "1", "--threads", "1"]) == 0
    assert {run.spec.dataset for run in store.runs()} == {path, str(upper)}
    assert {run.spec.noise for run in store.runs()} == {"none"}
