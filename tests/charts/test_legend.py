"""The room of a legend: lines filled from left to right, counted by hand."""

from lnl.charts import legend


def test_names_fill_lines_as_long_as_they_fit():
    """At 460 pixels there are 380 for entries; ten letters need 60 + 80, so a line holds two."""
    ten = "abcdefghij"
    one, two = (legend.height([ten] * count, 460) for count in (1, 3))
    assert legend.height([ten] * 2, 460) == one
    assert legend.height([ten] * 4, 460) == two
    assert two - one == legend.height([ten] * 5, 460) - two == 26


def test_a_long_name_has_a_line_of_its_own():
    short, long = "a", "b" * 60
    three = legend.height([short, long, short], 460)
    assert three == legend.height([long] * 3, 460) > legend.height([short] * 3, 460)


def test_nothing_needs_next_to_nothing():
    assert legend.height([], 460) == 16


def test_entries_are_what_the_legend_shows():
    shown, hidden = {"name": "a", "showlegend": True}, {"name": "b", "showlegend": False}
    assert legend.entries([shown, hidden, {"name": "a line"}]) == ["a"]


def test_the_upper_edge_stands_where_the_plots_end():
    found = legend.below(100, 300)
    assert (found["height"], found["margin"]["b"]) == (400, 100)
    assert found["height"] * (1 - found["legend"]["y"]) == 300
