"""``MapMaker``: the app's hold on the one process that makes maps."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Literal

State = Literal["idle", "starting", "ready", "failed"]
ROOT = Path(__file__).parents[2]
PATIENCE = 5.0  # seconds that the process has to end
_ONE_THREAD = dict.fromkeys(
    ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


class MapMaker:
    """Wishes in, maps in the store. The process starts with the first wish and ends with us."""

    def __init__(self, folder: Path) -> None:
        self.state: State = "idle"
        self.why = ""  # it has failed
        self._folder = folder
        self._lock = Lock()
        self._asked: set[tuple[str, int]] = set()
        self._refused: dict[tuple[str, int], str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None

    def want(self, run_id: str, epoch: int) -> None:
        """Ask for a map; asking again costs nothing."""
        with self._lock:
            if self.state == "failed" or (run_id, epoch) in self._asked:
                return
            process = self._process or self._start()
            self._asked.add((run_id, epoch))
            assert process.stdin is not None
            with suppress(OSError):  # it has ended: the reader is about to say why
                process.stdin.write(json.dumps({"run": run_id, "epoch": epoch}) + "\n")
                process.stdin.flush()

    def refused(self, run_id: str, epoch: int) -> str:
        """Why there will be no map of that epoch; empty if it may come."""
        return self._refused.get((run_id, epoch), "")

    def retry(self) -> None:
        """After a failure: start again with the next wish."""
        with self._lock:
            if self.state == "failed":
                self.state, self.why, self._process = "idle", "", None
                self._asked.clear()

    def close(self) -> None:
        """End the process and wait for it."""
        atexit.unregister(self.close)
        with self._lock:
            process, self._process = self._process, None
            self.state = "idle"
        if process is None:
            return
        assert process.stdin is not None
        with suppress(OSError):  # it has ended with a wish unread
            process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join()

    def _start(self) -> subprocess.Popen[str]:
        self.state = "starting"
        atexit.register(self.close)
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | _ONE_THREAD | {"PYTHONPATH": os.pathsep.join(paths)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lnl.maps", str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
        )
        self._reader = Thread(target=self._read, args=(self._process,), daemon=True, name="maps")
        self._reader.start()
        return self._process

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Follow the news until the process ends; what is no news are its last words."""
        last = ""
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if not line.startswith('{"news"'):
                    last = line.strip() or last
                    continue
                news = json.loads(line)
                last = news.get("why", last)
                self._hear(process, news)
        code = process.wait()
        with self._lock:
            if process is self._process:  # nobody closed it
                self.state, self.why = "failed", last or f"it ended with code {code}"

    def _hear(self, process: subprocess.Popen[str], news: dict[str, str]) -> None:
        with self._lock:
            if process is self._process and news["news"] == "ready":
                self.state = "ready"
        if news["news"] == "refused":
            self._refused[news["run"], int(news["epoch"])] = news["why"]
