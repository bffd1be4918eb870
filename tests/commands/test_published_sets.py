"""Published sets of image files on the command line."""

import pytest

from lnl.cli import main
from lnl.runs.store import RunStore
from tests.support.layouts import tiny_imagenet, web

TRAIN = ["train", "--epochs", "1", "--network", "small-cnn", "--data-dir"]


def test_train_prepares_a_set_and_says_what_was_left_out(tmp_path, capsys):
    tiny_imagenet(tmp_path)
    words = [*TRAIN, str(tmp_path), "--dataset", "tiny-imagenet", "--rate", "0.4"]
    assert main(words) == 0
    assert "tiny-imagenet: left out: 1 damaged" in capsys.readouterr().err
    (run,) = RunStore().runs()
    assert (run.spec.dataset, run.data.num_train) == ("tiny-imagenet", 15)
    assert main(words) == 0
    assert "left out" not in capsys.readouterr().err


def test_bad_input_is_told_before_a_set_is_prepared(tmp_path, capsys, monkeypatch):
    web(tmp_path)
    monkeypatch.setattr("lnl.data.own.survey.survey", lambda *_: pytest.fail("prepared"))
    words = [*TRAIN, str(tmp_path), "--dataset", "web-car", "--noise", "none"]
    assert main([*words, "--set", "nonsense=1"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_a_set_that_lnl_may_not_download_says_where_to_get_it(tmp_path, capsys):
    assert main(["datasets", "--download", "clothing1m", "--data-dir", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "Clothing1M cannot be downloaded from here. Ask its authors for access" in error
