"""Charts of label noise: every number in its place, right labels blue, wrong ones vermilion."""

import numpy as np

from lnl.charts import class_bars, count_bars, theme, transition_heatmap

MATRIX = np.array([[0.7, 0.3, 0.0], [0.0, 1.0, 0.0], [0.004, 0.496, 0.5]])
NAMES = ["cat", "<b>dog", "frog"]


def test_right_and_wrong_labels_are_told_apart_by_colour_and_place():
    right, wrong = transition_heatmap(MATRIX, NAMES).data
    assert right.colorscale[-1][1] == theme.CLEAN
    assert wrong.colorscale[-1][1] == theme.MISLABELLED
    assert np.isnan(right.z[0][1])
    assert np.isnan(wrong.z[0][0])
    together = np.where(np.isnan(right.z), wrong.z, right.z)
    assert np.allclose(together, MATRIX, atol=1e-6)


def test_the_strongest_confusion_has_the_strongest_colour():
    assert transition_heatmap(MATRIX, NAMES).data[1].zmax == 0.496
    weak = np.array([[0.96, 0.04], [0.04, 0.96]])
    assert transition_heatmap(weak, NAMES[:2]).data[1].zmax > 0.2, "weak noise must look weak"


def test_numbers_stand_in_their_cells():
    figure = transition_heatmap(MATRIX, NAMES)
    cells = {(a.y, a.x): a.text for a in figure.layout.annotations}
    assert cells == {(0, 0): "70", (0, 1): "30", (1, 1): "100", (2, 1): "50", (2, 2): "50"}
    assert figure.layout.yaxis.autorange == "reversed", "true class 0 is the first row"
    assert figure.layout.xaxis.title.text == "given label"
    assert all(a.font.size >= 16 for a in figure.layout.annotations)


def test_hover_names_true_class_and_given_label_safely():
    _, wrong = transition_heatmap(MATRIX, NAMES).data
    assert list(wrong.customdata[0][1]) == ["cat", "&lt;b&gt;dog"]


def test_a_hundred_classes_stay_readable_and_small():
    names = [f"class {place}" for place in range(100)]
    figure = transition_heatmap(np.eye(100), names)
    assert not figure.layout.annotations
    assert len(figure.layout.xaxis.tickvals) <= 20
    assert figure.layout.height < 800


def test_bars_put_what_was_asked_for_beside_what_was_drawn():
    figure = class_bars(NAMES, np.array([0.31, 0.0, 0.52]), np.array([0.3, 0.0, 0.5]))
    asked, drawn = figure.data
    assert (asked.name, drawn.name) == ("asked for", "drawn")
    assert np.allclose(asked.y, [0.3, 0, 0.5])
    assert np.allclose(drawn.y, [0.31, 0, 0.52])
    assert drawn.marker.pattern.shape == "/", "a second cue beside the colour"
    assert figure.layout.yaxis.range[1] > 0.52


def test_noise_without_a_rate_has_no_bar_of_it():
    assert [bar.name for bar in class_bars(NAMES, np.zeros(3), None).data] == ["drawn"]


def test_counts_by_given_and_by_true_label():
    given, true = np.array([5, 9, 1]), np.array([5, 5, 5])
    bars = {bar.name: list(bar.y) for bar in count_bars(NAMES, given, true).data}
    assert bars == {"true label": [5, 5, 5], "given label": [5, 9, 1]}
    assert [bar.name for bar in count_bars(NAMES, given, None).data] == ["given label"]


def test_every_colour_has_a_dark_one():
    figure = transition_heatmap(MATRIX, NAMES)
    colours = {scale[1] for trace in figure.data for scale in trace.colorscale}
    colours |= {a.font.color for a in figure.layout.annotations}
    assert colours <= set(theme.DARK)
