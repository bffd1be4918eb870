"""Published cells: read whole, matched to runs, results kept once."""

from dataclasses import replace

import pytest

from lnl.errors import BadInput
from lnl.evidence.measured_reproductions import Result, read
from lnl.evidence.published import answered_by, cells, measured
from lnl.findings.summary import RunSummary
from lnl.measuring.measure_reproductions import Choice, reproduce, runnable
from lnl.methods.cards import cards
from lnl.methods.registry import registered
from lnl.records import Detection, RunSpec
from tests.support import made_up


def test_all_749_numbers_are_there():
    assert len(cells()) == 749


def test_table_5_of_nlnl_by_hand():
    found = {
        (c.rate, c.method_id): c.value
        for c in cells()
        if (c.paper, c.table) == ("NLNL", "5") and c.method_id in ("ce", "nlnl") and c.spec
    }
    assert found == {
        (0.2, "ce"): 88.02, (0.4, "ce"): 68.46, (0.6, "ce"): 45.51,
        (0.2, "nlnl"): 99.35, (0.4, "nlnl"): 99.27, (0.6, "nlnl"): 98.91,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("noise", "method", "besides"),
    [
        ("asymm-map", "nlnl", {"class_weight": True}),
        ("asymm-map", "ce", {}),
        ("symm-exc", "nlnl", {}),
    ],
)
def test_nlnl_weighs_by_class_where_wrong_labels_may_outnumber_right_ones(noise, method, besides):
    found = [c for c in cells() if c.paper == "NLNL" and (c.noise, c.method_id) == (noise, method)]
    assert found
    assert all(cell.besides == besides for cell in found)
    assert all(cell.spec.settings == besides for cell in found if cell.spec)


def test_a_run_finds_the_cells_it_stands_beside():
    spec = RunSpec(dataset="mnist", network="lenet5", noise="symmetric", rate=0.2, method="nlnl")
    assert [c.value for c in answered_by(spec)] == [99.35]
    assert answered_by(RunSpec(dataset="digits")) == []


def test_a_part_switched_off_by_a_weight_of_zero_is_another_cell():
    cifar = RunSpec("cifar100", "symmetric", 0.2, network="cnn7", method="fine")
    known = {
        switched: {c.method for c in answered_by(replace(cifar, settings=dict(switched)))}
        for switched in (
            (("base", "sed"), ("beta", 0.001), ("gamma", 0.1)),
            (("base", "act"), ("beta", 0.001), ("gamma", 0.1)),
            (("base", "gmm"),),
        )
    }
    assert list(known.values()) == [{"SED+FINE"}, {"ACT+FINE"}, set()]


@pytest.mark.parametrize("card", cards().values(), ids=lambda card: card.name)
def test_what_is_not_said_is_what_the_method_does_by_itself(card):
    fields = registered(card.name).cls.Settings.model_fields
    defaults = {name: field.default for name, field in fields.items()} | card.defaults
    said = {name for settings in card.published.ids.values() for name in settings}
    assert said <= card.published.unset.keys()
    for name, value in card.published.unset.items():
        default = defaults[name]
        assert (default if isinstance(default, str) else bool(default)) == value


def test_an_id_is_published_as_one_method_and_stands_in_a_table():
    ids = [name for card in cards().values() for name in card.published.ids]
    assert len(set(ids)) == len(ids)
    within = {name for card in cards().values() for name in card.published.within}
    assert within | {*ids} <= {cell.method_id for cell in cells()}


def test_each_metric_is_read_from_the_run():
    records = [made_up.record(epoch) for epoch in range(1, 13)]
    summary = RunSummary.of("r", made_up.facts(), records)
    tests = [r.test_accuracy for r in records]
    assert measured("acc", summary) == measured("acc_last", summary) == tests[-1]
    assert measured("acc_best", summary) == max(tests)
    assert measured("acc_avg", summary) == pytest.approx(sum(tests[2:]) / 10)
    assert measured("recall", summary) == 0.75
    assert measured("estimated_noise", summary) == 0.38
    unknown = replace(summary, detection=Detection(float("nan"), 0.5, 0.5, 0.5, 0.5))
    assert measured("precision", unknown) is None


def test_nothing_that_fits_is_bad_input():
    with pytest.raises(BadInput, match="no published cell fits"):
        runnable(Choice(papers=("NLNL",), datasets=("digits",)))


@pytest.mark.benchmark_data
def test_results_are_appended_and_not_trained_again(tmp_path):
    table = tmp_path / "reproduction.csv"
    choice = Choice(
        papers=("NLNL",), tables=("5",), methods=("ce",), rates=(0.4,), epochs=1, limit=500
    )
    (result,) = reproduce(choice, table)
    assert isinstance(result, Result)
    assert (result.published, result.metric) == (68.46, "acc")
    assert result.actual_noise_rate == pytest.approx(0.4, abs=0.02)
    assert result.schedule == "1 epochs of the method's 40, 500 images"
    assert read(table) == [result]
    assert list(reproduce(choice, table)) == []
