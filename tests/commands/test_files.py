"""Files that a user names: one rule for all commands that write one."""

import errno
import os
from dataclasses import replace

import pytest

from lnl.cli import main
from lnl.records import EpochSnapshot, RunSpec
from lnl.runs.store import RunStore
from tests.support import made_up

WRITERS = [("export", "run.zip"), ("report", "page.html"), ("suspects", "list.csv")]


@pytest.fixture
def run(store):
    """A run of two epochs."""
    data = made_up.facts()
    run_id = store.create(RunSpec(), data, made_up.info().stages, "CPU").id
    store.keep_data(data.fingerprint, made_up.kept_data())
    for epoch in (1, 2):
        store.append(run_id, made_up.snapshot(epoch))
    store.set_status(run_id, "stopped")
    return run_id


@pytest.fixture
def write(run):
    """Let a command write a run to a file; its exit code."""

    def call(command, file, *options):
        words = ["--csv", str(file)] if command == "suspects" else [str(file)]
        return main([command, run, *words, *options])

    return call


@pytest.mark.parametrize(("command", "name"), WRITERS)
def test_what_is_there_is_kept_unless_it_is_forced(write, tmp_path, capsys, command, name):
    file = tmp_path / name
    file.write_text("mine")
    assert write(command, file) == 2
    assert file.read_text() == "mine"
    told = capsys.readouterr().err
    assert f"{file} exists already" in told
    assert "--force" in told
    assert write(command, file, "--force") == 0
    assert file.read_bytes()[:4] != b"mine"
    assert {path.name for path in tmp_path.iterdir()} == {name, "cache"}


@pytest.mark.parametrize(("command", "name"), WRITERS)
def test_no_folder_is_made_and_none_is_a_file(write, tmp_path, capsys, command, name):
    assert write(command, tmp_path / "nowhere" / name) == 2
    assert f"there is no folder {tmp_path / 'nowhere'}" in capsys.readouterr().err
    (tmp_path / name).mkdir()
    assert write(command, tmp_path / name, "--force") == 2
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "name"), WRITERS)
def test_what_cannot_be_written_leaves_the_old_file(
    write, tmp_path, capsys, monkeypatch, command, name
):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = tmp_path / name
    file.write_text("mine")
    monkeypatch.setattr(os, "replace", full)
    assert write(command, file, "--force") == 2
    assert f"lnl: {file} cannot be written: No space left on device\n" == capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {name, "cache"}
    assert file.read_text() == "mine"


def test_a_link_stays_one_and_a_device_is_written_to(write, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "list.csv")
    (tmp_path / "list.csv").write_text("mine")
    assert write("suspects", tmp_path / "link.csv", "--force") == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "list.csv").read_text().startswith("\ufeffrank,")
    assert write("suspects", os.devnull, "--force") == 0
    assert not os.path.isfile(os.devnull)


def test_a_report_takes_its_words_in_any_order(run, store, tmp_path, capsys):
    other = store.create(RunSpec(seed=1), made_up.facts(), made_up.info().stages, "CPU").id
    store.append(other, made_up.snapshot(1))
    page = str(tmp_path / "page.html")
    for words in (
        [run, other, "--seeds", page],
        ["--seeds", run, other, page],
        [page, run, other, "--seeds"],
        [run, "--epoch", "1", other, "--seeds", page],
    ):
        assert main(["report", *words, "--force", "--json"]) == 0
        assert f'"runs": ["{run}", "{other}"], "file": "{page}"' in capsys.readouterr().out
    assert main(["report", run, "--colour", page]) == 2
    assert "unrecognized arguments: --colour" in capsys.readouterr().err
    assert main(["report", run, other]) == 2


@pytest.mark.parametrize("epoch", ["3", "0", "999"])
def test_a_report_of_an_epoch_that_is_not_there_is_refused(run, tmp_path, capsys, epoch):
    assert main(["report", run, str(tmp_path / "page.html"), "--epoch", epoch]) == 2
    assert f"run {run} has no epoch {epoch}" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_a_report_of_an_epoch_that_was_not_evaluated_is_refused(run, tmp_path, capsys):
    store = RunStore()
    store.append(run, EpochSnapshot(replace(made_up.record(3), evaluated=False)))
    store.close()
    assert main(["report", run, str(tmp_path / "page.html"), "--epoch", "3"]) == 2
    assert "was not evaluated at epoch 3" in capsys.readouterr().err
    assert main(["report", run, str(tmp_path / "page.html"), "--epoch", "2"]) == 0


@pytest.mark.parametrize(
    "words",
    [["lessons", "--check", "--only", "1", "--table"], ["bench", "--methods", "ce", "--csv"]],
)
def test_a_table_is_not_added_to_what_is_none(words, tmp_path, capsys):
    file = tmp_path / "notes.csv"
    file.write_text("mine\n1\n")
    assert main([*words, str(file)]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert file.read_text() == "mine\n1\n"
    assert main([*words, str(tmp_path / "nowhere" / "x.csv")]) == 2
