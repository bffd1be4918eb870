"""Tables of vectors in the app: given by path or dropped, and what stands for images."""

import csv

import numpy as np
import pytest
from sklearn.datasets import load_wine

from lnl.cli import main
from pages.ui.shell import parts
from tests.support.controls import control, settled

DATA, SAMPLES = "pages/data.py", "pages/samples.py"


@pytest.fixture
def table(tmp_path):
    found = load_wine()
    rows = [
        [*map(float, row), found.target_names[target]]
        for row, target in zip(found.data, found.target, strict=True)
    ]
    path = tmp_path / "wine.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[*found.feature_names, "label"], *rows])
    return path


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption))


def test_a_table_is_shown_without_an_import(app, healthy, table):
    at = healthy(app(DATA, data="own", file=str(table)))
    assert {m.label: m.value for m in at.metric}["Training rows"] == "142"
    said = text(at)
    assert "142 training rows, 36 test rows, 3 classes, 13 columns of numbers" in said
    assert "standardised by mean and deviation of the 142 training rows" in said
    assert parts.GLYPHS in said
    assert control(at, "selectbox", "noise").value == "none"


def test_rows_to_validate_on_are_counted(app, healthy, table):
    head, *rows = table.read_text().splitlines()
    parts = ["validation", "test", "train", "train"]
    rows = [f"{row},{parts[n % 4]}" for n, row in enumerate(rows)]
    table.write_text("\n".join([f"{head},split", *rows]))
    said = text(healthy(app(DATA, data="own", file=str(table))))
    assert "88 training rows, 45 validation rows, 45 test rows, 3 classes" in said


def test_only_networks_for_tables_are_offered(app, healthy, table):
    at = healthy(app(DATA, data="own", file=str(table)))
    box = control(at, "selectbox", "architecture")
    assert [option.partition(" (")[0] for option in box.options] == [
        "Recommended",
        "Perceptron for tables",
    ]


def test_a_wrong_table_is_told_in_words(app, table):
    table.write_text(table.read_text().replace("14.23", "much"))
    at = app(DATA, data="own", file=str(table))
    (told,) = [box.value for box in at.error]
    assert "column alcohol holds texts" in told


def test_the_column_of_the_labels_is_chosen(app, healthy, table, store):
    table.write_text(table.read_text().replace("label", "cultivar").replace("class_", ""))
    at = settled(app(DATA, data="own", file=str(table), looking="true"))
    assert "holds the labels?" in at.error[0].value
    box = at.selectbox(key=f"own_label_{table}")
    assert (box.label, box.value) == ("Column of the labels", None)
    at = settled(box.select("cultivar").run())
    assert not at.error
    assert at.query_params["file"].endswith("wine.csv")
    settled(at.button(key="own_import").click().run())
    at = healthy(at)
    assert "142 training rows, 36 test rows, 3 classes, 13 columns of numbers" in text(at)
    assert "cultivar" in table.read_text(), "the file itself stays"


def test_a_dropped_table_is_kept_under_its_name(app, healthy, table, store):
    at = healthy(app(DATA))
    at.file_uploader[0].set_value((table.name, table.read_bytes(), "text/csv")).run()
    assert at.query_params["data"] == "own"
    assert at.query_params["file"].endswith("wine.csv")
    at = settled(at)
    assert at.button(key="own_import").label == "Use these rows"
    settled(at.button(key="own_import").click().run())
    assert "142 training rows" in text(healthy(at))


def test_rows_stand_for_images_among_the_samples(app, healthy, table, store):
    assert main(["train", "--dataset", str(table), "--epochs", "2", "--json"]) == 0
    (run,) = store.runs()
    at = healthy(app(SAMPLES, runs=run.id))
    assert parts.GLYPHS in text(at)
    healthy(app(panels="Map,Samples", runs=run.id))
    kept = store.data(run.data.fingerprint)
    assert kept.images.shape[1:] == (1, 20, 20)
    assert kept.origin(0).startswith("row ")
    assert np.unique(kept.images).size > 1
