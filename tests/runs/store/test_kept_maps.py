"""Maps beside the records: kept, read, carried along, and gone with their run."""

import io
import zipfile

import numpy as np
import pytest
import torch

from lnl.errors import BadInput, StoreError
from lnl.records import FeatureMap
from lnl.runs.exchange import exporting
from lnl.runs.exchange.exporting import export_run, export_slim
from lnl.runs.exchange.importing import import_run
from lnl.runs.store import RunStore
from tests.runs.conftest import make_kept
from tests.support.archives import rewritten

PROBE = 7


def a_map(epoch, kind="umap", kept=0.25):
    places = np.random.default_rng(epoch).normal(0, 5, (PROBE, 2)).astype(np.float16)
    return FeatureMap(epoch, kind, places, kept)


@pytest.fixture
def run(store, new_run, snapshot):
    """Three epochs, of which the first and the last have a map."""
    run = new_run()
    for epoch in (1, 2, 3):
        store.append(run, snapshot(epoch), {"weights": torch.ones(2)})
    store.keep_data("abc50", make_kept())
    store.set_status(run, "done")
    store.keep_map(run, a_map(1))
    store.keep_map(run, a_map(3, "pca", None))
    return run


def same(a, b):
    assert (a.epoch, a.kind, a.kept) == (b.epoch, b.kind, b.kept)
    assert np.array_equal(a.places, b.places)


def test_a_map_is_read_as_it_was_kept(store, run):
    same(store.map(run, 1), a_map(1))
    same(store.map(run, 3), a_map(3, "pca", None))
    assert store.map(run, 2) is None
    assert store.map("nothing", 1) is None


def test_mapped_says_how_far_each_map_reaches(store, run):
    reach = {epoch: float(np.abs(a_map(epoch).places).max()) for epoch in (1, 3)}
    assert store.mapped(run) == pytest.approx(reach)
    assert store.mapped("nothing") == {}


def test_a_map_takes_the_place_of_a_former_one(store, run):
    store.keep_map(run, a_map(3, "umap", 0.5))
    same(store.map(run, 3), a_map(3, "umap", 0.5))
    assert list(store.mapped(run)) == [1, 3]


def test_epochs_with_features(store, run):
    assert store.probe_epochs(run) == [1, 2, 3]


def test_maps_are_gone_with_their_run(store, run):
    store.trash(run)
    store.restore(run)
    assert list(store.mapped(run)) == [1, 3], "what can be undone takes nothing away"
    store.trash(run)
    store.purge()
    assert store.mapped(run) == {}
    with pytest.raises(StoreError):
        store.keep_map(run, a_map(2))


def test_maps_leave_and_enter_with_their_run(store, run, tmp_path):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    other = RunStore(tmp_path / "other")
    twin = import_run(other, path)
    same(other.map(twin, 1), a_map(1))
    same(other.map(twin, 3), a_map(3, "pca", None))
    assert other.mapped(twin) == store.mapped(run)
    other.close()


def test_a_slim_file_has_few_maps(store, run, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "SLIM_MAPS", 2)
    store.keep_map(run, a_map(2))
    path = tmp_path / "slim.zip"
    export_slim(store, run, path)
    assert list(store.mapped(import_run(store, path))) == [1, 3]


def test_a_run_without_maps_has_no_file_of_them(store, new_run, snapshot, run, tmp_path):
    bare = new_run()
    store.append(bare, snapshot(1))
    path = tmp_path / "bare.zip"
    export_run(store, bare, path)
    assert "maps.npz" not in zipfile.ZipFile(path).namelist()


def _maps(**changes):
    arrays = {
        "epochs": np.array([1, 3]),
        "kinds": np.array(["umap", "pca"]),
        "kept": np.array([0.25, np.nan], np.float32),
        "places": np.zeros((2, PROBE, 2), np.float16),
    }
    file = io.BytesIO()
    np.savez(file, **(arrays | changes))
    return file.getvalue()


def _with_maps(exported, content):
    def change(files, manifest):
        files["maps.npz"] = content

    return rewritten(exported, change)


def _far(value):
    places = np.zeros((2, PROBE, 2), np.float16)
    places[1, 3, 0] = value
    return places


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"epochs": np.array([3, 1])}, "not strictly increasing"),
        ({"epochs": np.array([1.0, 3.0])}, "not strictly increasing"),
        ({"epochs": np.array([1, 4])}, "epochs that it has not"),
        ({"epochs": np.array([0, 3])}, "epochs that it has not"),
        ({"kinds": np.array(["umap", "magic"])}, "unknown kind"),
        ({"kinds": np.array(["umap"])}, "unknown kind"),
        ({"kept": np.array([0.25, 1.5], np.float32)}, "outside"),
        ({"kept": np.array([0.25, 0.5])}, "odd shares"),
        ({"places": np.zeros((2, PROBE, 2), np.float32)}, "places on its maps are odd"),
        ({"places": np.zeros((2, PROBE + 1, 2), np.float16)}, "not of 7 samples"),
        ({"places": np.zeros((1, PROBE, 2), np.float16)}, "not of 7 samples"),
        ({"places": _far(np.nan)}, "not finite"),
        ({"places": _far(np.inf)}, "not finite"),
        ({"more": np.zeros(1)}, "arrays that are unknown"),
        ({"places": np.array([object()])}, "maps.npz"),
    ],
)
def test_odd_maps_are_refused(store, run, tmp_path, changes, why):
    path = tmp_path / "run.zip"
    export_run(store, run, path)
    before = len(store.runs())
    import_run(store, _with_maps(path, _maps()))
    with pytest.raises(BadInput, match=why):
        import_run(store, _with_maps(path, _maps(**changes)))
    assert len(store.runs()) == before + 1
