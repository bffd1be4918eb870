"""What a figure's CSV calls its columns: words for what they hold, never x and y."""

import numpy as np
import pytest

from lnl import charts, findings
from lnl.catalogue.loss_pieces import Scene, loss_curves
from lnl.charts import Line, theme
from lnl.charts.sample_history import sample_history
from lnl.findings import RunRecords
from lnl.records import StageSpan
from tests.charts.test_sample_history import course
from tests.charts.test_valid import CHARTS, RUNS
from tests.support import made_up

LINES = [Line(run.info.name, (run,)) for run in RUNS]
TEST, MEMORISED = (findings.metric(name) for name in ("test accuracy", "memorised"))
NAMES = ("cat", "dog")
HALF = np.full((2, 2), 0.5)
EXPECTED = {
    "fitting": ["epoch", "share_of_samples"],
    "split": ["epoch", "share_of_the_mislabelled"],
    "losses": ["epoch", "loss"],
    "learning rates": ["epoch", "learning_rate"],
    "time": ["epoch", "seconds_an_epoch"],
    "throughput": ["epoch", "images_a_second"],
    "detection": ["epoch", "share"],
    "noise rate": ["epoch", "share_of_samples"],
    "overlap": ["epoch", "overlap_of_the_piles"],
    "precision and recall": ["recall", "precision"],
    "F1": ["threshold_of_the_clean_score", "share"],
    "confidence": ["confidence_in_the_given_label", "share_of_its_group"],
    "clean scores": ["clean_score", "share_of_its_group"],
    "log": ["confidence_in_the_given_label", "samples"],
    "confusion": ["true_or_predicted_label", "given_label", "samples"],
    "estimated matrices": ["given_label", "true_class", "share"],
}


def columns(figure):
    return figure.layout.meta["columns"]


@pytest.mark.parametrize("name", CHARTS)
def test_a_figure_of_runs_names_its_columns(name):
    assert columns(CHARTS[name](RUNS)) == EXPECTED[name]


def test_a_comparison_of_one_number_names_it():
    assert columns(charts.compared_curves(LINES, [TEST])) == ["epoch", "test_accuracy"]
    both = charts.compared_curves(LINES, [TEST, MEMORISED])
    assert columns(both) == ["epoch", "value"]
    assert {t.meta["series"] for t in both.data} == {"test accuracy", "memorised"}


def test_figures_of_one_thing_name_theirs():
    spans = (StageSpan("nl", 1, 20), StageSpan("selnl", 21, 30))
    assert columns(charts.stage_bar(spans)) == ["epochs"]
    assert columns(sample_history(made_up.info(), course())) == ["epoch", "value"]
    pulled = charts.pulls(loss_curves(["ce"], Scene()), "probability p", {})
    assert columns(pulled) == ["probability_p", "value"]
    bare = [RunRecords(made_up.info(), [])]
    assert columns(charts.feature_maps(bare, [None], charts.MapOptions())) == ["map_x", "map_y"]


def test_classes_are_told_by_their_names():
    counts = np.array([3, 4])
    for figure, expected in (
        (charts.transition_heatmap(HALF, NAMES), ["given_label", "true_class", "share"]),
        (charts.class_bars(NAMES, HALF[0], None), ["class", "share_with_a_wrong_label"]),
        (charts.count_bars(NAMES, counts, None), ["class", "training_images"]),
    ):
        assert columns(figure) == expected
        assert figure.layout.meta["names"] == list(NAMES)


def test_a_heading_is_one_plain_word():
    assert theme.columns("Share, of its 2nd group (%)") == {"columns": ["share_of_its_2nd_group"]}
