"""The page Methods: a card that renders for every method, whatever the address says."""

import json

import pytest

from lnl import catalogue
from lnl.evidence import measured_costs, measured_on_digits, paper_tables, rank_agreement
from lnl.evidence.measured_on_digits import OnDigits
from lnl.evidence.measured_reproductions import Result
from lnl.methods.registry import all_methods
from pages.ui.methods import method_costs

PAGE = "pages/methods.py"
NAMES = [entry.name for entry in all_methods()]


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.header, *at.subheader))


def told(at, component):
    """What the components of that name were given, in their order."""
    shown = [e.proto for e in at.get("bidi_component")]
    return [json.loads(p.json) for p in shown if p.component_name == component]


def test_the_list_has_every_method_under_its_group(app, healthy):
    (index,) = told(healthy(app(PAGE)), "lnl_method_index")
    families = index["families"]
    assert [family["name"] for family in families] == [g.name for g in catalogue.groups()]
    listed = {m["name"]: family["name"] for family in families for m in family["methods"]}
    assert listed == {card.name: card.group for card in catalogue.methods()}
    assert families[0]["methods"][0]["name"] == "ce"


def test_what_a_method_must_be_told_stands_on_its_card_and_in_the_list(app, healthy):
    (index,) = told(app(PAGE), "lnl_method_index")
    uses = {m["name"]: m["uses"] for family in index["families"] for m in family["methods"]}
    assert uses["co-teaching"] == "uses the noise rate"
    assert uses["forward"] == "uses the transition matrix"
    assert uses["forward-estimated"] == uses["ce"] == ""
    at = healthy(app(PAGE, method="co-teaching"))
    badge = next(box for box in at.markdown if "uses the noise rate" in box.value)
    assert "rate_from = estimated" in badge.proto.help
    assert not [box for box in app(PAGE, method="ce").markdown if "uses the" in box.value]


@pytest.mark.parametrize("name", paper_tables.names())
def test_every_printed_table_is_shown_whole(app, healthy, name):
    at = healthy(app(PAGE, shelf="tables", table=name))
    shown = told(at, "lnl_cells")
    assert len(shown) == len(paper_tables.parts(name))
    for part, table in zip(paper_tables.parts(name), shown, strict=True):
        assert len(table["head"]) == len(part.columns) + 1
        for line, row in zip(part.lines, table["lines"], strict=True):
            numbers = [cell["text"] if cell else None for cell in row["cells"]]
            known = [line.cells.get(column) for column in part.columns]
            assert numbers == [f"{cell.value:.2f}" if cell else None for cell in known]
            for cell, number in zip(known, row["cells"], strict=True):
                assert cell is None or bool(number["id"]) == (cell.spec is not None)


def test_ours_stands_under_what_we_have_trained(app):
    tables = told(app(PAGE, shelf="tables", table="NLNL, Table 5"), "lnl_cells")
    under = [c["under"] for t in tables for line in t["lines"] for c in line["cells"] if c]
    assert [words for words in under if words.startswith("ours ")]


def test_the_order_of_the_methods_stands_under_the_table(app, healthy, monkeypatch):
    (part,) = paper_tables.parts("NLNL, Table 5")
    column = ("symm-exc", 0.4)
    runs = [
        Result(*cell.place[:6], 0.4, cell.method_id, cell.metric, cell.value, cell.value, 0, 20,
               20_000, "20 epochs", 1.0, "CPU", "2")
        for cell in (line.cells[column] for line in part.lines)
    ]  # fmt: skip
    monkeypatch.setattr(rank_agreement, "read", lambda: runs)
    shown = text(healthy(app(PAGE, shelf="tables", table="NLNL, Table 5")))
    assert "trained for 20 epochs on the first 20,000 images" in shown
    assert "40% **1.00** (7 methods)" in shown


@pytest.mark.parametrize("name", NAMES)
def test_every_method_has_a_card(app, healthy, figures, name):
    at = healthy(app(PAGE, method=name))
    card = catalogue.method(name)
    assert [box.value.strip("$\n") for box in at.latex] == [e.latex for e in card.equations]
    assert "def training_step" in at.code[0].value
    assert [part.value for part in at.code] == [part.text for part in catalogue.code(name)]
    assert set(figures(at)) == {"losses", "schedule"}
    measured = method_costs.of(name) is not None
    assert measured == ("An epoch" in {metric.label for metric in at.metric})


def test_the_schedule_follows_the_data(app, figures):
    at = app(PAGE, method="pmnar")
    assert [bar["name"] for bar in figures(at)["schedule"]["figure"]["data"]] == [
        "warm-up: 5",
        "main: 25",
    ]
    at.selectbox(key="card_data").select("cifar10").run()
    assert [bar["name"] for bar in figures(at)["schedule"]["figure"]["data"]] == [
        "warm-up: 10",
        "main: 290",
    ]


def test_the_cost_stands_beside_the_published_one(app):
    shown = {metric.label: metric.value for metric in app(PAGE, method="pmnar").metric}
    assert shown["Published"] == "2.5 × CE"
    assert shown["An epoch"] == method_costs.of("pmnar").times


def test_a_cost_added_to_a_base_says_so(app):
    assert "added to SED" in text(app(PAGE, method="fine"))


def test_without_a_measurement_it_says_how_to_make_one(app, monkeypatch, healthy):
    monkeypatch.setattr(measured_costs, "read", lambda: [])
    assert "bench --methods nl" in text(healthy(app(PAGE, method="nl")))


def test_stages_that_are_shares_are_called_so(app):
    (table,) = [frame.value for frame in app(PAGE, method="pmnar").dataframe][:1]
    units = dict(zip(table["setting"], table["unit"], strict=True))
    assert units["main_epochs"] == "epochs", "on digits it has its own schedule"
    (table,) = [frame.value for frame in app(PAGE, method="selnlpl").dataframe][:1]
    units = dict(zip(table["setting"], table["unit"], strict=True))
    assert units["nl_epochs"] == "share of the schedule"


def test_an_unknown_method_shows_the_list(app, healthy):
    at = healthy(app(PAGE, method="<b>nope"))
    assert not at.latex
    assert told(at, "lnl_method_index")


def test_a_card_leads_back_to_the_list(app, healthy):
    at = healthy(app(PAGE, method="rfl"))
    assert at.latex
    at = healthy(at.button(key="all_methods").click().run())
    assert "method" not in at.query_params
    assert told(at, "lnl_method_index")


def test_try_it_fills_the_set_up_with_the_method_beside_ce(app, healthy):
    at = app(PAGE, method="rfl")
    at.selectbox(key="card_data").select("shapes").run()
    at = healthy(at.button(key="try_it").click().run())
    assert at.multiselect(key="methods").value == ["ce", "rfl"]
    assert at.selectbox(key="data").value == "shapes"


def curves(figures, at):
    shown = figures(at)["losses"]["figure"]["data"]
    return [trace["name"] for trace in shown[: len(shown) // 2]]


def test_the_losses_of_a_method_stand_beside_ce(app, figures):
    assert curves(figures, app(PAGE, shelf="losses")) == ["CE", "NL", "CE+AR"]
    assert curves(figures, app(PAGE, method="selnlpl")) == ["CE", "NL", "SelNL", "SelPL"]
    assert curves(figures, app(PAGE, method="gmm")) == ["CE"]


def test_losses_and_their_numbers_can_be_changed_and_the_address_holds_them(app, figures, healthy):
    at = healthy(app(PAGE, method="nl", pulls="selpl,nl", classes="100"))
    assert curves(figures, at) == ["NL", "SelPL"]
    assert at.select_slider(key="classes").value == 100
    at = healthy(at.slider(key="numbers.selpl.gamma").set_value(0.8).run())
    cuts = figures(at)["losses"]["figure"]["layout"]["shapes"]
    assert [cut["x0"] for cut in cuts] == [0.8, 0.8]
    assert "believed more than γ" in text(at)
    at = healthy(at.segmented_control(key="over").set_value("complementary").run())
    layout = figures(at)["losses"]["figure"]["layout"]
    assert not layout.get("shapes")
    assert layout["xaxis2"]["title"]["text"] == "p of the complementary label"
    assert "grows evenly with p" in text(at)


@pytest.mark.parametrize(
    ("said", "value"), [("nan", 0.5), ("much", 0.5), ("7", 1.0), ("0.3", 0.3), ("", 0.5)]
)
def test_a_number_of_a_loss_that_cannot_be_is_put_right(app, healthy, said, value):
    at = healthy(app(PAGE, shelf="losses", pulls="selpl", numbers=f"selpl.gamma:{said}"))
    assert at.slider(key="numbers.selpl.gamma").value == value


def run_of(method, noise="symmetric", seed=0, last=0.8, ap=0.5, seconds=10.0):
    return OnDigits(method, noise, 0.4, seed, 60, last, last, ap, seconds, "CPU", "2", "2026-11-29")


@pytest.fixture
def on_digits(monkeypatch, app, healthy):
    """The shelf with these measurements: the page and its table."""

    def show(*runs, **query):
        monkeypatch.setattr(measured_on_digits, "read", lambda: list(runs))
        at = healthy(app(PAGE, shelf="digits", **query))
        (table,) = told(at, "lnl_table")
        return at, table

    return show


def names(table):
    """The methods in their order, without the headings of families."""
    return [line[0] for line in table["lines"] if not isinstance(line, str)]


def test_measurements_on_digits_are_means_over_seeds_under_their_families(on_digits):
    runs = [run_of("gce", ap=None), run_of("ce", last=0.7), run_of("ce", seed=1, last=0.8)]
    at, table = on_digits(*runs)
    assert table["lines"] == [
        "Baselines",
        ["CE", "75.0 ± 7.1", "75.0 ± 7.1", "50.0 ± 0.0", "10"],
        "Robust losses",
        ["GCE", "80.0", "80.0", "", "10"],
    ]
    (missing,) = [box for box in at.caption if box.value.startswith("Not measured yet")]
    assert "pair noise at 40%, instance noise at 30%, 65 of 67 methods." in missing.value
    assert "SelNLPL" in missing.proto.help


def test_columns_are_those_of_the_noises_measured(on_digits):
    _, table = on_digits(run_of("ce"), run_of("nl", noise="pair"))
    heads = [head["title"] for head in table["head"]]
    assert heads[1:4] == ["last, sym. 40%", "best, sym. 40%", "AP, sym. 40%"]
    assert heads[4:7] == ["last, pair 40%", "best, pair 40%", "AP, pair 40%"]
    assert heads[7:] == ["seconds"]
    assert ["NL", "", "", "", "80.0", "80.0", "50.0", "10"] in table["lines"]


def test_measurements_are_sorted_by_a_column_and_what_lacks_one_comes_last(on_digits):
    runs = [run_of(name, last=last) for name, last in (("ce", 0.6), ("nl", 0.9), ("gce", 0.7))]
    runs.append(run_of("mae", noise="pair"))
    for sort, expected in {
        "-symmetric.last": ["NL", "GCE", "CE", "MAE"],
        "symmetric.last": ["CE", "GCE", "NL", "MAE"],
        "method": ["CE", "GCE", "MAE", "NL"],
    }.items():
        _, table = on_digits(*runs, sort=sort)
        assert names(table) == expected
        assert len(table["lines"]) == 4, "no families"
    _, table = on_digits(*runs, sort="instance.last")  # not there: family by family
    assert names(table) == ["CE", "NL", "GCE", "MAE"]


def test_the_shipped_table_of_digits_is_of_methods_that_are_there():
    runs = measured_on_digits.read()
    assert {run.method for run in runs} <= set(NAMES)
    assert len({run.place for run in runs}) == len(runs) > 0
    for run in runs:
        assert (run.noise, run.rate) in measured_on_digits.NOISES
        assert 0 <= run.last <= run.best <= 1
        assert run.average_precision is None or 0 <= run.average_precision <= 1
