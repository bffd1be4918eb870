"""The table's numbers, the published ones beside them, and its three ways out as text."""

import csv
from dataclasses import replace
from io import StringIO

import pytest

from lnl.comparison import (
    Group,
    by_seeds,
    csv_table,
    latex_table,
    markdown_table,
    one_each,
    ordered,
    rows,
)
from lnl.comparison import results as module
from lnl.comparison.results import COLUMNS
from lnl.comparison.tables import shown
from lnl.evidence.measured_reproductions import Result
from lnl.findings.spread import Spread
from lnl.findings.summary import RunSummary
from lnl.records import RunSpec
from tests.support import made_up

MNIST = RunSpec("mnist", "symmetric", 0.2, network="lenet5", method="nlnl")


def seed(number, test, name="CE", **spec):
    """A run of two epochs that ends at ``test``, and its summary."""
    run = made_up.info(run_id=f"{name}{number}", name=name, spec=RunSpec(seed=number, **spec))
    records = [
        replace(made_up.record(1), test_accuracy=0.9, seconds=1.0, evaluation_seconds=0.0),
        replace(made_up.record(2), test_accuracy=test, seconds=2.0, evaluation_seconds=1.0),
    ]
    return run, RunSummary.of(run.id, run.data, records)


def table(*seeds, group=by_seeds):
    return rows(group([run for run, _ in seeds]), {run.id: found for run, found in seeds})


def test_a_run_by_itself():
    (row,) = table(seed(0, 0.8))
    found = {title: value and value.mean for title, value in row.values.items()}
    assert found == {
        "last": 0.8,
        "best": 0.9,
        "by validation": None,
        "gap": pytest.approx(0.1),
        "last ten": pytest.approx(0.85),
        "memorised": made_up.record(2).memorised,
        "detection F1": 0.77,
        "AUROC": 0.9,
        "s / epoch": 2.0,
        "seconds": 4.0,
    }
    assert set(found) == {column.title for column in COLUMNS}
    assert (row.count, row.name, row.beside) == (1, "CE", ())


def validated(number, accuracies, tests):
    run, _ = seed(number, 0.0)
    pairs = enumerate(zip(accuracies, tests, strict=True), start=1)
    records = [
        replace(made_up.record(e), validation_accuracy=v, test_accuracy=t) for e, (v, t) in pairs
    ]
    return run, RunSummary.of(run.id, run.data, records)


def test_the_epoch_that_is_best_by_validation_and_not_by_test():
    found = validated(0, [0.3, 0.5, 0.5, 0.4], [0.9, 0.7, 0.8, 0.6])
    summary = found[1]
    assert (summary.best_validation_epoch, summary.test_accuracy_by_validation) == (2, 0.7)
    (row,) = table(found)
    assert row.values["by validation"].mean == 0.7
    assert "by validation" in csv_table([row]).splitlines()[0]


def test_a_table_says_what_was_tested_on():
    run, summary = seed(0, 0.8)
    held_out = replace(run, data=replace(run.data, held_out=True, actual_noise_rate=None))
    lines = csv_table(table((held_out, summary))).splitlines()
    place = lines[0].split(",").index("tested on")
    assert lines[1].split(",")[place] == "held-out images whose labels may be wrong too"
    assert csv_table(table((run, summary))).splitlines()[1].split(",")[place] == "test set"


def test_seeds_of_a_setting_in_one_row():
    (row,) = table(seed(0, 0.8), seed(1, 0.7))
    assert row.values["last"] == Spread(pytest.approx(0.75), pytest.approx(0.05 * 2**0.5), 2)
    assert row.name == "CE (2 seeds)"
    assert [r.count for r in table(seed(0, 0.8), seed(1, 0.7), group=one_each)] == [1, 1]


def test_rows_by_a_column():
    found = table(seed(0, 0.8, "b10"), seed(1, 0.7, "b9", rate=0.1), seed(2, 0.9, "a", rate=0.2))
    blank = replace(found[1], values=dict.fromkeys(found[1].values))
    orders = {
        by: [row.name for row in ordered([found[0], blank, found[2]], by)]
        for by in ("", "last", "-last", "run", "-run", "published", "nonsense")
    }
    usual = ["b10", "b9", "a"]
    assert orders == {
        "": usual,
        "last": ["b10", "a", "b9"],
        "-last": ["a", "b10", "b9"],
        "run": ["a", "b9", "b10"],
        "-run": ["b10", "b9", "a"],
        "published": usual,
        "nonsense": usual,
    }


def test_a_published_number_stands_beside_runs_that_all_answer_it():
    runs = [made_up.info(run_id=str(n), spec=replace(MNIST, seed=n)) for n in range(2)]
    other = made_up.info(run_id="2", spec=replace(MNIST, rate=0.4))
    found = {run.id: seed(0, 0.8)[1] for run in (*runs, other)}
    (alike,) = rows([Group(tuple(runs), "NLNL")], found)
    (mixed,) = rows([Group((*runs, other), "NLNL")], found)
    assert alike.accuracy is not None
    assert mixed.beside == ()
    (several,) = rows([Group((runs[0], made_up.info(run_id="1", method="nl")), "all")], found)
    assert (alike.method, several.method) == ("nlnl", "")


def test_the_published_number_and_our_earlier_one_stand_beside(monkeypatch):
    earlier = [
        Result("NLNL", "5", "MNIST", "LeNet", "symm-inc", 0.2, 0.2, "nlnl", "acc",
               99.35, ours, 0, 40, None, "40 epochs", 1.0, "CPU", "2")
        for ours in (98.0, 99.0)
    ]  # fmt: skip
    (cell,) = module.answered_by(MNIST)
    same = [replace(r, noise=cell.noise) for r in earlier]
    other = replace(same[0], rate=0.4, ours=1.0)
    undefined = replace(same[0], ours=None)
    monkeypatch.setattr(module, "read", lambda: [*same, undefined, other])
    run, found = seed(0, 0.99)
    run = replace(run, spec=replace(MNIST, settings={}))
    (row,) = rows(one_each([run]), {run.id: found})
    (beside,) = row.beside
    assert beside == row.accuracy
    assert beside.published == pytest.approx(0.9935)
    assert beside.difference == pytest.approx(0.99 - 0.9935)
    assert (beside.reproduced.mean, beside.reproduced.count) == (pytest.approx(0.985), 2)
    assert beside.schedules == ("40 epochs",)
    assert beside.where == "NLNL, table 5"


def test_without_true_labels_no_column_for_what_needs_them():
    run, found = seed(0, 0.8)
    blind = replace(found, memorised=None, detection=None)
    text = csv_table(rows(one_each([run]), {run.id: blind}))
    assert "last" in text
    assert "memorised" not in text
    assert "AUROC" not in text


def test_the_csv_holds_means_deviations_and_no_formula():
    text = csv_table(table(seed(0, 0.8, "=1+1"), seed(1, 0.7, "=1+1")))
    (line,) = csv.DictReader(StringIO(text.encode().decode("utf-8-sig")))
    assert line["run"] == "'=1+1 (2 seeds)"
    assert float(line["last"]) == pytest.approx(0.75)
    assert float(line["last: standard deviation"]) == pytest.approx(0.0707107)
    assert (line["published"], line["difference"]) == ("", "")


def test_markdown_and_latex_keep_their_shape_whatever_the_name():
    found = table(seed(0, 0.8, r"a|b_c & 50 % \x{}"))
    header, rule, line = markdown_table(found).splitlines()
    assert header.startswith("| run | last (%) | best (%) | gap (%) |")
    assert line.startswith(r"| a\|b_c & 50 % \\x{} | 80.0 | 90.0 | 10.0 |")
    assert header.count("|") == rule.count("|") == line.replace(r"\|", "").count("|")
    latex = latex_table(found)
    assert r"a|b\_c \& 50 \% \textbackslash{}x\{\} & 80.0 & 90.0" in latex
    body = [row for row in latex.splitlines() if row.endswith(r"\\")]
    assert {row.replace(r"\&", "").count("&") for row in body} == {9}


@pytest.mark.parametrize(
    ("value", "unit", "sign", "text"),
    [
        (Spread(0.9341, None, 1), "%", False, "93.4"),
        (Spread(0.9341, 0.0021, 3), "%", False, "93.4 ± 0.2"),
        (Spread(0.012, None, 1), "%", True, "+1.2"),
        (Spread(12.34, 0.5, 2), "s", False, "12.3 ± 0.5"),
        (None, "%", False, "–"),
    ],
)
def test_numbers_as_they_are_read(value, unit, sign, text):
    assert shown(value, unit, sign) == text
