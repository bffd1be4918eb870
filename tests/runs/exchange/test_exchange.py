"""Export and import: the same run on the other side, and nothing odd ever gets in."""

import io
import json
import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from lnl.errors import BadInput, StoreError
from lnl.records import RunSpec, StageSpan
from lnl.runs.exchange import importing
from lnl.runs.exchange.exporting import export_run, export_slim
from lnl.runs.exchange.importing import import_run
from lnl.runs.store.kept_data import WholeSet
from tests.runs.conftest import make_kept
from tests.support.archives import rewritten

COLUMNS = {"transition": "transition", "joint": "confident_joint"}


@pytest.fixture(params=COLUMNS)
def kind(request):
    return request.param


@pytest.fixture
def matrices(store, new_run, snapshot, kind):
    """Two epochs, the second with an estimated matrix."""
    run = new_run(method="forward-estimated")
    store.append(run, snapshot(1))
    store.append(run, replace(snapshot(2), **{kind: np.eye(3, dtype=np.float32)}))
    store.keep_data("abc50", make_kept())
    store.set_status(run, "done")
    return run


@pytest.mark.parametrize("export", [export_run, export_slim])
def test_estimated_matrices_go_along(store, matrices, other, tmp_path, export, kind):
    export(store, matrices, tmp_path / "run.zip")
    run = import_run(other, tmp_path / "run.zip")
    assert getattr(other, f"{kind}_epochs")(run) == [2]
    assert np.array_equal(getattr(other, kind)(run, 2), np.eye(3))


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (np.eye(4, dtype=np.float32), "unexpected estimated matrices"),
        (np.eye(3, dtype=np.float16), "unexpected estimated matrices"),
        (np.full((3, 3), np.nan, np.float32), r"values outside \[0, 1\]"),
        (-np.eye(3, dtype=np.float32), r"values outside \[0, 1\]"),
    ],
)
def test_matrices_that_are_none_are_refused(store, matrices, other, tmp_path, matrix, said, kind):
    name = COLUMNS[kind]
    export_run(store, matrices, tmp_path / "run.zip")

    def change(files, manifest):
        place = next(i for i, c in enumerate(manifest["logs"][1]["layout"]) if c[0] == name)
        manifest["logs"][1]["layout"][place] = [name, matrix.dtype.str, list(matrix.shape)]
        rows = files["arrays-1.bin"][:-64] + matrix.tobytes()
        files["arrays-1.bin"] = rows + b"\0" * (-len(rows) % 64)

    with pytest.raises(BadInput, match=said):
        import_run(other, rewritten(tmp_path / "run.zip", change))
    assert other.runs() == []


@pytest.fixture
def exported(store, run, tmp_path):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    return path


def packed_again(path, target, folder="", extras=()):
    """As somebody does who has unpacked it to look inside."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as again:
        if folder:
            again.mkdir(folder.rstrip("/"))
        for name in archive.namelist():
            again.writestr(folder + name, archive.read(name))
        for name in extras:
            again.writestr(name, b"of the system")
    return target


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("", ()),
        ("my run/", ()),
        ("run/", ("__MACOSX/run/._records.jsonl", "run/.DS_Store")),
        ("", ("__MACOSX/._manifest.json", "Thumbs.db", "desktop.ini")),
    ],
)
def test_a_run_that_was_unpacked_and_packed_again_is_the_same(
    store, run, exported, other, tmp_path, folder, extras
):
    twin = import_run(other, packed_again(exported, tmp_path / "again.zip", folder, extras))
    assert other.epochs(twin) == store.epochs(run)
    assert other.run(twin).name == store.run(run).name


@pytest.mark.parametrize(
    ("folder", "extras", "said"),
    [
        ("a/", ("b/notes.txt",), "no manifest.json, so it is no exported run"),
        ("a/", ("a/notes.txt",), "'notes.txt' does not belong to a run"),
        ("a/b/", (), "no manifest.json, so it is no exported run"),
    ],
)
def test_what_else_was_packed_with_it_is_named(exported, other, tmp_path, folder, extras, said):
    with pytest.raises(BadInput, match=said):
        import_run(other, packed_again(exported, tmp_path / "again.zip", folder, extras))
    assert other.runs() == []


def test_the_same_run_on_the_other_side(store, run, exported, other, snapshot):
    twin_id = import_run(other, exported)
    mine, twin = store.run(run), other.run(twin_id)
    assert twin.id != mine.id
    for name in ("name", "data", "stages", "status", "message", "created", "last_epoch", "device"):
        assert getattr(twin, name) == getattr(mine, name)
    assert twin.spec.settings == {"threshold": 0.4}
    assert twin.spec.data_dir is None
    for a, b in zip(
        store.records(run, histograms=True), other.records(twin_id, histograms=True), strict=True
    ):
        assert a.scalars() == b.scalars()
        assert a.histograms() == b.histograms()
    for epoch in (1, 2, 3):
        assert np.array_equal(
            store.history(run).row(epoch).confidence, other.history(twin_id).row(epoch).confidence
        )
        assert np.array_equal(
            store.probe_features(run, epoch), other.probe_features(twin_id, epoch)
        )
    one, two = store.history(run).sample(5), other.history(twin_id).sample(5)
    assert np.array_equal(one.values["weight"], two.values["weight"], equal_nan=True)
    assert torch.equal(other.checkpoint(twin_id)["weights"], torch.ones(2) * 3)
    kept = other.data(twin.data.fingerprint)
    assert np.array_equal(kept.images_of(np.arange(50)), store.data("abc50").images)
    other.claim(twin_id, "me")
    other.append(twin_id, snapshot(4), {"weights": torch.ones(2)})
    assert other.epochs(twin_id) == [1, 2, 3, 4]


@pytest.mark.parametrize("export", [export_run, export_slim])
def test_of_a_set_that_is_kept_whole_only_its_training_images_travel(
    store, new_run, snapshot, other, tmp_path, export
):
    images = np.random.default_rng(0).integers(0, 256, (60, 1, 4, 4)).astype(np.uint8)
    run = new_run()
    store.append(run, snapshot(1), {"weights": torch.ones(2)})
    whole = WholeSet("all", images, range(3, 53))
    store.keep_data("abc50", make_kept(images=images[3:53], whole=whole))
    export(store, run, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert np.array_equal(np.load(io.BytesIO(archive.read("images.npy"))), images[3:53])
    import_run(other, tmp_path / "run.zip")
    assert np.array_equal(other.data("abc50").images, images[3:53])


def test_without_checkpoints_and_images_it_can_be_looked_at(store, run, other, tmp_path, exported):
    path = tmp_path / "small.zip"
    export_run(store, run, path, checkpoints=False, images=False)
    assert path.stat().st_size < exported.stat().st_size
    twin = import_run(other, path)
    assert other.checkpoint(twin) is None
    assert other.history(twin).epochs == [1, 2, 3]
    assert len(other.data("abc50").image_ids) == 0
    assert len(other.data("abc50").given_labels) == 50


def test_a_run_that_trains_can_be_exported(store, run, other, tmp_path):
    store.set_status(run, "running")
    with (store.folder / "runs" / run / "arrays-1.bin").open("ab") as file:
        file.write(b"the row of an epoch whose record is not there yet")
    path = tmp_path / "live.zip"
    export_run(store, run, path)
    assert other.run(import_run(other, path)).status == "stopped"


def test_importing_where_the_data_are_already_keeps_them(store, exported):
    before = (store.folder / "data" / "abc50.npz").read_bytes()
    import_run(store, exported)
    assert (store.folder / "data" / "abc50.npz").read_bytes() == before
    assert len(store.runs()) == 2


def test_nothing_to_export_yet(store, tmp_path):
    run = store.create(RunSpec(), None, (StageSpan("train", 1, 2),)).id
    with pytest.raises(BadInput, match="no finished epoch"):
        export_run(store, run, tmp_path / "x.zip")
    with pytest.raises(BadInput, match="unknown run"):
        export_run(store, "nothing", tmp_path / "x.zip")


class Evil:
    def __reduce__(self):
        return os.mkdir, ("executed",)


def npz(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def relabelled(**changes):
    def change(files, manifest):
        with np.load(io.BytesIO(files["labels.npz"])) as stored:
            arrays = {name: stored[name] for name in stored.files}
        files["labels.npz"] = npz(**{**arrays, **changes})

    return change


def first_record(**changes):
    def change(files, manifest):
        first, *rest = files["records.jsonl"].decode().splitlines()
        record = json.loads(first)
        for path, value in changes.items():
            *parents, name = path.split("__")
            place = record
            for parent in parents:
                place = place[parent]
            place[name] = value
        files["records.jsonl"] = "\n".join([json.dumps(record), *rest]).encode()

    return change


def manifest(**changes):
    def change(files, manifest):
        for path, value in changes.items():
            *parents, name = path.split("__")
            place = manifest
            for parent in parents:
                place = place[int(parent)] if parent.isdigit() else place[parent]
            place[name] = value

    return change


def added(name, content=b"x"):
    return lambda files, manifest: files.update({name: content})


def cut(name):
    return lambda files, manifest: files.update({name: files[name][:-1]})


ODD = {
    "a path that leaves the folder": added("../evil.txt"),
    "an absolute path": added("/tmp/evil.txt"),
    "a file that is no run's": added("evil.py"),
    "a name that only begins well": added("checkpoint-1.pt/../../evil"),
    "a format of the future": manifest(format=2),
    "an unknown field": manifest(colour="red"),
    "an unknown field of the spec": manifest(spec__rate="high"),
    "a status that is none": manifest(status="dancing"),
    "a fingerprint that is a path": manifest(data__fingerprint="../../x"),
    "a fingerprint of images that is none": manifest(data__images_fingerprint="x" * 129),
    "another number of samples": manifest(data__num_train=51),
    "more samples than fit any memory": manifest(data__num_train=10**15),
    "another number of classes": manifest(data__num_classes=4),
    "epochs that are not there": manifest(last_epoch=4),
    "a name that is too long": manifest(name="x" * 201),
    "rows that are not there": manifest(logs__0__rows=2),
    "arrays of objects": manifest(logs__0__layout=[["confidence", "|O", [50]]]),
    "arrays of another length": manifest(
        logs__0__layout=[["confidence", "<f2", [160]], *[["x", "|u1", [64]]] * 3]
    ),
    "an epoch that calls itself another": first_record(scalars__epoch=2),
    "a record without a stage": first_record(scalars__stage=None),
    "a record with another field": first_record(scalars__colour="red"),
    "a loss that is text": first_record(scalars__losses={"ce": "high"}),
    "a histogram of other bins": first_record(histograms__clean_scores={"clean": [1, 2]}),
    "a negative count": first_record(histograms__clean_scores={"clean": [-1] * 100}),
    "a row that is another's": first_record(row=1),
    "labels that are pickled": relabelled(given_labels=np.array([Evil()] * 50, object)),
    "labels of no class": relabelled(given_labels=np.full(50, 3)),
    "labels of another type": relabelled(given_labels=np.zeros(50)),
    "too few labels": relabelled(given_labels=np.zeros(49, np.int64)),
    "a history of other samples": relabelled(history_ids=np.arange(49)),
    "a probe out of range": relabelled(probe=np.array([50])),
    "class names that are numbers": relabelled(class_names=np.arange(3)),
    "truncated labels": cut("labels.npz"),
    "truncated rows": cut("arrays-0.bin"),
    "images that are no array": added("images.npy", b"x"),
    "samples of another length": added("samples-3.npz", npz(confidence=np.zeros(50, np.float16))),
    "a missing file": lambda files, manifest: files.pop("labels.npz"),
}


@pytest.mark.parametrize("what", ODD)
def test_anything_odd_is_refused_and_leaves_nothing(exported, other, what):
    with pytest.raises(BadInput, match="cannot be imported"):
        import_run(other, rewritten(exported, ODD[what]))
    assert other.runs() == []
    assert not list(other.folder.glob("import-*"))
    assert not list(other.folder.rglob("evil*"))
    assert not os.path.exists("executed")


def test_the_unchanged_archive_is_accepted(exported, other):
    """Or the refusals above would prove nothing."""
    import_run(other, rewritten(exported, lambda files, manifest: None))


def test_content_that_the_manifest_does_not_describe_is_refused(exported, other):
    for change in (cut("arrays-0.bin"), added("arrays-0.bin", b"x" * 10**6)):
        with pytest.raises(BadInput, match=r"not the file that the manifest|not belong"):
            import_run(other, rewritten(exported, change, honest=False))


def test_a_zip_bomb_is_not_unpacked(exported, other, monkeypatch):
    monkeypatch.setattr(importing, "MAX_BYTES", 5_000)
    with pytest.raises(BadInput, match="more than"):
        import_run(other, exported)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused(other, tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.zip cannot be imported"):
        import_run(other, path)
    with pytest.raises(BadInput, match="cannot be imported"):
        import_run(other, tmp_path / "nothing.zip")


def test_a_checkpoint_that_would_run_code_gets_in_but_never_runs(exported, other):
    def change(files, manifest):
        file = io.BytesIO()
        torch.save({"epoch": Evil()}, file)
        files["checkpoint-3.pt"] = file.getvalue()

    run = import_run(other, rewritten(exported, change))
    with pytest.raises(StoreError, match="cannot be read"):
        other.checkpoint(run)
    assert not os.path.exists("executed")
