"""Several runs as one file, and files that only look like one."""

import zipfile

import pytest

from lnl.errors import BadInput
from lnl.runs.exchange.bundles import export_bundle, import_runs
from lnl.runs.exchange.exporting import export_run
from tests.runs.conftest import make_kept


@pytest.fixture
def runs(store, new_run, snapshot):
    store.keep_data("abc50", make_kept())
    ids = [new_run(), new_run()]
    for run_id in ids:
        store.append(run_id, snapshot(1))
    return ids


@pytest.fixture
def bundle(store, runs, tmp_path):
    path = tmp_path / "runs.zip"
    export_bundle(store, runs, path, export_run)
    return path


def rewritten(path, change):
    """The bundle with other files in it; ``change`` is given the archive to add to."""
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        change(new, files)
    return path


def test_all_runs_of_a_bundle_are_imported(store, runs, bundle, other):
    found = import_runs(other, bundle)
    assert len(set(found)) == 2
    assert [len(other.records(run_id)) for run_id in found] == [1, 1]
    assert not list(other.folder.glob("import*")), "nothing is left behind"


def test_a_single_run_is_imported_as_before(store, runs, other, tmp_path):
    export_run(store, runs[0], tmp_path / "run.zip")
    assert len(import_runs(other, tmp_path / "run.zip")) == 1


def test_a_damaged_run_is_named_and_those_before_it_stay(bundle, other):
    def damage(new, files):
        first, *_ = sorted(files)
        for name, content in files.items():
            new.writestr(name, content if name == first else b"no zip")

    with pytest.raises(BadInput, match=r"1 of 2 runs imported, then: .* cannot be imported"):
        import_runs(other, rewritten(bundle, damage))
    assert len(other.runs()) == 1


@pytest.mark.parametrize("name", ["../up.zip", "/etc/x.zip", "a b.zip", "x.zip.exe", "more.txt"])
def test_a_file_that_no_export_writes_is_refused(bundle, other, name):
    def add(new, files):
        for each, content in {**files, name: b"0"}.items():
            new.writestr(each, content)

    with pytest.raises(BadInput, match="cannot be imported"):
        import_runs(other, rewritten(bundle, add))
    assert other.runs() == []


def test_runs_that_are_packed_twice_are_refused(bundle, other):
    """They could take any room on the disk."""

    def press(new, files):
        for name, content in files.items():
            new.writestr(name, content, zipfile.ZIP_DEFLATED)

    with pytest.raises(BadInput, match="cannot be imported"):
        import_runs(other, rewritten(bundle, press))


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_what_is_no_zip_is_refused(other, tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.zip cannot be imported"):
        import_runs(other, tmp_path / "x.zip")
