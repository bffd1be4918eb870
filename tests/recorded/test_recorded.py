"""The runs that ship with the app: small, whole, given once, and made by a command."""

from lnl import recorded
from lnl.findings import RunRecords, verdict
from lnl.maps import layouts
from lnl.recorded import __main__ as recording
from lnl.records import RunSpec
from lnl.runs.exchange.importing import import_run

FILES = sorted(recorded.FOLDER.glob("*.zip"))


def test_they_are_small():
    assert [path.stem for path in FILES] == ["ce", "selnlpl"]
    assert sum(path.stat().st_size for path in FILES) < 500_000


def test_they_are_the_default_runs_and_can_be_replayed_and_looked_into(store):
    ids = recorded.give(store)
    for run, method in zip(map(store.run, ids), ("ce", "selnlpl"), strict=True):
        spec = run.spec
        assert (spec.method, spec.dataset, spec.noise, spec.rate, spec.seed) == (
            method,
            "digits",
            "symmetric",
            0.4,
            0,
        )
        assert recorded.is_recorded(run)
        assert run.status == "done"
        assert run.message.startswith("Recorded with LNL Explorer ")
        records = store.records(run.id, histograms=True)
        assert len(records) == run.epochs == 60
        for record in records:
            groups = record.confidence["mean"]
            assert sum(counts.sum() for counts in groups.values()) == run.data.num_train
        assert {1, 60} <= set(store.sampled_epochs(run.id))
        assert {1, 60} <= set(store.mapped(run.id))
        _, samples = store.samples(run.id, 60)
        assert len(samples.confidence) == len(store.data(run.data.fingerprint).images) == 1437


def test_they_show_what_the_first_screen_says_of_them(store):
    ce, selnlpl = (RunRecords(store.run(i), store.records(i)) for i in recorded.give(store))
    assert verdict(ce).tone == "bad"
    assert verdict(selnlpl).tone == "good"


def test_they_come_once_and_never_again_after_they_were_deleted(store):
    for run_id in recorded.give(store):
        store.trash(run_id)
    assert recorded.give(store) == []
    store.purge()
    assert store.runs() == store.runs(trashed=True) == []
    assert recorded.give(store) == []


def test_who_has_runs_gets_none(store):
    mine = store.create(RunSpec())
    assert recorded.give(store) == []
    assert [run.id for run in store.runs()] == [mine.id]
    assert not recorded.is_recorded(store.run(mine.id))


def test_two_servers_that_start_at_once_add_them_once(store):
    assert recorded.withhold(store)
    assert not recorded.withhold(store)
    assert recorded.give(store) == []


def test_the_command_records_a_run_that_can_be_imported(store, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(layouts, "umap", lambda features, near, start, settings: start)
    (tmp_path / "ce.zip").write_bytes(b"an older one")
    recording.record(tmp_path, [RunSpec(limit=128, epochs=2, threads=1)])
    run = store.run(import_run(store, tmp_path / "ce.zip"))
    assert (run.name, run.last_epoch) == ("CE · digits · symmetric 40 % · seed 0", 2)
    assert set(store.mapped(run.id)) == {1, 2}
    assert run.message.startswith("Recorded with LNL Explorer 0.")
    assert capsys.readouterr().out.startswith("ce.zip: ")
