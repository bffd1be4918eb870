"""Runs in groups: by seed, and by what the address names."""

import pytest

from tests.support.compare_page import drawn, groups, results, text


def test_seeds_join_from_the_whole_store(compare, seed, figures):
    chosen = seed(seed=0)
    seed(seed=1)
    seed(seed=2, rate=0.2)
    alone, together = compare(chosen), compare(chosen, seeds="true")
    assert {run for run, _ in drawn(figures, alone)} == {"CE"}
    assert {run for run, _ in drawn(figures, together)} == {"CE (2 seeds)"}
    assert ("CE (2 seeds)", "test accuracy, plus one standard deviation") in drawn(
        figures, together
    )
    rows, _ = results(together)
    assert rows["CE (2 seeds)"][0].endswith(" ± 0.0"), "equal seeds spread by nothing"
    assert "mean over 2 seeds" in text(together)
    assert "Means are over 2 runs: all stored seeds" in text(together)


def test_the_toggle_does_what_the_address_does(compare, seed, figures):
    chosen = seed(seed=0)
    seed(seed=1)
    at = compare(chosen)
    at.toggle(key="seeds").set_value(True).run()
    assert {run for run, _ in drawn(figures, at)} == {"CE (2 seeds)"}


@pytest.fixture
def many(seed):
    """Ten runs: CE with noise of two rates, SelNLPL with one."""
    ids = [seed(seed=n, rate=0.2) for n in range(3)]
    ids += [seed(seed=n, rate=0.4) for n in range(3)]
    return ids + [seed("selnlpl", seed=n, rate=0.4) for n in range(4)]


def test_up_to_eight_runs_are_lines_and_more_are_groups(compare, many, figures):
    at = compare(*many[:8])
    assert len(groups(figures, at)) == 8
    assert at.selectbox(key="group_by").value == "run"
    at = compare(*many)
    assert groups(figures, at) == ["CE (6 runs)", "SelNLPL (4 runs)"]
    assert at.selectbox(key="group_by").value == "method"
    assert "Single runs" not in at.selectbox(key="group_by").options
    assert "mean over 4 to 6 runs" in text(at)
    assert "Within a group the runs differ in: rate, seed." in text(at)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("method", ["CE (6 runs)", "SelNLPL (4 runs)"]),
        ("noise", ["symmetric 20 % (3 runs)", "symmetric 40 % (7 runs)"]),
        ("data", ["Digits (10 runs)"]),
        ("network", ["default network (10 runs)"]),
        (
            "setting",
            ["CE · digits, 1 (3 seeds)", "CE · digits, 2 (3 seeds)", "SelNLPL · digits (4 seeds)"],
        ),
        ("run", ["CE (6 runs)", "SelNLPL (4 runs)"]),  # ten are not drawn one by one
        ("nonsense", ["CE (6 runs)", "SelNLPL (4 runs)"]),
    ],
)
def test_the_address_says_how_runs_are_grouped(compare, many, figures, by, expected):
    at = compare(*many, group_by=by)
    assert groups(figures, at) == expected
    assert list(results(at)[0]) == expected
    assert at.query_params.get("group_by") == (None if by in ("run", "nonsense") else by)


def test_few_runs_are_grouped_when_asked(compare, many, figures):
    at = compare(*many[2:8])
    at.selectbox(key="group_by").set_value("noise").run()
    assert groups(figures, at) == ["symmetric 20 %", "symmetric 40 % (5 runs)"]
    assert at.query_params["group_by"] == "noise"
    titles = [a["text"] for a in figures(at)["confidence"]["figure"]["layout"]["annotations"]]
    assert "<b>symmetric 40 % (5 runs)</b>" in titles
    single, _ = results(at, "single_runs")
    assert len(single) == 6
    at = compare(*many[2:8], group_by="noise", lecture="true")
    assert groups(figures, at) == ["symmetric 20 %", "symmetric 40 % (5 runs)"]


def test_more_runs_than_fit_say_so_in_one_line(compare, seed, figures):
    ids = [seed(seed=number, epochs=1) for number in range(26)]
    at = compare(*ids)
    assert groups(figures, at) == ["CE (24 runs)"]
    assert "Showing the first 24 of 26 runs" in text(at)
    assert len(at.multiselect(key="runs").value) == 24
    at = compare(*ids[:24])
    assert "Showing the first" not in text(at)
    together = compare(*ids[:2], seeds="true")
    assert groups(figures, together) == ["CE (26 seeds)"]


def test_groups_of_other_wrong_labels_are_warned_of(compare, seed):
    one, other = seed(), seed("selnlpl", fingerprint="e" * 16, noise_seed=3)
    assert "another noise seed" in text(compare(one, other, group_by="method"))
    both = seed("selnlpl"), seed(fingerprint="e" * 16, noise_seed=3)
    assert ":material/warning:" not in text(compare(one, other, *both, group_by="method"))


def test_the_report_takes_runs_one_by_one(compare, many):
    (report, _) = compare(*many).get("download_button")
    assert report.proto.disabled
    (report, _) = compare(*many[:8]).get("download_button")
    assert not report.proto.disabled
