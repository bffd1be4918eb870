"""The reader of the output leaves: what prints ends quietly, what trains goes on."""

import os
import pty
import signal
import subprocess
import sys

import pytest

from lnl.commands.streams import UNREAD
from lnl.runs.store import RunStore

TRAIN = ["train", "--limit", "64", "--threads", "1", "--device", "cpu"]
LONG = [*TRAIN, "--epochs", "40"]


def start(*arguments, **streams):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment.pop("PYTHONUNBUFFERED", None)  # then nothing fails before the very end
    return subprocess.Popen([sys.executable, "-m", "lnl", *arguments], env=environment, **streams)


def status_of_the_run():
    store = RunStore()
    (run,) = store.runs()
    store.close()
    return run.status, run.last_epoch


@pytest.mark.parametrize("words", [["lessons"], ["lessons", "--json"], ["--help"]])
def test_what_prints_ends_quietly_without_a_reader(words):
    child = start(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.close()
    with child.stderr:
        assert child.stderr.read() == b""
    assert child.wait() == UNREAD


def test_training_goes_on_when_nobody_reads(tmp_path):
    child = start(*LONG, "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.readline()
    child.stdout.close()
    child.stderr.close()
    assert child.wait() == 0
    assert status_of_the_run() == ("done", 40)


def test_training_goes_on_when_the_terminal_closes():
    ours, theirs = pty.openpty()
    child = start(*LONG, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"epoch  2/40" not in seen:
        seen += os.read(ours, 4096)
    child.send_signal(signal.SIGHUP)
    os.close(ours)
    assert child.wait() == 0
    assert status_of_the_run() == ("done", 40)


def test_without_any_output_it_trains_too():
    """As after ``>&- 2>&-``: Python has no streams then."""
    program = [sys.executable, "-m", "lnl", *TRAIN, "--epochs", "1"]
    code = f"import os; os.close(1); os.close(2); os.execv({sys.executable!r}, {program!r})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert status_of_the_run() == ("done", 1)


def test_a_result_that_could_not_be_printed_is_no_success():
    with open("/dev/full", "w") as full:
        child = start("lessons", stdout=full, stderr=subprocess.PIPE)
    with child.stderr:
        assert child.stderr.read().decode() == "lnl: [Errno 28] No space left on device\n"
    assert child.wait() == 1
