import json

import numpy as np
import pytest

from lnl.cli import main
from lnl.data.own.own_source import prepared_sources
from lnl.runs.store import RunStore
from tests.support.photos import Photos, pixels


@pytest.fixture
def photos(tmp_path):
    return Photos(tmp_path / "photos").classes("a", "b", images=20)


def test_a_dry_run_says_what_an_import_would_take_and_stores_nothing(photos, capsys):
    photos.add("a/cut.png", b"no image")
    assert main(["images", str(photos.folder)]) == 0
    said = capsys.readouterr().out
    assert "photos: 40 images of 2 classes to import, 1 to skip" in said
    assert "skip a/cut.png: no JPEG, PNG, WEBP, BMP or TIFF" in said
    assert "33 training, 7 test images" in said
    assert not prepared_sources()


def test_the_dry_run_as_json(photos, capsys):
    assert main(["images", str(photos.folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["take"], said["skip"], said["kinds"]) == (40, 0, {"PNG RGB": 40})
    assert said["classes"]["a"] == {"train": 16, "validation": 0, "test": 4}


def test_arrays_are_looked_at_and_used_as_they_are(tmp_path, capsys):
    path = tmp_path / "my arrays.npz"
    images = np.stack([pixels(n, channels=1) for n in range(40)])
    np.savez(path, images=images, labels=np.arange(40) % 2)
    assert main(["images", f" '{path}'", "--import"]) == 0
    said = capsys.readouterr().out
    assert "my arrays: 40 images of 2 classes to use" in said
    assert f"nothing is to be imported: python -m lnl train --dataset '{path}'" in said
    assert main(["images", str(path), "--import", "--json"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert json.loads(last) == {"event": "imported", "dataset": str(path)}
    path.write_bytes(b"no zip")
    assert main(["images", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not prepared_sources()


def test_an_import_can_be_named_by_train(photos, capsys):
    assert main(["images", str(photos.folder), "--import", "--side", "8", "--json"]) == 0
    name = json.loads(capsys.readouterr().out.splitlines()[-1])["dataset"]
    assert main(["train", "--dataset", name, "--noise", "none", "--epochs", "1"]) == 0
    (run,) = RunStore().runs()
    assert run.data.image_shape == (3, 8, 8)
    assert (run.data.title, run.spec.data_name) == ("photos", "photos")


def test_train_imports_what_a_path_holds(photos, capsys):
    words = ["train", "--dataset", str(photos.folder), "--noise", "none", "--epochs", "1"]
    assert main(words) == 0
    assert "40 images of 2 classes to import" in capsys.readouterr().err
    (run,) = RunStore().runs()
    (source,) = prepared_sources()
    assert run.spec.dataset == source.name
    assert main(words) == 0
    assert "to import" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["images", "nowhere"], "there is no file or folder 'nowhere'"),
        (["images", ".", "--columns", "x=y"], "--columns takes USE=NAME with a use of file, label"),
        (["images", ".", "--hold-out", "2"], "the share to hold out must lie between 0 and 1"),
        (["images", ".", "--table", "x.csv"], "there is no table 'x.csv'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(photos, monkeypatch, capsys, words, said):
    monkeypatch.chdir(photos.folder)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not RunStore().runs()
