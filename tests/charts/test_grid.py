import itertools
import json
import re

import pytest

from lnl import charts
from lnl.charts import theme
from lnl.charts.theme import plain
from lnl.findings import RunRecords
from tests.support import made_up


def figure_of(count):
    runs = [
        RunRecords(made_up.info(run_id=f"r{i}", name=f"run {i}"), [made_up.record(1)])
        for i in range(count)
    ]
    return charts.histograms(runs)


def rectangles(layout, count):
    for number in range(1, count + 1):
        suffix = "" if number == 1 else str(number)
        yield (*layout[f"xaxis{suffix}"]["domain"], *layout[f"yaxis{suffix}"]["domain"])


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


@pytest.mark.parametrize("count", range(1, 9))
def test_panels_fill_the_figure_without_overlap_at_every_width(count):
    for choice in figure_of(count).layout.meta["arrange"]:
        places = list(rectangles(choice["layout"], count))
        assert all(0 <= left < right <= 1.0001 for left, right, _, _ in places)
        assert all(0 <= low < high <= 1 for _, _, low, high in places)
        pairs = [(a, b) for i, a in enumerate(places) for b in places[:i]]
        assert not any(overlap(a, b) for a, b in pairs)


@pytest.mark.parametrize("count", range(2, 9))
def test_numbers_of_its_own_have_room_left_of_each_plot(count):
    infos = [made_up.info(run_id=f"r{i}") for i in range(count)]
    figure = charts.loss_curves([RunRecords(info, [made_up.record(1)]) for info in infos])
    for choice in figure.layout.meta["arrange"]:
        places = sorted(set(p[:2] for p in rectangles(choice["layout"], count)))
        for (_, right), (left, _) in itertools.pairwise(places):
            assert (left - right) * choice["width"] > 50


@pytest.mark.parametrize("count", range(1, 9))
def test_a_narrow_screen_gets_one_column(count):
    arrange = figure_of(count).layout.meta["arrange"]
    widths = [choice["width"] for choice in arrange]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0
    lefts = {place[0] for place in rectangles(arrange[-1]["layout"], count)}
    assert lefts == {0}


def test_only_outer_axes_are_titled():
    layout = figure_of(4).layout
    assert [bool(layout[f"yaxis{n}"].title.text) for n in ("", 2, 3, 4)] == [True, False] * 2
    assert [bool(layout[f"xaxis{n}"].title.text) for n in ("", 2, 3, 4)] == [False] * 2 + [True] * 2


def test_text_is_at_least_16_pixels_everywhere():
    figure = figure_of(2)
    found = []

    def walk(part, name=""):
        if isinstance(part, dict):
            for key, value in part.items():
                walk(value, key if key != "size" else f"{name}.size")
        elif isinstance(part, list):
            for value in part:
                walk(value, name)
        elif name.endswith("font.size"):
            found.append(part)

    walk(json.loads(figure.to_json())["layout"])
    assert len(found) > 5
    assert min(found) >= 16


def test_every_colour_has_its_dark_counterpart():
    text = (
        figure_of(2).to_json()
        + charts.fitting_curves(
            [RunRecords(made_up.info("selnlpl"), [made_up.record(1)])]
        ).to_json()
    )
    used = set(re.findall(r'"(#[0-9a-fA-F]{3,8})"', text))
    assert used
    assert used <= set(theme.DARK)


def test_names_cannot_carry_tags():
    assert plain("<a href='x'>&") == "&lt;a href='x'&gt;&amp;"
    info = made_up.info(name="<a href='http://x'>click</a>")
    figure = charts.histograms([RunRecords(info, [made_up.record(1)])])
    assert "<a" not in json.dumps([a.text for a in figure.layout.annotations])


def test_one_plot_has_a_short_legend_where_it_is_wide():
    run = RunRecords(made_up.info(), [made_up.record(1)])
    choices = charts.fitting_curves([run]).layout.meta["arrange"]
    rooms = [choice["layout"]["margin"]["b"] for choice in choices]
    assert rooms == sorted(set(rooms)), "of equal ones the widest would do"
    assert rooms[0] < rooms[-1] / 2


def test_a_legend_begins_right_below_the_plots_at_every_width():
    for count in range(1, 9):
        for choice in figure_of(count).layout.meta["arrange"]:
            layout = choice["layout"]
            plots = layout["height"] - layout["margin"]["b"]
            upper = layout["height"] * (1 - layout["legend"]["y"])
            assert upper == pytest.approx(plots)
            assert layout["legend"]["yanchor"] == "top"
            lowest = min(low for _, _, low, _ in rectangles(layout, count))
            assert 40 < lowest * plots < 60, "room for the numbers and the title of the axis"
