"""The app's server for a test: by the command that users give, or as a copy of a prepared one."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
PATIENT = 120  # seconds that a server may take to start or to end, on whatever machine this is


class Command:
    """A new process of ``python -m streamlit``."""

    def __init__(self, argv, environment, log):
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *argv], cwd=ROOT, env=environment, stdout=said, stderr=said
            )
        self.pid, self.status = self._process.pid, self._process.poll


class Copies:
    """Makes copies of one process that has done the imports: ``tests.support.forking``."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **wish):
        self._process.stdin.write(f"{json.dumps(wish)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        self._process.communicate()


class Copy:
    """A copy of the prepared process that runs the same command."""

    def __init__(self, copies, argv, environment, log):
        self.pid = copies.ask(argv=argv, environment=environment, log=str(log))
        self._copies, self._status = copies, None

    def status(self):
        if self._status is None:
            self._status = self._copies.ask(pid=self.pid)
        return self._status


def free_port():
    """One that stays free: no system gives those below 32768 to outgoing connections."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


class Server:
    """The app with a store of its own."""

    def __init__(self, cache, copies, port):
        self.cache = cache
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._copies = copies
        self._process = None

    def start(self):
        argv = ["streamlit", "run", "app.py", "--server.port", str(self.port)]
        told = argv, {**os.environ, "LNL_CACHE": str(self.cache)}, self.cache / "server.log"
        self._process = Copy(self._copies, *told) if self._copies else Command(*told)
        _until(lambda: self._answers() or not self.runs())
        assert self.runs(), f"the server did not start:\n{self.log()}"

    def runs(self):
        return self._process.status() is None

    def _answers(self):
        try:
            with urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self):
        """As Ctrl-C or a service manager does; the exit status."""
        os.kill(self._process.pid, signal.SIGTERM)
        _until(lambda: not self.runs())
        return self._process.status()

    def log(self):
        return (self.cache / "server.log").read_text(encoding="utf-8", errors="replace")


def _until(happened):
    deadline = time.monotonic() + PATIENT
    while not happened():
        assert time.monotonic() < deadline, f"not within {PATIENT} s"
        time.sleep(0.05)
