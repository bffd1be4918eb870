"""``reproduce`` ends with how alike the methods of each column are ordered."""

import csv
import json
from dataclasses import asdict, fields

import pytest

from lnl.cli import main
from lnl.evidence import paper_tables
from lnl.evidence.measured_reproductions import Result
from lnl.measuring import measure_reproductions

COLUMN = ("symm-exc", 0.4)


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A command whose runs are all trained already: in the paper's order but for CE, the best."""
    (part,) = paper_tables.parts("NLNL, Table 5")
    table = tmp_path / "known.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Result)])
        writer.writeheader()
        for cell in (line.cells[COLUMN] for line in part.lines):
            ours = 100.0 if cell.method_id == "ce" else cell.value
            result = Result(*cell.place[:6], 0.4, cell.method_id, cell.metric, cell.value, ours,
                            0, 1, 500, "1 epochs", 1.0, "CPU", "2")  # fmt: skip
            writer.writerow(asdict(result))
    monkeypatch.setattr(measure_reproductions, "reproduce", lambda choice, table: iter(()))
    return ["reproduce", "--papers", "NLNL", "--rates", "0.4", "--csv", str(table)]


def test_a_line_for_people(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out == (
        "NLNL, Table 5, MNIST, LeNet, symm-exc 0.4, test accuracy, last epoch: "
        "rank correlation 0.25 over 7 methods (1 epoch on the first 500 images)\n"
    )


def test_an_object_for_programs(words, capsys):
    assert main([*words, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["table"] == "NLNL, Table 5"
    assert told["correlation"] == pytest.approx(0.25)
    assert (told["methods"], told["epochs"], told["limit"]) == (7, 1, 500)


def test_of_what_was_not_asked_nothing(words, capsys):
    assert main([*words, "--tables", "6"]) == 0
    assert capsys.readouterr().out == ""
