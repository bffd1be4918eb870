"""The page Methods: a card that renders for every method, whatever the address says."""

import pytest

from lnl import catalogue
from lnl.evidence import measured_costs
from lnl.methods.registry import all_methods
from pages.ui.methods import method_costs

PAGE = "pages/methods.py"
NAMES = [entry.name for entry in all_methods()]


def text(at):
    return "\n".join(box.value for box in (*at.markdown, *at.caption, *at.header, *at.subheader))


def test_the_list_has_every_method_under_its_group(app, healthy):
    at = healthy(app(PAGE))
    assert {button.key for button in at.button} >= {f"open_{name}" for name in NAMES}
    groups = [heading.value for heading in at.subheader]
    assert groups == [*(group.name for group in catalogue.groups()), "How the losses pull"]


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
    assert shown["An epoch"] == method_costs.times(method_costs.of("pmnar"))


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
    assert at.button(key="open_nl")


def test_a_card_opens_by_a_click_and_by_its_address(app, healthy):
    at = healthy(app(PAGE).button(key="open_rfl").click().run())
    assert at.query_params["method"] == "rfl"
    assert at.latex


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
    assert curves(figures, app(PAGE)) == ["CE", "NL", "CE+AR"]
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
    at = healthy(app(PAGE, pulls="selpl", numbers=f"selpl.gamma:{said}"))
    assert at.slider(key="numbers.selpl.gamma").value == value
