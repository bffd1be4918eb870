"""The process that makes maps: it starts late, works, says why it failed, ends with its parent."""

import json
import os
import queue
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lnl.maps import maker
from lnl.maps.maker import MapMaker

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds until a test fails


class Followed(MapMaker):
    """Its news, to wait for."""

    def __init__(self, folder):
        super().__init__(folder)
        self.news = queue.Queue()

    def _hear(self, process, news):
        super()._hear(process, news)
        self.news.put(news)


@pytest.fixture
def making(store):
    found = Followed(store.folder)
    yield found
    found.close()


@pytest.fixture
def broken(monkeypatch, tmp_path):
    """The process ends at once with these last words."""
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho numba: illegal instruction\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setattr(maker.sys, "executable", str(script))


def test_no_process_before_the_first_wish(making):
    assert making.state == "idle"
    assert making._process is None
    making.close()


def test_it_makes_the_map_that_was_asked_for_then_the_others(making, store, make_run):
    run = make_run(3)
    making.want(run, 3)
    process = making._process
    assert making.state == "starting"
    making.want(run, 3)
    assert making._process is process, "one process, however often one asks"
    news = [making.news.get(timeout=PATIENCE) for _ in range(4)]
    assert news[0] == {"news": "ready"}
    assert [said["epoch"] for said in news[1:]] == [3, 2, 1]
    assert list(store.mapped(run)) == [1, 2, 3]
    assert making.state == "ready"
    assert {store.map(run, epoch).kind for epoch in (1, 2, 3)} == {"umap"}
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    making.close()
    assert process.returncode == 0
    assert making.state == "idle"


def test_it_can_be_closed_while_it_starts(making, make_run):
    making.want(make_run(1), 1)
    process = making._process
    making.close()
    assert process.returncode is not None


def test_it_says_why_it_failed_and_starts_again_only_when_told(making, broken):
    making.want("run", 1)
    making._reader.join(PATIENCE)
    assert (making.state, making.why) == ("failed", "numba: illegal instruction")
    first = making._process
    making.want("run", 2)
    assert making._process is first, "no process after process that fails"
    making.retry()
    assert (making.state, making.why) == ("idle", "")
    making.want("run", 2)
    assert making._process is not first
    making._reader.join(PATIENCE)
    assert making.state == "failed"


def test_it_hears_what_is_refused(making):
    news = {"news": "refused", "run": "a", "epoch": 3, "why": "damaged"}
    making._hear(None, news)
    assert making.refused("a", 3) == "damaged"
    assert making.refused("a", 4) == ""


CHILD = """
import sys
from pathlib import Path
from lnl.maps.maker import MapMaker
maker = MapMaker(Path(sys.argv[1]))
maker.want("nothing", 1)
print(maker._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_it_ends_with_its_parent(store, how):
    parent = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )
    with parent:
        child = select.poll()
        child.register(os.pidfd_open(int(parent.stdout.readline())), select.POLLIN)
        assert child.poll(0) == [], "it runs"
        if how == "killed":
            parent.send_signal(signal.SIGKILL)
        else:
            parent.stdin.close()
            assert parent.wait(PATIENCE) == 0
        assert child.poll(1000 * PATIENCE), "it has not ended"


def test_wishes_are_lines_of_json(making, monkeypatch):
    lines = []

    pipe = SimpleNamespace(write=lines.append, flush=lambda: None)
    monkeypatch.setattr(making, "_start", lambda: SimpleNamespace(stdin=pipe))
    making.want("a", 1)
    making.want("a", 1)
    making.want("a", 2)
    assert [json.loads(line) for line in lines] == [
        {"run": "a", "epoch": 1},
        {"run": "a", "epoch": 2},
    ]
