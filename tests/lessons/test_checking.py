"""The cheapest lesson end to end: trained for real, its claim read off, its result kept."""

import csv
import json

from lnl.cli import main
from lnl.lessons import LESSONS
from lnl.lessons.checking import Checked, write
from lnl.runs.store import RunStore

CHEAPEST = 4


def test_the_cheapest_lesson_shows_what_it_claims(tmp_path, capsys):
    cost = {n: sum(r.spec.epochs for r in lesson.runs) for n, lesson in enumerate(LESSONS, 1)}
    assert cost[CHEAPEST] <= 40
    table = tmp_path / "lessons.csv"
    asked = ["lessons", "--check", "--only", str(CHEAPEST), "--seeds", "0", "--json"]

    assert main([*asked, "--table", str(table)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["shows"] is True
    assert told["epochs"] == cost[CHEAPEST]
    (row,) = csv.DictReader(table.open())
    assert row["title"] == LESSONS[CHEAPEST - 1].title
    assert row["effects"] == told["effects"]

    store = RunStore()
    before = [run.id for run in store.runs()]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out) == told
    assert [run.id for run in store.runs()] == before, "what is there is not trained again"
    store.close()


def test_a_table_keeps_one_row_a_lesson_and_seed(tmp_path):
    table = tmp_path / "deep" / "lessons.csv"
    rows = [Checked(n, "T", seed, True, 1.0, 5, "x 1") for n in (10, 2) for seed in (1, 0)]
    write(rows, table)
    write([Checked(2, "T", 1, False, 2.0, 5, "x 0")], table)
    found = [(r["lesson"], r["seed"], r["shows"]) for r in csv.DictReader(table.open())]
    assert found == [
        ("2", "0", "True"),
        ("2", "1", "False"),
        ("10", "0", "True"),
        ("10", "1", "True"),
    ]


def test_a_lesson_that_there_is_not(capsys):
    assert main(["lessons", "--check", "--only", "99"]) == 2
    assert "there is no lesson 99" in capsys.readouterr().err


def test_they_are_listed(capsys):
    assert main(["lessons"]) == 0
    assert capsys.readouterr().out.count("\n") == len(LESSONS)
    assert main(["lessons", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["lesson"] for each in told] == list(range(1, len(LESSONS) + 1))
