"""What a method costs beside CE: each stage is trained, weighted by its share."""

import pytest
import torch

from lnl.cli import main
from lnl.errors import BadInput
from lnl.evidence import measured_costs
from lnl.measuring import measure_costs
from lnl.methods.registry import all_methods
from lnl.records import RunSpec
from lnl.training.resolve import resolve

SPEC = RunSpec(method="selnlpl", limit=96, device="cpu", threads=1)


@pytest.mark.parametrize("method", [entry.name for entry in all_methods()])
def test_every_stage_gets_as_many_epochs_as_any_other(method):
    planned = resolve(measure_costs.evenly(RunSpec(method=method), 3))
    assert {stage.last - stage.first + 1 for stage in planned.stages} == {3}
    assert len(planned.stages) == len(resolve(RunSpec(method=method)).stages)


def test_no_selection_is_empty_while_it_is_measured():
    assert measure_costs.evenly(RunSpec(method="selnlpl"), 2).settings["threshold"] == 0
    assert "threshold" not in measure_costs.evenly(RunSpec(method="ce"), 2).settings


def test_a_method_is_measured_stage_by_stage(monkeypatch):
    grown = {"selnlpl": 30e6, "ce": 20e6}
    monkeypatch.setattr(measure_costs, "peak", lambda spec: grown[spec.method])
    cost = measure_costs.measure(SPEC, rounds=1)
    assert [stage.name for stage in cost.stages] == ["nl", "selnl", "selpl"]
    assert [stage.share for stage in cost.stages] == [pytest.approx(1 / 3, abs=0.02)] * 3
    assert cost.epoch == pytest.approx(sum(s.share * s.ratio for s in cost.stages), abs=0.01)
    assert cost.epoch_low <= cost.epoch <= cost.epoch_high
    assert (cost.memory, cost.memory_mb) == (1.5, 30.0)
    assert (cost.images, cost.network, cost.base) == (96, "small-cnn", "")


def test_the_median_of_the_rounds_weighted_by_the_stages():
    rounds = {
        "a": measure_costs.Rounds([1.0, 9.0, 2.0], [1.0, 1.0, 1.0]),
        "b": measure_costs.Rounds([3.0, 4.0, 5.0], [2.0, 2.0, 8.0]),
    }
    found = measure_costs._over_stages(rounds, {"a": 0.25, "b": 0.75})
    assert found == {
        "training": 3.5,
        "training_low": 2.5,
        "training_high": 6.0,
        "epoch": 1.75,
        "epoch_low": 1.75,
        "epoch_high": 6.25,
    }


@pytest.mark.parametrize(("peak", "grown"), [(130e6, 30e6), (100e6, 0), (None, None)])
def test_memory_grows_from_what_is_there_to_the_peak_of_the_run(monkeypatch, peak, grown):
    trained = []

    def resident(name):
        return {"VmRSS": 100e6, "VmHWM": peak}[name] if bool(trained) == (name == "VmHWM") else -1

    trainer = measure_costs._trainer
    monkeypatch.setattr(measure_costs, "_trainer", lambda spec: _noting(trainer(spec), trained))
    monkeypatch.setattr(measure_costs, "_resident", resident)
    assert measure_costs.grow(RunSpec(limit=64, epochs=2, device="cpu", threads=1)) == grown
    assert len(trained) == 2


class _noting:
    """A trainer whose epochs are noted."""

    def __init__(self, trainer, epochs):
        self.plan, self.trainer, self.epochs = trainer.plan, trainer, epochs

    def __iter__(self):
        for snapshot in self.trainer:
            self.epochs.append(snapshot.record.epoch)
            yield snapshot


def test_what_the_process_holds_is_read_where_linux_tells_it(tmp_path, monkeypatch):
    monkeypatch.setattr(measure_costs, "_STATUS", tmp_path / "status")
    assert measure_costs._resident("VmRSS") is None
    (tmp_path / "status").write_text("VmHWM:\t    4096 kB\nVmRSS:\t    2048 kB\n")
    assert measure_costs._resident("VmRSS") == 2048 * 1024
    assert measure_costs._resident("VmHWM") == 4096 * 1024
    assert measure_costs._resident("VmSwap") is None


def test_the_command_keeps_what_it_measures(tmp_path, monkeypatch, capsys):
    threads = torch.get_num_threads()
    monkeypatch.setattr(measure_costs, "peak", lambda spec: None)
    table = tmp_path / "costs.csv"
    words = ["bench", "--methods", "ce", "--limit", "64", "--rounds", "1", "--threads", "1"]
    assert main([*words, "--csv", str(table)]) == 0
    torch.set_num_threads(threads)
    (cost,) = measured_costs.read(table)
    assert (cost.method, cost.images, cost.memory) == ("ce", 64, None)
    assert f"epoch {cost.epoch:.2f}" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--methods", "selnlp"], ["--rounds", "0"]])
def test_bad_input_is_refused_before_anything_is_measured(words, capsys):
    assert main(["bench", *words]) == 2
    assert "selnlpl" in (told := capsys.readouterr().err) or "at least 1" in told


def test_an_unknown_network_is_bad_input():
    with pytest.raises(BadInput, match="network"):
        measure_costs.measure(RunSpec(network="lenet"), rounds=1)
