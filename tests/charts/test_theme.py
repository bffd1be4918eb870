"""Colours that stand out and can be told apart, in both themes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lnl.charts import theme
from lnl.charts.theme import method_style
from lnl.methods.card import Style
from lnl.methods.cards import cards
from pages.ui.shell.address import MOST_RUNS

BACKGROUNDS = {theme.GRID, theme.PAPER, theme.SHADE}
COMPARED = ("ce", "selnlpl", "pmnar", "rfl", "sed", "act", "fine")
PAPERS = {
    "nlnl": ("nl", "selnl", "selpl", "selnlpl"),
    "pmnar": ("ml", "pm", "ce-ar", "pm-ar"),
    "fine": ("afmu", "nsnl"),
}
FAR = 20  # in CIELAB; a just noticeable difference is 2.3
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])


# fmt: off
UNREGISTERED = (
    "gce", "sce", "mae", "imae", "elr", "sop", "jo", "pencil", "cores", "pes", "mentornet", "d2l",
    "co-teaching", "co-teaching-plus", "jocor", "nct", "dividemix", "unicon", "moit", "forward",
    "backward", "bootstrap-soft", "bootstrap-hard", "promix", "my-method",
)
# fmt: on


def names():
    return [*cards()]


def xyz(colour):
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return XYZ @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    low, high = sorted((xyz(a)[1], xyz(b)[1]))
    return (high + 0.05) / (low + 0.05)


def lab(colour):
    share = xyz(colour) / WHITE
    f = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def hue(colour):
    _, a, b = lab(colour)
    return np.degrees(np.arctan2(b, a))


def nearest(a, b):
    """How far two colours lie apart, in the theme where they are nearer."""
    pairs = ((a, b), (theme.DARK[a], theme.DARK[b]))
    return min(np.linalg.norm(lab(one) - lab(other)) for one, other in pairs)


@pytest.mark.parametrize(
    "colour", [c for c in theme.DARK if c not in BACKGROUNDS | {*theme.CATEGORIES}]
)
def test_ink_stands_out_from_the_paper_in_both_themes(colour):
    assert contrast(colour, theme.PAPER) >= 3.8  # mislabelled has 3.9 on white
    assert contrast(theme.DARK[colour], theme.DARK[theme.PAPER]) >= 4.5


@pytest.mark.parametrize("name", names())
def test_a_method_stands_out_and_is_no_group_of_samples(name):
    colour = method_style(name).colour
    for paper in (theme.PAPER, theme.SHADE):
        assert contrast(colour, paper) >= 4.5
        assert contrast(theme.DARK[colour], theme.DARK[paper]) >= 4.5
    assert min(nearest(colour, group) for group in (theme.CLEAN, theme.MISLABELLED)) > FAR


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(COMPARED, 2)])
def test_methods_that_are_mostly_compared_differ_in_both(one, other):
    a, b = method_style(one), method_style(other)
    assert a.dash != b.dash
    assert nearest(a.colour, b.colour) > FAR


@pytest.mark.parametrize(("whole", "parts"), PAPERS.items())
def test_parts_of_a_paper_have_hues_near_its_own_and_other_dashes(whole, parts):
    for part in parts:
        assert method_style(part).dash != method_style(whole).dash
        turn = hue(method_style(part).colour) - hue(method_style(whole).colour)
        assert abs((turn + 180) % 360 - 180) < 90


@pytest.mark.parametrize(
    "pair", [("ce", "ce-ar"), ("nl", "selnl"), ("pm", "pm-ar"), ("ml", "pm"), ("selpl", "ce")]
)
def test_losses_that_coincide_differ_in_colour(pair):
    assert nearest(*(method_style(name).colour for name in pair)) > FAR


def test_every_card_has_a_style_of_its_own():
    taken = {card.style for card in cards().values()}
    for card in cards().values():
        free = [dash for dash in theme.DASHES if Style(card.style.hue, dash) not in taken]
        others = [c.name for c in cards().values() if c.style == card.style and c is not card]
        assert not others, f"{card.name} looks like {others}; its hue is free with {free}"


def test_there_is_room_for_twenty_more_and_for_names_that_nobody_registered():
    assert len(theme.HUES) * len(theme.DASHES) >= len(names()) + 20 + MOST_RUNS


def test_hues_differ_clearly_so_that_all_styles_do():
    for one, other in itertools.combinations(theme.HUES.values(), 2):
        assert nearest(one, other) > FAR
    assert len(set(theme.DASHES.values())) == len(theme.DASHES)


def test_a_name_that_nobody_registered_keeps_a_style_that_no_card_has():
    taken = {method_style(name) for name in names()}
    for name in set(UNREGISTERED) - cards().keys():
        assert method_style(name) == method_style(name, ["ce", "nlnl"])
        assert method_style(name) not in taken


@given(st.sets(st.sampled_from([*UNREGISTERED, *names()]), min_size=2, max_size=MOST_RUNS))
def test_any_that_are_shown_together_can_be_told_apart(shown):
    styles = {name: method_style(name, shown) for name in shown}
    assert len(set(styles.values())) == len(shown)
    assert {n: method_style(n, sorted(shown, reverse=True)) for n in shown} == styles
