"""Charts of label noise: every number in its place, right labels blue, wrong ones vermilion."""

import numpy as np

from lnl.charts import (
    class_bars,
    count_bars,
    largest_confusions,
    theme,
    transition_blocks,
    transition_heatmap,
)

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


def test_blocks_add_up_to_the_wrong_labels_of_all_classes():
    count = 250
    matrix = np.random.default_rng(0).dirichlet(np.full(count, 0.1), size=count)
    (cells,) = transition_blocks(matrix, [str(c) for c in range(count)]).data
    shares = np.asarray(cells.z, np.float64)
    assert shares.shape == (84, 84), "three classes a block, one in the last"
    wrong = 1 - matrix.diagonal()
    assert np.allclose(shares[0].sum(), wrong[:3].mean(), atol=1e-5)
    assert np.allclose(shares[-1].sum(), wrong[249:].mean(), atol=1e-5)
    assert np.allclose(shares[0, 1], matrix[:3, 3:6].sum() / 3, atol=1e-6)


def test_a_thousand_classes_take_little_to_send():
    names = [f"class number {place} <b>" for place in range(1000)]
    figure = transition_blocks(np.full((1000, 1000), 1e-3), names)
    assert len(figure.to_json()) < 300_000
    assert len(set(figure.data[0].x)) == 100
    assert "<b>" not in "".join(figure.data[0].x)


def test_the_largest_confusions_come_first_and_none_of_nothing():
    found = largest_confusions(MATRIX, NAMES)
    assert [(a, b) for a, b, _ in found] == [("frog", "<b>dog"), ("cat", "<b>dog"), ("frog", "cat")]
    assert [round(share, 3) for _, _, share in found] == [0.496, 0.3, 0.004]
    assert largest_confusions(np.eye(3), NAMES) == []
    assert len(largest_confusions(np.full((30, 30), 1 / 30), list("a" * 30), most=7)) == 7
