"""The wheel: built, unpacked elsewhere and run in an empty folder; no network, no second torch."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import lnl

ROOT = Path(__file__).parents[1]
BUILD = "import setuptools.build_meta as backend; print(backend.build_wheel('dist'))"
EVIDENCE = """
import json, lnl
from lnl import recorded
from lnl.evidence import measured_costs, measured_reproductions, published
from lnl.runs.store import RunStore
tables = published.cells(), measured_costs.read(), measured_reproductions.read()
given = recorded.give(RunStore("fresh"))
print(json.dumps([lnl.__file__, *map(len, tables), len(given)]))
"""


def run(command, cwd, **environment):
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert not done.returncode, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, for a build writes into the folder that it builds from."""
    source = tmp_path_factory.mktemp("source") / "checkout"
    ignored = shutil.ignore_patterns("__pycache__", "archive")
    for path in ROOT.iterdir():
        if path.name in ("lnl", "pages", "tests", "benchmarks", "requirements"):
            shutil.copytree(path, source / path.name, ignore=ignored)
        elif path.is_file():
            shutil.copy(path, source / path.name)
    built = run([sys.executable, "-c", BUILD], source)
    return source / "dist" / built.splitlines()[-1]


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Runs a command of the wheel in an empty folder; the folder that it is installed in."""
    site, empty = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("empty")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--no-deps", "--no-index", "--target", str(site), str(wheel)], empty)
    elsewhere = {"PYTHONPATH": str(site), "LNL_CACHE": str(empty / "cache")}
    return lambda *command: run(command, empty, **elsewhere), site


def test_it_holds_lnl_with_its_files_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith("dist-info/METADATA")]
        said = archive.read(metadata).decode()
    assert {name.split("/")[0] for name in names} == {"lnl", metadata.split("/")[0]}
    package = Path(lnl.__file__).parent
    ours = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {str(path.relative_to(package.parent)) for path in ours} <= set(names)
    assert f"\nVersion: {lnl.__version__}\n" in said
    needed = [line for line in said.splitlines() if line.startswith("Requires-Dist: ")]
    assert "Requires-Dist: torch>=2.5" in needed
    assert any(line.startswith("Requires-Dist: plotly") and "app" in line for line in needed)


def test_it_reads_its_tables_and_recorded_runs(installed):
    python, site = installed
    where, *counts = json.loads(python(sys.executable, "-c", EVIDENCE))
    assert Path(where).parent == site / "lnl"
    cells, costs, results, runs = counts
    assert (cells, runs) == (749, 2)
    assert min(costs, results) > 10


def test_the_command_trains_and_reports_from_another_folder(installed):
    command, site = installed
    lnl_command = str(site / "bin" / "lnl")
    what = ("--dataset", "digits", "--method", "selnlpl", "--epochs", "3", "--threads", "1")
    *epochs, done = map(json.loads, command(lnl_command, "train", *what, "--json").splitlines())
    assert [line["epoch"] for line in epochs] == [1, 2, 3]
    assert 0 < done["test_accuracy"] < 1
    methods = command(lnl_command, "methods", "--json").splitlines()
    assert "selnlpl" in {json.loads(line)["name"] for line in methods}
    command(lnl_command, "report", done["run"], "report.html")
    listed = json.loads(command(sys.executable, "-m", "lnl", "runs", "--json"))
    assert (listed["id"], listed["status"]) == (done["run"], "done")


def test_its_tables_are_not_written_to(installed):
    command, site = installed
    table = site / "lnl" / "evidence" / "tables" / "reproduction.csv"
    before = table.read_bytes()
    for words in (["reproduce"], ["bench", "--methods", "ce"]):
        with pytest.raises(AssertionError, match="name a file with --csv FILE"):
            command(str(site / "bin" / "lnl"), *words)
    assert table.read_bytes() == before
