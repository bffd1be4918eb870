"""Below the list of runs: import, disk use and clean-up, the machine."""

import numpy as np
import pytest

from lnl.paths import cache_of_features
from lnl.runs.exchange.bundles import export_bundle
from lnl.runs.exchange.exporting import export_run
from lnl.runs.store.kept_data import DataToKeep
from lnl.runs.store.uploads import keep_upload
from tests.support.runs_page import networks, text


@pytest.fixture
def keep_labels(store):
    """Labels of a made-up run, without images."""

    def keep(run_id):
        data = store.run(run_id).data
        labels = np.arange(data.num_train) % data.num_classes
        kept = DataToKeep(
            given_labels=labels,
            true_labels=None,
            groups=np.full(len(labels), 3, np.int8),
            class_names=data.class_names,
            probe=np.arange(5),
            images=np.zeros((len(labels), *data.image_shape), np.uint8),
        )
        store.keep_data(data.fingerprint, kept)

    return keep


def test_what_a_download_holds_can_be_imported(runs_page, make_run, keep_labels, store, healthy):
    run_id = make_run()
    keep_labels(run_id)
    store.annotate(run_id, "a note", [])
    path = store.folder / "export.zip"
    export_run(store, run_id, path)
    at = runs_page()
    at.file_uploader[0].set_value(("run.zip", path.read_bytes(), "application/zip")).run()
    healthy(at)
    assert [run.note for run in store.runs()] == ["a note", "a note"]
    healthy(at.run())
    assert len(store.runs()) == 2, "once"


def test_a_bundle_brings_all_its_runs(runs_page, make_run, keep_labels, store, healthy):
    ids = [make_run() for _ in range(3)]
    keep_labels(ids[0])
    path = store.folder / "runs.zip"
    export_bundle(store, ids, path, export_run)
    at = runs_page()
    at.file_uploader[0].set_value(("runs.zip", path.read_bytes(), "application/zip")).run()
    healthy(at)
    assert len(store.runs()) == 6
    assert "Imported **3 runs**" in at.toast[0].value


def test_a_file_that_is_no_run_is_refused_in_words(runs_page, make_run, store):
    make_run()
    at = runs_page()
    at.file_uploader[0].set_value(("photo.zip", b"no zip", "application/zip")).run()
    assert not at.exception
    assert "photo\\.zip cannot be imported" in at.error[0].value
    assert len(store.runs()) == 1


def test_clean_up_says_what_it_frees_and_spares_what_can_go_on(runs_page, make_run, store, healthy):
    done, stopped = make_run(), make_run(status="stopped")
    files = networks(store, done), networks(store, stopped)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    assert (
        at.button(key="drop_checkpoints").label
        == "Remove checkpoints of 1 finished run, free 2.0 MB"
    )
    healthy(at.button(key="drop_checkpoints").click().run())
    assert [file.exists() for file in files] == [False, True]
    assert len(store.records(done)) == 3


def test_the_trash_is_told_emptied_or_brought_back(runs_page, make_run, store, healthy):
    kept, gone, back = make_run(), make_run(), make_run()
    for run_id in (gone, back):
        store.trash(run_id)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    healthy(at.button(key=f"restore_{back}").click().run())
    assert {run.id for run in store.runs()} == {kept, back}
    at.session_state["disk"] = True
    healthy(at.run())
    assert "Delete 1 deleted run permanently" in at.button(key="purge").label
    healthy(at.button(key="purge").click().run())
    assert store.runs(trashed=True) == []
    assert {run.id for run in store.runs()} == {kept, back}


def test_all_deleted_runs_come_back_at_once(runs_page, make_run, store, healthy):
    ids = [make_run(epochs=0, status="stopped") for _ in range(22)]
    for run_id in ids[1:]:
        store.trash(run_id)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    assert len([b for b in at.button if b.label == "Restore"]) == 20
    assert "20 of 21 deleted runs are listed" in text(at)
    healthy(at.button(key="restore_all").click().run())
    assert {run.id for run in store.runs()} == set(ids)


def test_an_upload_that_no_run_uses_can_go(runs_page, make_run, store, healthy):
    make_run(status="stopped")
    path = keep_upload(store, "mine.npz", b"1" * 2000)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    assert at.button(key="drop_uploads").label == "Remove 1 uploaded file, free 2 kB"
    healthy(at.button(key="drop_uploads").click().run())
    assert not path.exists()


def test_features_go_once_no_run_may_be_reading_them(runs_page, make_run, store, healthy):
    run = make_run(status="running")
    kept = cache_of_features() / "digits-net.npy"
    kept.parent.mkdir()
    kept.write_bytes(b"1" * 3000)
    at = runs_page()
    at.session_state["disk"] = True
    healthy(at.run())
    assert "3 kB for features by frozen backbones" in text(at)
    at.button(key="drop_features").click().run()
    assert "under way" in at.error[0].value
    assert kept.exists()
    store.set_status(run, "stopped")
    assert at.button(key="drop_features").label == (
        "Remove features by frozen backbones, free 3 kB"
    )
    healthy(at.button(key="drop_features").click().run())
    assert not kept.exists()


def test_the_machine_is_told(runs_page, make_run, healthy):
    make_run(status="running")
    at = runs_page()
    at.session_state["here"] = True
    healthy(at.run())
    assert "1 training or paused, 0 queued" in text(at)
    assert "torch" in text(at)
