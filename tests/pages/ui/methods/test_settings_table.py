"""Settings as a table: ranges as the schema has them, defaults as the data have them."""

from lnl import catalogue
from pages.ui.methods import settings_table

SCHEMA = {
    "properties": {
        "rate": {"default": 0.1, "minimum": 0, "maximum": 1, "symbol": "η", "description": "How"},
        "open": {"default": 2.0, "exclusiveMinimum": 0, "exclusiveMaximum": 5},
        "kind": {"default": "a", "enum": ["a", "b"]},
        "part": {"default": True, "type": "boolean", "description": "A part"},
        "deep": {"default": True, "type": "boolean", "advanced": True},
        "nl_epochs": {"default": 720, "minimum": 0, "unit": "epochs"},
    }
}


def test_rows():
    rows = {row["setting"]: row for row in settings_table.rows(SCHEMA, {"rate": 0.02})}
    assert rows["rate"] == {
        "setting": "rate",
        "symbol": "η",
        "default": "0.02",
        "range": "0 ≤ … ≤ 1",
        "unit": "",
        "what it does": "How",
    }
    assert rows["open"]["range"] == "0 < … < 5"
    assert rows["kind"]["range"] == "a, b"
    assert rows["part"]["default"] == "on"
    assert rows["nl_epochs"]["range"] == "0 ≤"
    assert rows["nl_epochs"]["unit"] == "epochs"


def test_shares_of_a_schedule_are_called_so():
    rows = {row["setting"]: row for row in settings_table.rows(SCHEMA, {}, shares=True)}
    assert rows["nl_epochs"]["unit"] == "share of the schedule"
    assert rows["rate"]["unit"] == ""


def test_switches_are_parts_as_they_stand():
    assert settings_table.switches(SCHEMA, {"part": False}) == [("part", "A part", False)]


def test_parts_of_rfl_are_switches():
    card = catalogue.method("rfl")
    names = [name for name, _, on in settings_table.switches(card.settings, {}) if on]
    assert names == ["bootstrap", "restore", "cluster"]
