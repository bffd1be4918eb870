"""A schedule as a bar: stages where they lie, as long as they last."""

from lnl.charts import stage_bar, theme
from lnl.records import StageSpan

STAGES = (StageSpan("nl", 1, 20), StageSpan("selnl", 21, 30), StageSpan("selpl", 31, 60))


def test_stages_lie_one_after_the_other():
    figure = stage_bar(STAGES)
    assert [(bar.base[0], bar.x[0]) for bar in figure.data] == [(0, 20), (20, 10), (30, 30)]
    assert [bar.name for bar in figure.data] == ["NL: 20", "SelNL: 10", "SelPL: 30"]
    assert tuple(figure.layout.xaxis.range) == (0, 60)


def test_stages_differ_in_colour_and_hatch_and_have_a_dark_colour():
    bars = stage_bar(STAGES).data
    assert len({(bar.marker.color, bar.marker.pattern.shape) for bar in bars}) == 3
    assert len({bar.marker.pattern.shape for bar in bars}) == 3
    assert all(bar.marker.color in theme.DARK for bar in bars)
    assert all(bar.marker.pattern.fillmode == "overlay" for bar in bars), (
        "else only the hatch is drawn"
    )
