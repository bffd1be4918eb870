"""No diagnostic ends a run: what fails is left out of the record, and said once."""

import pytest
import torch

from lnl.errors import RunFailed
from lnl.records import RunSpec
from lnl.runs.running.training_here import train_here
from lnl.training import recording, trainer
from tests.training.test_trainer import Probe, same, state, trainer_of

DIAGNOSTICS = {
    (recording, "fit"): lambda s: (s.record.train_accuracy_given, s.record.memorised),
    (recording, "histograms"): lambda s: (*s.record.confidence, *s.record.clean_scores),
    (recording, "detection"): lambda s: (s.record.detection,),
    (recording, "reduce_features"): lambda s: (s.probe_features, s.unseen),
    (trainer, "previews"): lambda s: (s.previews,),
    (Probe, "transition_estimate"): lambda s: (s.transition,),
    (Probe, "epoch_values"): lambda s: (*s.record.extra,),
    (Probe, "sample_values"): lambda s: (*s.samples.values,),
}
NAMES = [name for _, name in DIAGNOSTICS]


def failing(error):
    def fail(*arguments):
        raise error

    return fail


@pytest.mark.parametrize(("where", "seen"), DIAGNOSTICS.items(), ids=NAMES)
def test_a_diagnostic_that_fails_is_left_out_and_said_once(blobs, monkeypatch, where, seen):
    whole, broken = trainer_of(Probe, blobs), trainer_of(Probe, blobs)
    list(whole)
    monkeypatch.setattr(*where, failing(ZeroDivisionError("oh")), raising=False)
    with pytest.warns(RuntimeWarning, match="left out where it fails: ZeroDivisionError: oh") as w:
        snapshots = list(broken)
    assert len(snapshots) == 6
    assert [value for s in snapshots for value in seen(s) if value is not None] == []
    assert len(w) == 1
    assert same(state(whole), state(broken)), "it trains as it would have"


def test_without_its_clean_scores_a_method_is_read_by_its_confidence(blobs, monkeypatch):
    monkeypatch.setattr(Probe, "clean_scores", failing(ValueError("no mixture")))
    with pytest.warns(RuntimeWarning, match="clean scores left out"):
        record = next(trainer_of(Probe, blobs)).record
    assert record.reading == "confidence"
    assert record.detection is not None


@pytest.mark.parametrize(
    "error",
    [
        RunFailed("the whole run is broken"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB"),
        MemoryError(),
    ],
)
def test_what_concerns_the_whole_run_still_ends_it(blobs, monkeypatch, error):
    monkeypatch.setattr(recording, "detection", failing(error))
    with pytest.raises(RunFailed):
        next(trainer_of(Probe, blobs))


def test_each_run_says_it_in_its_own_log(store, monkeypatch):
    monkeypatch.setattr(recording, "reduce_features", failing(ArithmeticError("no axes")))
    spec = RunSpec(limit=64, epochs=3, threads=1, device="cpu")
    with pytest.warns(RuntimeWarning, match="features left out"):
        runs = [train_here(store, spec) for _ in range(2)]
    for run in runs:
        assert store.run(run).status == "done"
        assert store.probe_epochs(run) == []
        assert store.log(run).text.count("features left out where it fails: ArithmeticError") == 1
