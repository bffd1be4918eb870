"""Exported files of other formats: older ones are read for ever, newer ones as far as they can be.

``archive/`` holds exports of former versions; they are never written anew.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import lnl
from lnl.errors import BadInput
from lnl.runs.exchange import manifest
from lnl.runs.exchange.exporting import export_run
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore, record_format
from lnl.runs.store.record_format import CURRENT
from tests.support.archives import rewritten

FIRST = Path(__file__).parent / "archive" / "rfl-2026-11-28.zip"  # format 1, RFL on 60 digits
SINCE_THE_FIRST = {"validation": 0.0, "patience": 0}  # fields of a spec, as an older one is read
OF_RECORDS = {"validation_accuracy": None}
NEWER = f"{CURRENT.major}.{CURRENT.minor + 8}"


class Raw:
    """An export, read without a line of lnl."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.manifest = json.loads(self.files["manifest.json"])
        self.records = [json.loads(line) for line in self.files["records.jsonl"].splitlines()]

    def npz(self, name):
        with np.load(io.BytesIO(self.files[name])) as arrays:
            return dict(arrays)

    def row(self, epoch):
        """The arrays of an epoch: a row each, in which every array begins at a multiple of 64."""
        rows, place, found = self.files["arrays-0.bin"], 0, {}
        half = len(rows) // 2
        for name, dtype, shape in self.manifest["logs"][0]["layout"]:
            count = int(np.prod(shape))
            array = np.frombuffer(rows, dtype, count, (epoch - 1) * half + place)
            found[name] = array.reshape(shape)
            place += -(-array.nbytes // 64) * 64
        return found


def test_the_first_format_is_imported_as_it_was(other):
    """All that is in the file is in the store, value by value."""
    content = hashlib.sha256(FIRST.read_bytes()).hexdigest()
    assert content.startswith("eb22c4e1b8b3972e"), "the archive is not to be exported anew"
    raw, run = Raw(FIRST), other.run(import_run(other, FIRST))
    assert json.loads(run.spec.to_json()) == raw.manifest["spec"] | SINCE_THE_FIRST
    for name in ("name", "status", "message", "created", "device", "last_epoch"):
        assert getattr(run, name) == raw.manifest[name]
    assert run.data.fingerprint == "57d19e6d20e50b4d2920b6a0723dc02a"
    assert (run.data.num_train, run.data.image_shape) == (60, (1, 8, 8))
    assert [(s.name, s.first, s.last) for s in run.stages] == [("train", 1, 2)]
    assert run.unknown == ()
    for record, stored in zip(other.records(run.id, histograms=True), raw.records, strict=True):
        assert record.scalars() == stored["scalars"] | OF_RECORDS
        assert record.histograms() == stored["histograms"]
    assert other.record(run.id, 2).losses["bootstrap"] == 1.945609450340271


@pytest.mark.parametrize("epoch", [1, 2])
def test_samples_features_and_restorations_of_the_first_format(other, epoch):
    raw, run = Raw(FIRST).row(epoch), import_run(other, FIRST)
    ids, samples = other.samples(run, epoch)
    assert np.array_equal(ids, np.arange(60))
    for name in ("confidence", "clean_score", "prediction", "selected"):
        assert np.array_equal(getattr(samples, name), raw[name])
    assert np.array_equal(samples.values["cluster"], raw["values.cluster"])
    assert np.array_equal(other.probe_features(run, epoch), raw["probe_features"])
    shown, test = other.previews(run, epoch), other.unseen(run, epoch)
    for name in ("original", "augmented", "restored"):
        assert np.array_equal(getattr(shown, name), raw[f"previews.{name}"])
    for name in ("features", "prediction", "confidence"):
        assert np.array_equal(getattr(test, name), raw[f"test.{name}"])


def test_maps_labels_and_images_of_the_first_format(other):
    raw, run = Raw(FIRST), import_run(other, FIRST)
    maps = raw.npz("maps.npz")
    for row, epoch in enumerate((1, 2)):
        found = other.map(run, epoch)
        assert (found.kind, found.kept) == ("umap", pytest.approx(float(maps["kept"][row])))
        assert np.array_equal(found.places, maps["places"][row])
    fingerprint = other.run(run).data.fingerprint
    labels, kept = raw.npz("labels.npz"), other.data(fingerprint)
    for name in ("given_labels", "true_labels", "groups", "probe", "image_ids"):
        assert np.array_equal(getattr(kept, name), labels[name])
    assert np.array_equal(kept.images, np.load(io.BytesIO(raw.files["images.npy"])))
    test, unseen = raw.npz("test.npz"), other.unseen_images(fingerprint)
    for name in ("ids", "labels", "images"):
        assert np.array_equal(getattr(unseen, name), test[name])


def test_an_export_says_its_format_and_of_the_first_it_is_the_same_run(other, tmp_path):
    export_run(other, import_run(other, FIRST), tmp_path / "again.zip")
    first, again = Raw(FIRST), Raw(tmp_path / "again.zip")
    assert again.manifest["format"] == str(CURRENT)
    for record in first.records:
        record["scalars"] |= OF_RECORDS
    assert again.records == first.records
    assert {n: f for n, f in again.files.items() if n.endswith(".bin")} == {
        "arrays-0.bin": first.files["arrays-0.bin"]
    }


# --- newer ----------------------------------------------------------------------------------------


def newer(format=NEWER, **added):
    """The file as a newer version writes it; ``added`` goes into the spec."""

    def change(files, manifest):
        records = [json.loads(line) for line in files["records.jsonl"].splitlines()]
        for record in records:
            record["gpu"] = 1
            record["scalars"] |= {"entropy": 0.5, "shares": {"a": [1]}}
            record["scalars"]["detection"]["mcc"] = 0.1
            record["histograms"]["losses"] = {}
        files["records.jsonl"] = "\n".join(map(json.dumps, records)).encode()
        manifest |= {"format": format, "revision": "r1"}
        manifest["data"]["fingerprint_scheme"] = 2
        manifest["stages"][0]["restart"] = ["network"]
        manifest["spec"] |= added

    return change


def test_of_a_newer_minor_format_what_is_unknown_is_left_out_and_said_once(other, tmp_path):
    run = other.run(import_run(other, rewritten(FIRST, newer(), folder=tmp_path)))
    assert run.message.count("newer version of lnl") == 1
    for name in ("data.fingerprint_scheme", "stages.restart", "entropy", "shares", "detection.mcc"):
        assert run.message.count(name) == 1
    assert run.unknown == ()
    plain = other.run(import_run(other, FIRST))
    assert (run.spec, run.data, run.stages) == (plain.spec, plain.data, plain.stages)
    assert [r.scalars() for r in other.records(run.id)] == [
        r.scalars() for r in other.records(plain.id)
    ]


def test_a_spec_with_unknown_fields_is_looked_at_and_not_resumed(other, tmp_path):
    def stopped(files, manifest):
        newer(flavour="plain", schedule=None)(files, manifest)
        manifest["status"] = "stopped"

    run = import_run(other, rewritten(FIRST, stopped, folder=tmp_path))
    assert len(other.records(run, histograms=True)) == 2
    assert other.run(run).unknown == ("flavour", "schedule")
    before = other.run(run)
    with pytest.raises(BadInput, match=r"looked at here: its spec has flavour, schedule\. Update"):
        other.claim(run, "me")
    assert other.run(run) == before


def test_what_a_spec_has_lost_is_known_wherever_the_run_goes(other, store, tmp_path):
    run = import_run(other, rewritten(FIRST, newer(flavour="plain"), folder=tmp_path))
    export_run(other, run, tmp_path / "passed on.zip")
    assert store.run(import_run(store, tmp_path / "passed on.zip")).unknown == ("flavour",)


@pytest.mark.parametrize(
    ("format", "why"),
    [
        (
            f"{CURRENT.major + 1}.0",
            f"it is of format 2.0, this version of lnl reads up to {CURRENT}",
        ),
        (2, "it is of format 2.0, .* update lnl"),
        ("0.9", "it does not say its format"),
        ("1.x", "it does not say its format"),
        (True, "it does not say its format"),
        (None, "it does not say its format"),
        (["1.0"], "it does not say its format"),
    ],
)
def test_a_newer_major_format_and_none_at_all_are_refused_in_one_line(other, tmp_path, format, why):
    with pytest.raises(BadInput, match=f"cannot be imported: {why}") as refused:
        import_run(other, rewritten(FIRST, newer(format), folder=tmp_path))
    assert "\n" not in str(refused.value)
    assert other.runs() == []


@pytest.mark.parametrize("format", [1, "1.0", str(CURRENT)])
def test_unknown_fields_of_a_known_format_are_refused(other, tmp_path, format):
    for place in ("spec", "data", "stages", "manifest", "scalars", "detection", "record"):

        def change(files, manifest, place=place):
            first, *rest = map(json.loads, files["records.jsonl"].splitlines())
            places = {
                **{"manifest": manifest, "spec": manifest["spec"], "data": manifest["data"]},
                **{"stages": manifest["stages"][0], "record": first, "scalars": first["scalars"]},
                "detection": first["scalars"]["detection"],
            }
            places[place]["colour"] = "red"
            manifest["format"] = format
            files["records.jsonl"] = "\n".join(map(json.dumps, [first, *rest])).encode()

        with pytest.raises(BadInput, match="cannot be imported"):
            import_run(other, rewritten(FIRST, change, folder=tmp_path))
    assert other.runs() == []


def test_what_is_known_of_a_newer_format_is_checked_as_ever(other, tmp_path):
    def odd(name, value):
        def change(files, manifest):
            newer()(files, manifest)
            manifest[name] = value

        return change

    for name, value in (
        ("status", "dancing"),
        ("name", "x" * 201),
        ("last_epoch", 3),
        ("spec", []),
        ("data", None),
        ("stages", 5),
        ("stages", [5]),
    ):
        with pytest.raises(BadInput, match="cannot be imported"):
            import_run(other, rewritten(FIRST, odd(name, value), folder=tmp_path))
    for record in ([], {"scalars": []}, {"scalars": {"detection": 3}}):

        def change(files, manifest, record=record):
            newer()(files, manifest)
            files["records.jsonl"] = json.dumps(record).encode()

        with pytest.raises(BadInput, match="cannot be imported"):
            import_run(other, rewritten(FIRST, change, folder=tmp_path))
    assert other.runs() == []


def test_a_manifest_of_a_thousand_brackets_is_refused(other, tmp_path):
    path = tmp_path / "deep.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", b"[" * 100_000)
    with pytest.raises(BadInput, match="cannot be imported"):
        import_run(other, path)


# --- a field more ---------------------------------------------------------------------------------

ADDED = {
    "class DataFacts": "    fingerprint_scheme: int = 1\n",
    "class EpochRecord": "    entropy: float | None = None\n",
    "class RunSpec": '    flavour: str = "plain"\n',
}
FUTURE = """
import sys
from dataclasses import replace
from pathlib import Path
from lnl.runs.store import RunStore
from lnl.runs.exchange.importing import import_run
from lnl.runs.exchange.exporting import export_run

store = RunStore(sys.argv[1])
run = store.run(import_run(store, Path(sys.argv[2])))
assert (run.data.fingerprint_scheme, run.spec.flavour) == (1, "plain"), run
assert [r.entropy for r in store.records(run.id)] == [None, None]
assert not run.message and not run.unknown
export_run(store, run.id, Path(sys.argv[3]))
store.create(replace(run.spec, flavour="sour"), replace(run.data, fingerprint_scheme=2), run.stages)
"""


@pytest.fixture(scope="module")
def future(tmp_path_factory):
    """A store and an export of a later lnl, which has a field more in three classes of records.

    Nothing but the field, with its default, was added to its sources.
    """
    folder = tmp_path_factory.mktemp("future")
    shutil.copytree(
        Path(lnl.__file__).parent, folder / "lnl", ignore=shutil.ignore_patterns("__pycache__")
    )
    records = folder / "lnl" / "records.py"
    source = records.read_text("utf-8")
    for head, field in ADDED.items():
        last = re.search(rf"{head}:.*?(?=\n\n    (?:@|def)|\n\n\n)", source, re.DOTALL)
        source = f"{source[: last.end()]}\n{field}{source[last.end() :]}"
    records.write_text(source, "utf-8")
    command = [sys.executable, "-c", FUTURE, folder / "store", FIRST, folder / "run.zip"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr
    return folder


def test_a_field_with_a_default_is_all_that_a_new_minor_format_takes(future, other):
    """The later version has read the archive; its own export says a newer format, and is read."""
    raw = Raw(future / "run.zip")
    assert raw.manifest["format"] == f"{CURRENT.major}.{CURRENT.minor + 3}"
    assert raw.records[0]["scalars"]["entropy"] is None
    run = other.run(import_run(other, future / "run.zip"))
    assert run.unknown == ("flavour",)
    assert "(spec.flavour, data.fingerprint_scheme, entropy)" in run.message


def test_a_store_in_which_a_later_version_has_worked(future):
    store = RunStore(future / "store")
    spelled, archived = store.runs()  # the newest first
    assert [run.message.count("newer version of lnl") for run in (spelled, archived)] == [1, 1]
    assert (spelled.unknown, archived.unknown) == (("flavour",), ("flavour",))
    assert spelled.data == archived.data
    assert [r.test_accuracy for r in store.records(archived.id)] == [0.1, 0.1]
    assert store.record(archived.id, 2).losses["bootstrap"] == 1.945609450340271
    with pytest.raises(BadInput, match="its spec has flavour"):
        store.claim(spelled.id, "me")
    store.close()


def test_every_field_of_an_exported_file_counts_for_its_format():
    """Adding one raises ``_OF_FILES``; those of records count by themselves."""
    kinds = ("Manifest", "StoredFile", "StoredHistograms", "StoredLog", "StoredRecord")
    counted = sum(len(getattr(manifest, kind).model_fields) for kind in kinds)
    assert counted == 30 + record_format._OF_FILES
